"""Docstrings and signatures as the API reference shows them."""

import re
from collections.abc import Iterator, Sequence

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

MEMBER = re.compile(r"(?P<names>[a-z]\w*(?:, \w+)*): (?P<text>.+)")
TYPES = (addnodes.desc_sig_name, addnodes.desc_returns, addnodes.desc_annotation)
NUMPY = (
    (re.compile(r"ndarray\[tuple\[Any, \.\.\.\], dtype\[(\w+)\]\]"), r"NDArray[\1]"),
    (re.compile(r"_Buffer \| .*_NestedSequence\[complex \| bytes \| str\]"), "ArrayLike"),
)
"""What NumPy's short names stand for, to be called by these."""


def definitions(lines: Sequence[str]) -> Iterator[str]:
    """The lines as reStructuredText, in which members (`name: text`) are a list."""
    inside = False
    for line in lines:
        if line == "Members" or line.startswith("-------"):
            continue
        if member := MEMBER.fullmatch(line):
            if not inside:
                yield ""
            names = ", ".join(f"``{name}``" for name in member["names"].split(", "))
            yield f"* {names}: {member['text']}"
            inside = True
        elif inside and line.startswith("    "):
            yield f"  {line.strip()}"
        else:
            yield line
            inside = False


def _rewrite(
    app: Sphinx, what: str, name: str, member: object, options: object, lines: list[str]
) -> None:
    lines[:] = definitions(lines)


def _shorten_types(app: Sphinx, page: nodes.document) -> None:
    for kind in TYPES:
        for node in page.findall(kind):
            text = short = "".join(child.astext() for child in node.children)
            for long, name in NUMPY:
                short = long.sub(name, short)
            if short != text:
                node.children = [nodes.Text(short)]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _rewrite)
    app.connect("doctree-read", _shorten_types)
    return {"parallel_read_safe": True}
