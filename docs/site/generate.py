"""Which parts of the pages are generated, and from what."""

import re
from pathlib import Path

from docs.site import commands, models, settings

DOCS = Path(__file__).parent.parent
IMAGES = DOCS / "images"
TABLE = re.compile(r"(<!-- (?:settings: )?(\S+) -->\n)(?:\|.*\n)*")


def pages() -> dict[Path, str]:
    """The text of each page that is generated, or has tables that are, by its place.

    A table stands below the comment that names it: the section of its settings, or the models.
    Raises `ValueError` unless each has one place.
    """
    tables = settings.tables() | {"models": models.table()}
    texts = {DOCS / "command-line.md": commands.page()}
    placed: list[str] = []
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        placed += [name for _, name in TABLE.findall(text)]
        if TABLE.search(text):
            texts[path] = TABLE.sub(lambda found: f"{found[1]}{tables[found[2]]}\n", text)
    if sorted(placed) != sorted(tables):
        raise ValueError(f"docs/*.md have tables of {sorted(placed)}, not of {sorted(tables)}")
    return texts
