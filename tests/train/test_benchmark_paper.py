"""`make paper`: what it would train, and the page that it makes of known results."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.paper import __main__ as verb
from benchmarks.paper.page import PAGE, write_page
from benchmarks.paper.plan import (
    BUDGETS,
    CELLS,
    DOUBLE,
    LARGE,
    PAPER,
    PUBLISHED,
    REGIONS,
    SHORT,
    Budget,
    Cell,
    configs,
    distinct,
    queue,
    work,
)
from benchmarks.paper.plots import IMAGES
from benchmarks.runs import Result, RunRecord, path_of
from connective.folder import write_atomic
from connective.network_file import write_network
from tests.train.interruption import config as small_config
from train.config import TrainingConfig
from train.loop import train

LEARNED, FIXED = Cell("mnist", 2, 4000, 16), Cell("mnist", 2, 4000, 1)
YIN_YANG = Cell("yin-yang", 2, 100, 16)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where nothing is kept yet."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keep(config: TrainingConfig, percent: float, seconds: float = 30.0) -> None:
    accuracy = {"discretized": percent / 100}
    result = Result(accuracy=accuracy, seconds=seconds, ran_on="a processor")
    record = RunRecord(config=config, versions={}, result=result)
    write_atomic(path_of(config, "json"), record.model_dump_json(exclude_none=True).encode())


def page() -> str:
    write_page()
    return PAGE.read_text("utf-8")


def row(text: str, start: str) -> list[str]:
    """The cells of the first row of a table that starts so."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {start} |"))
    return line.strip("| ").split(" | ")


def windows(cell: Cell, budget: Budget) -> list[float]:
    """The epochs at which T_c starts and ends to fall, and T_g does."""
    config = next(configs(cell, budget))
    ((start, end),) = config.annealing.connections
    ((gates_start, gates_end),) = config.annealing.gates
    return [round(x * config.training.epochs, 9) for x in (start, end, gates_start, gates_end)]


def test_the_settings_of_the_paper() -> None:
    for cell in CELLS:
        for config in configs(cell, PAPER):
            assert config.network.gates == "softmax"
            assert config.training.learning_rate == 0.01
            assert (config.annealing.shape, config.annealing.end) == ("linear", 1e-4)
            assert config.resampling.until == config.refinement.sweeps == 0
            assert config.data.name == cell.data
            assert config.network.layers == (cell.width,) * cell.depth
    assert windows(YIN_YANG, PAPER) == [60, 80, 80, 100]
    assert windows(LEARNED, PAPER) == [160, 200, 200, 240]
    assert windows(FIXED, PAPER)[2:] == [160, 200]
    assert next(configs(YIN_YANG, PAPER)).network.candidates == (12, 16)
    assert next(configs(FIXED, PAPER)).network.candidates_of_layer == (1, 1)
    assert next(configs(DOUBLE, PAPER)).network.candidates_of_layer == ("all", "all")


def test_the_short_budget_has_the_same_fractions_of_fewer_epochs() -> None:
    for cell in CELLS:
        if cell in SHORT:
            short, paper = next(configs(cell, SHORT)), next(configs(cell, PAPER))
            assert short.annealing == paper.annealing
            assert short.training.epochs <= paper.training.epochs / 5
            assert short.network == paper.network
    assert all(cell in SHORT for cell in (YIN_YANG, REGIONS, LEARNED, FIXED, DOUBLE))
    assert not any(cell in SHORT for cell in (Cell("mnist", 4, 8000, 8), Cell("mnist", 3, 1000, 8)))


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=BUDGETS)
def test_runs_differ_and_the_paper_s_numbers_come_first(budget: Budget) -> None:
    cells = queue(budget)
    texts = {config.model_dump_json() for cell in cells for config in configs(cell, budget)}
    assert len(texts) == 3 * len(cells)
    first = [cell for cell in cells if cell in PUBLISHED]
    assert cells[: len(first)] == first
    efforts = [work(cell, budget) for cell in cells[len(first) :]]
    assert efforts == sorted(efforts)
    one_layer = [Cell("yin-yang", 1, 100, n) for n in (1, 8, 16)]
    assert len(distinct(one_layer, budget)) == 2  # N_c is of the layers behind


def test_a_part_of_the_networks_can_be_named() -> None:
    assert queue(PAPER, "mnist 2x8000, all") == [DOUBLE]
    assert {cell.data for cell in queue(SHORT, "Yin-Yang")} == {"yin-yang"}
    refused = CliRunner().invoke(verb.main, ["--only", "Yin-Yang 7"])
    assert refused.exit_code == 2
    assert "no network has 'Yin-Yang 7' in its name" in refused.output


def test_a_page_of_nothing_says_so(folder: Path) -> None:
    text = page()
    assert row(text, YIN_YANG.name) == [
        YIN_YANG.name, "96.98 %", "*not run*", "–", "–", "*not run*", "–", "–",
    ]  # fmt: skip
    assert row(text, "short budget")[1:4] == ["Yin-Yang", "0 of 66", "–"]
    assert "![" not in text
    assert not (folder / IMAGES).exists()
    for cell in LARGE:
        assert f'--only "{cell.name.replace("×", "x")}"' in text


def test_a_page_of_some_results() -> None:
    for config, percent in zip(configs(YIN_YANG, SHORT), (97, 96, 95), strict=True):
        keep(config, percent)
    for config in configs(Cell("yin-yang", 2, 100, 1), SHORT):
        keep(config, 93.5)
    keep(next(configs(REGIONS, PAPER)), 99.5, seconds=7200)
    text = page()
    assert row(text, YIN_YANG.name)[1:5] == ["96.98 %", "96.00 ± 1.00 %", "-0.98", "30 s"]
    assert row(text, REGIONS.name)[2:] == [
        "*not run*", "–", "–", "99.50 % (1 seed)", "+0.28", "7200 s",
    ]  # fmt: skip
    assert row(text, "2×100")[1:] == ["93.50 ± 0.00 %", "*not run*", "96.00 ± 1.00 %"]
    assert "in 1 of 1 networks of which all seeds were run, by +2.50 to +2.50 points" in text
    assert row(text, "short budget")[1:6] == [
        "Yin-Yang", "6 of 66", "30 to 30 s", "0.1 h", "a processor",
    ]  # fmt: skip
    assert row(text, "paper's settings")[2:5] == ["1 of 102", "7200 to 7200 s", "2.0 h"]
    assert "| MNIST 1×1000, N_c 16 | 92.83 % | *not run* |" in text

    picture = IMAGES / "yin-yang-short.svg"
    assert f"](images/paper/{picture.name})" in text
    before = picture.read_bytes()
    assert b"2 layers" not in before and b"<svg" in before
    assert page() == text
    assert picture.read_bytes() == before
    assert not (IMAGES / "mnist-short.svg").exists()


def test_what_is_to_go_is_estimated_by_the_size_of_networks() -> None:
    first, *others = queue(SHORT, "Yin-Yang")
    for config in configs(first, SHORT):
        keep(config, 90, seconds=work(first, SHORT) / 1e6)
    hours = sum(3 * work(cell, SHORT) for cell in others) / 1e6 / 3600
    assert row(page(), "short budget")[6] == f"63 runs, about {hours:.0f} h"
    for cell in others:
        for config in configs(cell, SHORT):
            keep(config, 90)
    assert row(page(), "short budget")[6] == "nothing"


def test_decision_regions_are_of_the_network_that_was_kept() -> None:
    config = next(configs(REGIONS, SHORT))
    keep(config, 99)
    network = train(small_config(refinement={"sweeps": 0}), show_progress=False).network
    write_network(path_of(config, "npz"), network, {})
    text = page()
    assert "![decision regions](images/paper/regions-short.png)" in text
    assert (IMAGES / "regions-short.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_trained_that_is_kept() -> None:
    cells = queue(SHORT, "Yin-Yang 1x100, fixed")
    assert len(cells) == 1
    for config in configs(cells[0], SHORT):
        keep(config, 90)
    done = CliRunner().invoke(verb.main, ["--only", cells[0].name], catch_exceptions=False)
    assert (done.exit_code, done.output) == (0, "")
    assert "3 of 66" in PAGE.read_text("utf-8")
