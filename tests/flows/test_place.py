"""Small cores on real devices, by nextpnr."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from connective import InputError, Network, ToolError
from connective.axi_stream import AxiStream
from connective.cli.main import cli
from connective.devices import DEVICES
from connective.implementation import PlacementResult, netlist_file
from connective.report import gather
from connective.results import write_result
from hwgen.flows.place import place
from hwgen.flows.synth import synthesize
from tests.designs import make_design
from tests.networks import random_network


def network() -> Network:
    return random_network(np.random.default_rng(0), layers=[40, 40], n_inputs=30)


def check_paths(result: PlacementResult, blocks: set[str]) -> None:
    for run in result.runs:
        period = sum(part.logic_ns + part.routing_ns for part in run.path)
        assert period == pytest.approx(1e3 / run.fmax_mhz, rel=0.01)
        assert {part.block for part in run.path} <= blocks | {"harness"}
        assert any(part.block in blocks and part.cells for part in run.path)
    clocks = [run.fmax_mhz for run in result.runs]
    assert min(clocks) <= result.median_mhz <= result.best_mhz == max(clocks)


@pytest.mark.parametrize(
    ("target", "registers"), [("ecp5", "TRELLIS_FF"), ("gowin", "DFF"), ("ice40", "ICESTORM_LC")]
)
def test_core_takes_what_synthesis_counted_and_its_path_is_the_period(
    tmp_path: Path, target: str, registers: str
) -> None:
    make_design(tmp_path / "d", network())
    counted = synthesize(tmp_path / "d", target)
    text = netlist_file(tmp_path / "d", target).read_bytes()
    result = place(tmp_path / "d", target, seeds=1)
    places = result.places[registers]
    taken = places.used - places.harness
    if target == "ice40":  # a cell has a LUT and a register
        assert max(counted.luts, counted.registers) <= taken <= counted.luts + counted.registers
    else:
        assert taken == counted.registers
    assert result.asked_mhz is None and result.met
    check_paths(result, set(counted.blocks))
    assert netlist_file(tmp_path / "d", target).read_bytes() == text
    assert (tmp_path / "d" / "results" / f"pnr-{target}-{result.device}.log").stat().st_size


def test_core_without_clock_is_timed_between_registers_of_the_harness(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network(), combinational=True)
    counted = synthesize(tmp_path / "d", "ecp5")
    result = place(tmp_path / "d", "ecp5", seeds=1)
    assert result.places["TRELLIS_FF"].used == result.places["TRELLIS_FF"].harness
    for run in result.runs:
        assert run.path[0].block == "harness"
        assert sum(part.cells for part in run.path) <= counted.depth + 1
    check_paths(result, set(counted.blocks))


@pytest.mark.parametrize("axi", [{"stream": AxiStream(8)}, {"axi_lite": True}])
def test_core_with_axi_has_one_clock(tmp_path: Path, axi: dict[str, Any]) -> None:
    make_design(tmp_path / "d", network(), **axi)
    counted = synthesize(tmp_path / "d", "ecp5")
    result = place(tmp_path / "d", "ecp5", seeds=1)
    places = result.places["TRELLIS_FF"]
    assert places.used - places.harness == counted.registers
    check_paths(result, set(counted.blocks))


def test_clock_that_is_missed_is_a_claim_that_does_not_hold(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", network())
    command = ["synth", str(tmp_path / "d"), "--target", "ice40", "--pnr", "--seeds", "2"]
    run = CliRunner().invoke(cli, [*command, "--device", "up5k", "--mhz", "900", "--json"])
    assert run.exit_code == 1
    both = json.loads(run.stdout)
    assert both["synthesis"]["luts"] and both["placement"]["asked_mhz"] == 900
    assert [each["seed"] for each in both["placement"]["runs"]] == [1, 2]
    report = gather(tmp_path / "d")
    (placed,) = report.placements
    assert placed.device == "up5k" and not placed.met and not report.passed
    check_paths(placed, set(report.synthesis[0].blocks))
    met = placed.model_copy(update={"asked_mhz": placed.best_mhz})
    write_result(tmp_path / "d", design, met)
    assert gather(tmp_path / "d").passed
    netlist = netlist_file(tmp_path / "d", "ice40")
    netlist.write_text(netlist.read_text() + "\n")
    assert gather(tmp_path / "d").stale == ["pnr-ice40-up5k"]


def test_core_that_does_not_fit_is_told_with_the_words_of_nextpnr(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", network())
    synthesize(tmp_path / "d", "ice40")
    ports = ", ".join(
        f"{port.direction}put [{port.width - 1}:0] {port.name}" for port in design.ports
    )
    registers = "".join(
        f"SB_DFF r{i} (.C(clk), .D({f'x[{i - 1}]' if i else 'i_valid'}), .Q(x[{i}]));\n"
        for i in range(5300)
    )
    body = f"wire [5299:0] x;\n{registers}assign o_valid = x[5299];\n"
    text = f"module {design.top}({ports});\n{body}endmodule\n"
    netlist_file(tmp_path / "d", "ice40").write_text(text)
    with pytest.raises(ToolError, match="^nextpnr-ice40 failed with .*ERROR: .*; its log is "):
        place(tmp_path / "d", "ice40", device="up5k", seeds=1)


def test_make_names_the_devices_that_there_are() -> None:
    text = (Path(__file__).parents[2] / "Makefile").read_text()
    named = re.findall(r"^DEVICES_(\w+) := (.*)$", text, re.MULTILINE)
    assert [(d.target, name) for name, d in DEVICES.items()] == [
        (target, device) for target, devices in named for device in devices.split()
    ]


def test_what_cannot_be_placed_is_refused_before_it_is_synthesized(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network())

    def refused(*options: str) -> str:
        run = CliRunner().invoke(cli, ["synth", str(tmp_path / "d"), *options])
        assert isinstance(run.exception, InputError)
        return str(run.exception)

    assert refused("--target", "lut6", "--pnr") == (
        "target lut6 cannot be placed and routed: choose one of ice40, ecp5, gowin"
    )
    assert refused("--target", "ecp5", "--pnr", "--device", "up5k") == (
        "device 'up5k' is not of target ecp5: choose lfe5u-25f or lfe5u-85f"
    )
    for option in (("--device", "up5k"), ("--seeds", "2"), ("--mhz", "50")):
        assert refused("--target", "ice40", *option).endswith("add --pnr")
    with pytest.raises(InputError, match="is missing: synthesise the design for ice40 first$"):
        place(tmp_path / "d", "ice40")
    assert not (tmp_path / "d" / "results").exists()
