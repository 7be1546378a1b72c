"""The main job as a user runs it: one command from a configuration to the report."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    subprocess.run(
        ["make", f"BUILD={folder}", f"{folder}/tiny/report.html"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return folder / "tiny"


def test_make_pulls_the_whole_chain_for_an_example(build: Path) -> None:
    report = json.loads((build / "report.json").read_bytes())
    assert report["format"] == "connective.report"
    assert report["version"] == 1
    assert report["data"] == "Yin-Yang (disc reading)"
    assert report["gates"] == 80
    assert report["levels"] == 2
    assert report["initiation_interval"] == 1
    assert report["accuracy"]["discretized"] > 0.85
    assert report["missing"] == report["stale"] == []


def test_both_simulators_agree_with_the_network_on_the_whole_test_set(build: Path) -> None:
    report = json.loads((build / "report.json").read_bytes())
    simulations = {s["simulator"]: s for s in report["simulations"]}
    assert simulations.keys() == {"icarus", "verilator"}
    for simulation in simulations.values():
        samples = sum(simulation["corners"].values()) + 1000
        assert simulation["samples"] == samples
        assert simulation["mismatches"] == 0
        assert simulation["latency_measured"] == report["latency"]
        assert simulation["cycles"] == samples + report["latency"]
        assert set(simulation["tests"].values()) == {"passed"}
        assert simulation["ties"]["found"] == simulation["coverage"]["tied_pairs"]
        assert all(simulation["coverage"]["stalls"].values())


def test_blocks_add_up_to_the_whole(build: Path) -> None:
    report = json.loads((build / "report.json").read_bytes())
    assert [s["target"] for s in report["synthesis"]] == ["lut4", "lut6"]
    for synthesis in report["synthesis"]:
        blocks = synthesis["blocks"]
        assert {"level_0", "level_1", "popcount", "argmax", "interface"} <= blocks.keys()
        for total in ("luts", "registers"):
            assert sum(block[total] for block in blocks.values()) == synthesis[total] > 0


def test_the_page_has_every_part(build: Path) -> None:
    page = (build / "report.html").read_text()
    assert "Missing" not in page and "Stale" not in page
    for part in ("20 epochs", "Labels in columns", "Labels over the plane", 'id="data"', "lut4"):
        assert part in page


def test_a_second_make_has_nothing_to_do(build: Path) -> None:
    run = subprocess.run(
        ["make", "--question", f"BUILD={build.parent}", f"{build}/report.html"], cwd=ROOT
    )
    assert run.returncode == 0
