"""The examples of getting started and of one's own data, run as they stand there."""

import shlex
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from connective.cli.main import cli
from tests.docs.pages import ROOT, blocks, commands

DOCS = ROOT / "docs"
ROWS = 600  # of the table, and
EPOCHS = 4  # of it, for time


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_section(page: Path, section: str) -> None:
    (block,) = blocks(page, "sh", below=section)
    for command in commands(block):
        program, *arguments = shlex.split(command)
        assert program == "connective"
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert result.exit_code == 0, f"{command}\n{result.output}"


def test_getting_started(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = DOCS / "getting-started.md"
    (configuration,) = blocks(page, "toml")
    (here / "first.toml").write_text(configuration)
    for section in ("Train", "Make hardware", "See what it costs"):
        run_section(page, section)
    assert (here / "report.json").is_file()
    (code,) = blocks(page, "python")
    capsys.readouterr()
    exec(compile(code, str(page), "exec"), {})
    assert capsys.readouterr().out.count("[") == 4  # two labels, and two rows of scores


def test_your_own_data(here: Path) -> None:
    page, section = DOCS / "data.md", "A table of your own"
    configuration, *_ = blocks(page, "toml", below=section)
    example = ROOT / "examples" / "pumps.toml"
    assert tomllib.loads(configuration) == tomllib.loads(example.read_text())
    (here / "examples").mkdir()
    shorter = configuration.replace("epochs = 60", f"epochs = {EPOCHS}")
    (here / "examples" / "pumps.toml").write_text(shorter)
    header, *rows = example.with_suffix(".csv").read_text().splitlines()
    (here / "examples" / "pumps.csv").write_text("\n".join([header, *rows[:ROWS]]))
    (here / "new.csv").write_text("\n".join([header, *rows[-50:]]))
    run_section(page, section)
    assert np.load(here / "words.npz")["samples"].shape == (50, 6)
