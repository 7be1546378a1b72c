"""Faults that only corners show are seen by `connective simulate`, at every interface."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from connective.cli.main import cli
from connective.cli.simulate import FEWEST, affordable
from connective.design import read_design
from connective.network_file import write_network
from tests.sim.proof.faults import edit, thermometer_network

NETWORK = thermometer_network()
GREATER = r"(right_wins_\w+ = [^;]*) > "


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNECTIVE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def export(folder: Path, *arguments: str) -> Path:
    write_network(folder / "network.npz", NETWORK, {})
    out = str(folder / "design")
    command = ["export", str(folder / "network.npz"), "--out", out, *arguments]
    made = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert made.exit_code == 0, made.output
    return folder / "design"


def simulate(design: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """The exit status and the result of a run on five samples beside the corners."""
    command = ["simulate", str(design), "--samples", "5", "--json", *arguments]
    run = CliRunner().invoke(cli, command, catch_exceptions=False)
    return run.exit_code, json.loads(run.stdout)


@pytest.mark.parametrize(
    ("interface", "harness"),
    [
        ("native", ("--simulator", "icarus")),
        ("native", ("--harness", "cpp")),
        ("axi-stream", ("--simulator", "icarus")),
        ("axi-lite", ("--simulator", "icarus")),
        ("combinational", ("--simulator", "icarus")),
    ],
)
def test_ties_that_go_to_the_higher_class_are_seen(
    tmp_path: Path, interface: str, harness: tuple[str, ...]
) -> None:
    design = export(tmp_path, "--interface", interface)
    edit(design, "accelerator_argmax", GREATER, r"\1 >= ")
    status, wrong = simulate(design, *harness)
    assert status == 1
    corners = wrong["corners"]
    assert isinstance(corners, dict) and corners["ties"]
    assert 0 < int(str(wrong["mismatches"])) <= sum(corners.values())


def test_a_threshold_that_is_one_too_high_is_seen(tmp_path: Path) -> None:
    design = export(tmp_path, "--no-simplify")
    edit(design, "accelerator_encoder", ">= 4'd9", ">= 4'd10")
    status, wrong = simulate(design, "--simulator", "icarus")
    assert status == 1 and wrong["mismatches"]


def test_few_corners_are_tried_where_they_take_long(tmp_path: Path) -> None:
    design = read_design(export(tmp_path))
    slow = design.model_copy(update={"initiation_interval": 10**6})
    assert affordable(design, NETWORK, "verilator") > affordable(slow, NETWORK, "icarus") == FEWEST
