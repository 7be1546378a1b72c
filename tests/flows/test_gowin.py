"""nextpnr's own word on what it times of a netlist for Gowin, before and after."""

import json
from pathlib import Path
from typing import Any

import pytest

from connective.devices import DEVICES
from connective.tools.nextpnr import run_nextpnr
from connective.tools.yosys import quote, run_yosys
from hwgen.flows.gowin import time_all_paths
from hwgen.flows.harness import constraints

# registers before each other, before LUTs of 1 to 3 inputs, and before one that others read
SHORT = """
module top(input clk, si, output so);
  reg [9:0] s;
  always @(posedge clk) s <= {s, si};
  reg a, b, c, d, e, f;
  always @(posedge clk) begin
    a <= ~s[9]; b <= s[8] ^ a; c <= s[7] ^ s[6] ^ b;
    d <= s[5] & c; e <= s[4] ^ (s[5] & c); f <= d ^ e;
  end
  assign so = f;
endmodule
"""


def timed(folder: Path, module: dict[str, Any]) -> set[str]:
    """The registers to which nextpnr times a path from another."""
    chip = DEVICES["gw1nr-9c"]
    (folder / "top.json").write_text(json.dumps({"modules": {"top": module}}))
    (folder / "pins.cst").write_text(constraints(chip))
    files = ["--json", "top.json", "--vopt", "cst=pins.cst", "--report", "report.json"]
    run_nextpnr(
        "himbaechel-gowin",
        [*chip.arguments, *files, "--detailed-timing-report"],
        folder=folder,
        log=folder / "log",
        timeout=300,
    )
    nets = json.loads((folder / "report.json").read_text())["detailed_net_timings"]
    return {e["cell"] for net in nets for e in net["endpoints"] if e["port"] == "D"}


def test_all_registers_are_timed_only_by_luts_of_four_inputs(tmp_path: Path) -> None:
    (tmp_path / "top.v").write_text(SHORT)
    file = tmp_path / "yosys.json"
    commands = [f"read_verilog {quote(tmp_path / 'top.v')}", "synth_gowin -top top -noalu"]
    run_yosys([*commands, f"write_json {quote(file)}"], log=tmp_path / "y", timeout=120)
    module = json.loads(file.read_text())["modules"]["top"]
    registers = [name for name, cell in module["cells"].items() if cell["type"] == "DFF"]
    assert len(timed(tmp_path, module)) < len(registers) / 2
    time_all_paths(module)
    assert len(timed(tmp_path, module)) == len(registers) - 1  # one has the pin before it


@pytest.mark.parametrize("inputs", [1, 2, 3, 4])
def test_wider_lut_computes_the_same(inputs: int) -> None:
    table = format(0x9C3A & ((1 << (1 << inputs)) - 1), f"0{1 << inputs}b")
    names = [f"I{n}" for n in range(inputs)]
    lut = {
        "type": f"LUT{inputs}",
        "parameters": {"INIT": table},
        "connections": {**{name: [2 + n] for n, name in enumerate(names)}, "F": [9]},
        "port_directions": {**dict.fromkeys(names, "input"), "F": "output"},
    }
    module = {"cells": {"l": lut}, "netnames": {}, "ports": {}}
    time_all_paths(module)
    assert lut["type"] == "LUT4"
    wide = lut["parameters"]["INIT"]
    for row in range(1 << inputs):
        bits = [row >> (lut["connections"][f"I{n}"][0] - 2) & 1 for n in range(4)]
        assert wide[::-1][sum(bit << n for n, bit in enumerate(bits))] == table[::-1][row]
