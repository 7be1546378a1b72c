"""What stands around a core on a device, so that all of its paths are from register to register.

A core has more ports than a small package has pins, and a path from or to a pin says nothing of the
core. So each input bit that the core reads comes from a register of a long shift register, and each
output bit goes into a register; these are folded by exclusive ors into one pin, a register each.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connective.design import CLOCKS, Design
from connective.devices import Device, Router
from connective.tools.yosys import quote, run_yosys, written
from hwgen.flows.gowin import time_all_paths
from hwgen.flows.netlist import Netlist

TOP, CORE = "harness", "core"
NETLIST = "harness.json"


@dataclass(frozen=True)
class Harness:
    """A file for nextpnr with the harness and the core `core` in it, and what the harness takes."""

    file: Path
    registers: int
    luts: int

    def takes(self, router: Router) -> dict[str, int]:
        """How many places of each kind are the harness's."""
        count = {"register": self.registers, "lut": self.luts}
        return {place: count[role] for place, role in router.places.items()}


def put_into_harness(
    design: Design,
    verilog: Path,
    netlist: Netlist,
    module: Mapping[str, Any],
    router: Router,
    work: Path,
    *,
    log: Path,
    timeout: float,
) -> Harness:
    """Write the netlist in `verilog`, which `module` is as JSON, within its harness to `work`.

    The netlist's cells stay as they are: it is a black box while Yosys maps the harness.
    """
    read = {bit for cell in netlist.cells for bit in cell.inputs} | netlist.outputs
    source, file = work / f"{TOP}.v", work / NETLIST
    text, n_inputs, n_outputs = _verilog(design, module["ports"], read)
    source.write_text(text, encoding="ascii")
    run_yosys(
        [
            f"read_verilog -lib {quote(verilog)}",
            f"read_verilog {quote(source)}",
            f"{router.harness} -top {TOP}",
            f"delete ={design.top}",
            f"read_verilog {quote(verilog)}",
            f"hierarchy -check -top {TOP}",
            "flatten",
            "clean",
            f"write_json {quote(file)}",
        ],
        log=log,
        timeout=timeout,
    )
    if router.family.endswith("gowin"):
        circuit = json.loads(written(file))
        time_all_paths(circuit["modules"][TOP])
        file.write_text(json.dumps(circuit), encoding="utf-8")
    return Harness(file, n_inputs + 2 * n_outputs, max(n_outputs - 1, 0))


def constraints(device: Device) -> str:
    """Where the pins are, as Gowin's tools write it."""
    return "".join(f'IO_LOC "{name}" {place};\n' for name, place in device.pins.items())


def _verilog(design: Design, ports: Mapping[str, Any], read: set[Any]) -> tuple[str, int, int]:
    """The harness, and of how many bits of inputs and outputs it has registers."""
    n_inputs = n_outputs = 0
    pins = []
    for port in design.ports:
        bits = ports[port.name]["bits"]
        if port.name in CLOCKS:
            joined = "clk"
        elif port.direction == "out":
            joined = f"o[{n_outputs + port.width - 1}:{n_outputs}]"
            n_outputs += port.width
        else:
            parts = []
            for bit in bits:
                parts.append(f"taps[{n_inputs}]" if bit in read else "1'b0")
                n_inputs += bit in read
            joined = f"{{{', '.join(reversed(parts))}}}"
        pins.append(f".{port.name}({joined})")
    last = n_outputs - 1
    text = (
        f"module {TOP}(input clk, input si, output so);\n"
        f"reg [{max(n_inputs - 1, 0)}:0] taps;\n"
        f"always @(posedge clk) taps <= {{taps, si}};\n"
        f"wire [{last}:0] o;\n"
        f"reg [{last}:0] captured, folded;\n"
        f"always @(posedge clk) begin\n"
        f"captured <= o;\n"
        f"folded <= {{folded, 1'b0}} ^ captured;\n"
        f"end\n"
        f"assign so = folded[{last}];\n"
        f"{design.top} {CORE}({', '.join(pins)});\n"
        "endmodule\n"
    )
    return text, n_inputs, n_outputs
