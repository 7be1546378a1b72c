"""`python -m docs.site` writes the generated parts of docs/ anew."""

from connective.folder import write_atomic
from docs.site.generate import pages

for path, text in pages().items():
    write_atomic(path, text.encode())
