"""Links of all Markdown files lead to a file, and to a heading in it, as they are read beside the
code: README.md and CHANGELOG.md are not on the site."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    inner = [child for token in tokens(page) for child in token.children or ()]
    found = [str(child.attrs.get("href") or child.attrs.get("src") or "") for child in inner]
    return [each for each in found if each and not re.match(r"\w+:", each)]


def anchors(page: Path) -> set[str]:
    """Names of headings, as GitHub and the site make them."""
    parsed = tokens(page)
    titles = [
        "".join(child.content for child in text.children or ())
        for heading, text in pairwise(parsed)
        if heading.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        place = page.parent / target if target else page
        assert place.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(place), f"{page.name}: {link}"


def test_links_are_found() -> None:
    assert "docs/data.md" in links(ROOT / "README.md")
    assert "early-stopping" in anchors(ROOT / "docs" / "training-runs.md")
