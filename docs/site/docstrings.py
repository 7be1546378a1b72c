"""Docstrings as the API reference shows them: `name: text` lines become a list of members."""

import re
from collections.abc import Iterator, Sequence

from sphinx.application import Sphinx

MEMBER = re.compile(r"(?P<names>[a-z]\w*(?:, \w+)*): (?P<text>.+)")


def definitions(lines: Sequence[str]) -> Iterator[str]:
    """The lines as reStructuredText, whose lists need blank lines around them."""
    inside = False
    for line in lines:
        if line == "Members" or line.startswith("-------"):
            continue
        member = MEMBER.fullmatch(line)
        if member and not inside:
            yield ""
        if member:
            names = ", ".join(f"``{name}``" for name in member["names"].split(", "))
            yield f"* {names}: {member['text']}"
        elif inside and line.startswith("    "):
            yield f"  {line.strip()}"
        else:
            yield line
            inside = False
            continue
        inside = True


def _rewrite(
    app: Sphinx, what: str, name: str, member: object, options: object, lines: list[str]
) -> None:
    lines[:] = definitions(lines)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _rewrite)
    return {"parallel_read_safe": True}
