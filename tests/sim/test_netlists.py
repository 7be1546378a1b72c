"""Netlists on simulators, held against the network."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from connective import InputError, Network
from connective.design import read_design
from connective.implementation import cells_file, netlist_file
from connective.report import gather
from connective.results import SimulationResult, write_result
from connective.technology import TECHNOLOGIES
from hwgen.flows.synth import synthesize
from sim import simulate
from tests.designs import make_design
from tests.libraries import SIX, real_library
from tests.networks import random_network, random_samples

N = 24


def small(seed: int = 1) -> Network:
    return random_network(np.random.default_rng(seed), layers=[10, 10], weighted=True)


def run(folder: Path, network: Network, target: str, simulator: str = "icarus") -> SimulationResult:
    samples = random_samples(np.random.default_rng(2), network, N)
    return simulate(folder, samples, simulator=simulator, netlist=target, data="", seed=3)


def check(result: SimulationResult, folder: Path, latency: int) -> None:
    assert set(result.tests.values()) == {"passed"}
    assert (result.samples, result.mismatches, result.latency_measured) == (N, 0, latency)
    assert result.netlist and result.name == f"{result.simulator}-{result.netlist}"
    content = netlist_file(folder, result.netlist).read_bytes()
    assert result.netlist_sha256 == hashlib.sha256(content).hexdigest()
    assert (folder / "results" / f"simulate-{result.name}.log").stat().st_size


@pytest.mark.parametrize("target", TECHNOLOGIES)
def test_netlist_agrees_with_the_network_on_icarus(tmp_path: Path, target: str) -> None:
    design = make_design(tmp_path / "d", small())
    synthesize(tmp_path / "d", target, liberty=SIX if target == "asic" else None)
    check(run(tmp_path / "d", small(), target), tmp_path / "d", design.latency)


@pytest.mark.parametrize("library", ["sky130_fd_sc_hd", "sg13g2"])
def test_netlist_of_an_open_process_agrees_with_the_network(tmp_path: Path, library: str) -> None:
    design = make_design(tmp_path / "d", small(), axi_lite=True, reset="async-low")
    synthesize(tmp_path / "d", "asic", liberty=real_library(library))
    result = run(tmp_path / "d", small(), "asic")
    assert set(result.tests.values()) == {"passed"}
    assert (result.samples, result.mismatches) == (N, 0)
    assert design.protocol.kind == "axi-lite"


def test_netlist_agrees_with_the_network_on_verilator(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", small(), scores=True)
    synthesize(tmp_path / "d", "ecp5")
    result = run(tmp_path / "d", small(), "ecp5", "verilator")
    check(result, tmp_path / "d", design.latency)


def test_netlist_without_a_clock_agrees_with_the_network(tmp_path: Path) -> None:
    make_design(tmp_path / "d", small(), combinational=True)
    synthesize(tmp_path / "d", "gowin")
    check(run(tmp_path / "d", small(), "gowin"), tmp_path / "d", 0)


def test_netlist_with_another_table_is_caught(tmp_path: Path) -> None:
    make_design(tmp_path / "d", small())
    synthesize(tmp_path / "d", "ice40")
    file = netlist_file(tmp_path / "d", "ice40")
    text = file.read_text()
    lut = re.search(r"\.LUT_INIT\(16'h(\w{4})\)\n(?:  [^S].*\n)*    \.O\(o_label", text)
    assert lut
    inverse = f"{int(lut[1], 16) ^ 0xFFFF:04x}"
    file.write_text(text[: lut.start(1)] + inverse + text[lut.end(1) :])
    result = run(tmp_path / "d", small(), "ice40")
    assert not result.passed
    assert result.mismatches and result.first_mismatch


def test_wrong_model_of_a_cell_is_caught(tmp_path: Path) -> None:
    make_design(tmp_path / "d", small())
    synthesize(tmp_path / "d", "asic", liberty=SIX)
    file = cells_file(tmp_path / "d", "asic")
    text = file.read_text()
    assert text.count("A ^ B") == 1
    file.write_text(text.replace("A ^ B", "A & B"))
    assert not run(tmp_path / "d", small(), "asic").passed


def test_run_of_another_netlist_is_stale(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    make_design(folder, small())
    synthesize(folder, "lut4")
    write_result(folder, read_design(folder), run(folder, small(), "lut4"))
    report = gather(folder)
    assert [run.name for run in report.simulations] == ["icarus-lut4"]
    assert "simulate-icarus" in report.missing  # of the Verilog
    file = netlist_file(folder, "lut4")
    file.write_text(file.read_text() + "\n")
    report = gather(folder)
    assert report.simulations == [] and report.stale == ["simulate-icarus-lut4"]


@pytest.mark.parametrize("target", ["lut6", "asic"])
def test_netlist_that_is_not_there_is_told(tmp_path: Path, target: str) -> None:
    make_design(tmp_path / "d", small())
    with pytest.raises(InputError, match=f"run connective synth .* --target {target}$"):
        run(tmp_path / "d", small(), target)


def test_unknown_target_is_refused(tmp_path: Path) -> None:
    make_design(tmp_path / "d", small())
    with pytest.raises(InputError, match="^netlist must be one of lut4, .*, not 'lut5'$"):
        run(tmp_path / "d", small(), "lut5")
