"""The site builds without a warning and needs no network to be read."""

import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import connective

ROOT = Path(__file__).parents[2]
LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("use", "href")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make docs` builds, with the environment as it is."""
    folder = tmp_path_factory.mktemp("build")
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    run = subprocess.run(
        ["make", "--old-file=.venv/.ready", "docs", f"BUILD={folder}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return folder / "docs"


class Loaded(HTMLParser):
    """Collects what a browser fetches to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if (tag, name) in LOADS]


def test_every_page_is_there_and_reachable(site: Path) -> None:
    sources = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert sources <= {path.stem for path in site.glob("*.html")}
    start = (site / "index.html").read_text("utf-8")
    assert all(f'href="{name}.html"' in start for name in sources - {"index"})


def test_pages_load_nothing_from_the_network(site: Path) -> None:
    for page in site.glob("*.html"):
        loaded = Loaded()
        loaded.feed(page.read_text("utf-8"))
        assert loaded.addresses
        assert not [each for each in loaded.addresses if re.match(r"(\w+:)?//", each)], page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.read_text("utf-8"))


def test_equations_are_mathml_and_the_reference_has_types_and_members(site: Path) -> None:
    learning = (site / "learning.html").read_text("utf-8")
    assert learning.count('<div class="math"><math') >= 8
    assert "$$" not in learning
    api = html.unescape(re.sub(r"<[^>]+>", "", (site / "api.html").read_text("utf-8")))
    assert "predict(samples: NDArray[integer]) → NDArray[int64]" in api
    assert "fanin: (gates, k) nodes that a gate reads" in api
    assert "Raises InputError" in api
    assert all(f"connective.{name}" in api for name in connective.__all__ if name[0] != "_")


def test_a_link_to_nowhere_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# Start\n\n[there](nowhere.md)\n")
    arguments = ["-c", "docs/site", "-q", "-W", tmp_path, tmp_path / "out"]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "nowhere.md" in run.stderr
