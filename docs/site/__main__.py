"""`python -m docs.site` writes the generated parts of docs/ anew."""

from connective.folder import write_atomic
from docs.site.diagrams import pictures
from docs.site.generate import IMAGES, pages

for path, text in pages().items():
    write_atomic(path, text.encode())
for name, picture in pictures().items():
    write_atomic(IMAGES / f"{name}.svg", picture.encode())
