"""A person's own table, one command a step: train, export, simulate, encode, evaluate."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from connective.cli.main import cli
from connective.errors import InputError
from connective.network_file import read_network
from connective.samples import open_samples

CONFIG = """
[data]
name = "table"
path = "a.csv"
target = "verdict"
drop = ["name"]
missing_texts = ["?"]
missing_numbers = "median"

[network]
layers = [24, 20]
candidates = 8

[training]
epochs = 10
batch = 32
tau = 1
"""


def run(*arguments: object) -> dict[str, Any]:
    result = CliRunner().invoke(cli, [*map(str, arguments), "--json"], catch_exceptions=False)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained network and its design, from a table of 1000 rows of which a tenth is bad."""
    folder = tmp_path_factory.mktemp("table")
    random = np.random.default_rng(0)
    lines = ['name,"size, ""m²"" */ \\",weight,colour,unit,verdict']
    for i in range(1000):
        weight = random.normal(0, 20)
        colour = random.choice(["red", "blue", ""], p=[0.2, 0.7, 0.1])
        verdict = "bad" if weight > 10 and colour != "blue" else "good"
        shown = "?" if i % 40 == 7 else f"{weight:.3f}"
        lines.append(f"n{i},{random.integers(-5, 60)},{shown},{colour},kg,{verdict}")
    (folder / "a.csv").write_text("\n".join(lines))
    (folder / "a.toml").write_text(CONFIG)
    arguments = ["train", str(folder / "a.toml"), "--out", str(folder / "run")]
    trained = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    (folder / "train.txt").write_text(trained.stdout)
    run("export", folder / "run" / "network.npz", "--out", folder / "design")
    return folder


def test_training_says_which_column_it_left_out(folder: Path) -> None:
    text = (folder / "train.txt").read_text()
    assert "Note: left out, as they do not change in the training rows: unit\n" in text


def test_network_finds_the_rare_class_in_rows_that_it_has_not_seen(folder: Path) -> None:
    result = run("evaluate", folder / "run" / "network.npz")
    assert result["samples"] == 200
    bad, good = result["recall"]
    assert bad > 0.7
    assert good > 0.95


def test_core_gives_the_networks_answers_for_the_test_rows(folder: Path) -> None:
    result = run("simulate", folder / "design", "--simulator", "icarus")
    assert result["samples"] == sum(result["corners"].values()) + 200
    assert result["mismatches"] == 0


def test_encoded_rows_are_words_of_the_core_and_rows_are_answered_alike(folder: Path) -> None:
    path = folder / "run" / "network.npz"
    run("encode", path, folder / "a.csv", "--out", folder / "words.npz")
    network, _ = read_network(path)
    with open_samples(folder / "words.npz", network, real=False) as samples:
        words = np.concatenate([block.words for block in samples.blocks])
    cells = [line.split(",") for line in (folder / "a.csv").read_text().splitlines()[1:]]
    assert words[:, 0].tolist() == [int(row[1]) for row in cells]
    weight = network.encoder.features[1]
    given = [i for i, row in enumerate(cells) if row[2] != "?"]
    real = np.array([float(cells[i][2]) for i in given])
    held = np.clip(np.floor(real / weight.scale), weight.low, weight.high)
    assert (words[given, 1] == held).all()
    assert words[:, 2].tolist() == [["", "blue", "red"].index(row[3]) + 1 for row in cells]
    of_words, of_rows = (
        run("evaluate", path, "--data", folder / name) for name in ("words.npz", "a.csv")
    )
    assert of_words["confusion"] == of_rows["confusion"]
    assert of_rows["samples"] == 1000


def test_table_that_changed_since_training_is_refused(folder: Path) -> None:
    content = (folder / "a.csv").read_text()
    try:
        (folder / "a.csv").write_text(content.replace("bad", "good", 3))
        with pytest.raises(InputError, match=r"a.csv is no longer what the network was trained"):
            run("evaluate", folder / "run" / "network.npz")
    finally:
        (folder / "a.csv").write_text(content)
