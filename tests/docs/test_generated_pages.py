"""What docs/ says of settings and options is what the code says."""

from pathlib import Path

import pytest

from connective.cli.main import cli
from docs.site import generate, settings
from train.config import TrainingConfig


def test_pages_are_as_generated() -> None:
    stale = [p.name for p, text in generate.pages().items() if p.read_text("utf-8") != text]
    assert not stale, "run python -m docs.site"


def test_every_setting_has_a_row_with_values_default_and_meaning() -> None:
    tables = settings.tables()
    assert (
        "| `rotation` | number ≥ 0, ≤ 180 | `0.0` | degrees by which each training image"
        in tables["data.mnist"]
    )
    assert '| `shape` | `"geometric"`, `"linear"` | `"geometric"` | how' in tables["annealing"]
    assert "| `layers` | list of whole numbers ≥ 1 | – | gates of each" in tables["network"]
    sections = {name.partition(".")[0] for name in tables} - {"top", "study"}
    assert sections | {"seed"} == set(TrainingConfig.model_fields)


def test_a_section_without_its_table_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in generate.DOCS.glob("*.md"):
        (tmp_path / page.name).write_text(page.read_text("utf-8"), encoding="utf-8")
    page = tmp_path / "configuration.md"
    page.write_text(page.read_text("utf-8").replace("<!-- settings: annealing -->", ""), "utf-8")
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    with pytest.raises(ValueError, match=r"annealing"):
        generate.pages()


def test_every_verb_and_option_is_on_the_page() -> None:
    page = (generate.DOCS / "command-line.md").read_text("utf-8")
    for name, verb in cli.commands.items():
        _, _, rest = page.partition(f"\n## {name}\n")
        section, _, _ = rest.partition("\n## ")
        for parameter in verb.params:
            shown = (*parameter.opts, parameter.human_readable_name)
            assert any(name in section for name in shown), f"{verb.name} {parameter.name}"
