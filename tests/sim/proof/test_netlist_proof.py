"""Proofs that netlists do what the Verilog does."""

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connective.axi_stream import AxiStream
from connective.design import read_design
from connective.errors import InputError
from connective.implementation import netlist_file
from connective.report import gather
from connective.results import write_result
from hwgen.flows.synth import synthesize
from hwgen.form import Form
from sim.proof.prove import prove_netlist
from tests.designs import make_design
from tests.libraries import SIX
from tests.networks import random_network
from tests.sim.proof.faults import thermometer_network


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("netlist") / "design"
    make_design(folder, thermometer_network(), scores=True)
    for target in ("lut4", "lut6"):
        synthesize(folder, target)
    return folder


@pytest.mark.parametrize("target", ["lut4", "lut6"])
def test_what_synthesis_makes_is_proved(design: Path, target: str) -> None:
    result = prove_netlist(design, target)
    assert result.outcome == "proved", result.lemmas
    assert result.netlist == target


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "tags": ("ecp5", {"tag_width": 3, "reset": "async-low"}),
    "AXI4-Stream": ("gowin", {"stream": AxiStream(8, 2)}),
    "AXI4-Lite": ("xilinx7", {"axi_lite": True, "scores": True}),
    "a narrow port": ("ice40", {"form": Form(input_width=5), "reset": "async-high"}),
    "serial": ("ice40", {"form": Form(serial=True, bits_per_cycle=2), "levels_per_stage": 1}),
    "a cell library": ("asic", {}),
    "clock gating": ("ecp5", {"form": Form(clock_gating=True)}),
}


@pytest.mark.parametrize("case", CASES)
def test_netlists_of_families_and_interfaces_are_proved_and_refuted(
    tmp_path: Path, case: str
) -> None:
    target, asked = CASES[case]
    folder = tmp_path / "d"
    make_design(folder, thermometer_network(), **asked)
    synthesize(folder, target, liberty=SIX if target == "asic" else None)
    result = prove_netlist(folder, target)
    assert result.outcome == "proved", result.lemmas
    file = netlist_file(folder, target)
    file.write_text(with_another_cell(file.read_text()))
    result = prove_netlist(folder, target)
    assert result.outcome == "refuted", result.lemmas


def with_another_cell(netlist: str) -> str:
    """A netlist in which a cell by an argmax has another function, or lost an input."""
    lut = re.compile(r"INIT\((\d+)'h([0-9a-f]+)\)(?=[^;]*argmax)")
    gate = re.compile(r"(?<=\.A\()[^)]*(?=\)[^;]*argmax)")
    if found := lut.search(netlist):
        other = f"INIT({found[1]}'h{int(found[2], 16) ^ (1 << int(found[1])) - 1:x})"
    else:
        found, other = gate.search(netlist), "1'h0"
    assert found
    return netlist[: found.start()] + other + netlist[found.end() :]


def test_registers_that_synthesis_merges_are_proved(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)  # some bits of its scores are always the same, or alike
    network = random_network(rng, layers=[60, 48], n_inputs=12, weighted=True)
    make_design(tmp_path / "d", network, scores=True)
    synthesize(tmp_path / "d", "lut6")
    assert prove_netlist(tmp_path / "d", "lut6").outcome == "proved"


def test_a_netlist_without_registers_is_proved_and_refuted(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    make_design(folder, thermometer_network(), combinational=True, margin=True, reject_below=2)
    synthesize(folder, "lut6")
    assert prove_netlist(folder, "lut6").outcome == "proved"
    file = netlist_file(folder, "lut6")
    text = file.read_text()
    file.write_text(text.replace("assign o_reject =", "assign o_reject = ~", 1))
    assert file.read_text() != text
    result = prove_netlist(folder, "lut6")
    assert result.outcome == "refuted", result.lemmas


@pytest.mark.parametrize("seed", range(6))
def test_a_wrong_lut_or_register_is_refuted(design: Path, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "d"
    shutil.copytree(design, folder)
    file = netlist_file(folder, "lut6")
    text = file.read_text()
    luts = list(re.finditer(r"'h([0-9a-f]+) >>|'d(\d+) >>|<= ()\S", text))
    place = luts[int(np.random.default_rng(seed).integers(len(luts)))]
    if place[3] is not None:  # what a register takes
        edited = f"{text[: place.end() - 1]}~{text[place.end() - 1 :]}"
    else:  # a truth table
        table = place[1] or place[2]
        other = f"{int(table, 16) ^ 0xFF:x}" if place[1] else str(int(table) ^ 0xF)
        edited = text[: place.start() + 2] + other + text[place.end() - 3 :]
    file.write_text(edited)
    result = prove_netlist(folder, "lut6")
    assert result.outcome == "refuted", result.lemmas
    assert result.counterexample is not None and result.counterexample.observed


def test_a_proof_is_stale_once_the_netlist_is_another(design: Path, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    shutil.copytree(design, folder)
    write_result(folder, read_design(folder), prove_netlist(folder, "lut4"))
    assert [proof.netlist for proof in gather(folder).netlist_proofs] == ["lut4"]
    file = netlist_file(folder, "lut4")
    file.write_text(f"{file.read_text()}\n")
    report = gather(folder)
    assert report.netlist_proofs == [] and "prove-lut4" in report.stale


def test_a_netlist_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    make_design(tmp_path / "d", random_network(np.random.default_rng(1), layers=[12]))
    with pytest.raises(InputError, match="run connective synth .* --target lut6"):
        prove_netlist(tmp_path / "d", "lut6")
