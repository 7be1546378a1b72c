"""Verilog as bits, gates and registers, as Yosys reads it."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from connective.errors import ToolError
from connective.tools.yosys import quote, run_yosys
from sim.proof.lemma import Gap

Bit = int
"""A net of one bit; `ZERO` and `ONE` are the constants."""

ZERO, ONE = 0, 1  # Yosys numbers nets from 2

# Truth tables in LUT-INIT order of the inputs named.
GATES = {
    "$_BUF_": ("A", 0b10),
    "$_NOT_": ("A", 0b01),
    "$_AND_": ("AB", 0b1000),
    "$_NAND_": ("AB", 0b0111),
    "$_OR_": ("AB", 0b1110),
    "$_NOR_": ("AB", 0b0001),
    "$_XOR_": ("AB", 0b0110),
    "$_XNOR_": ("AB", 0b1001),
    "$_ANDNOT_": ("AB", 0b0010),
    "$_ORNOT_": ("AB", 0b1011),
    "$_MUX_": ("ABS", 0b11001010),
}
REGISTER = "$_DFF_P_"
NO_PARAMETERS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Gate:
    table: int
    inputs: tuple[Bit, ...]


@dataclass(frozen=True)
class Circuit:
    """A flat module. Nets that nothing drives, and each unknown constant, can have any value.

    Members
    -------
    nets: bits of each net that has a name in the Verilog, such as `popcount_3.o`; ports included
    gates: by the bit that each drives
    registers: the bit that each takes at a rising edge of the one clock, by the bit that it drives
    """

    nets: dict[str, list[Bit]]
    gates: dict[Bit, Gate]
    registers: dict[Bit, Bit]

    def net(self, *names: str) -> list[Bit]:
        """The first of some nets that is there, or `Gap`."""
        for name in names:
            if name in self.nets:
                return self.nets[name]
        raise Gap(f"there is no net {names[0]} in the Verilog")


@dataclass(frozen=True)
class Hierarchy:
    """A module with all that it instantiates.

    Members
    -------
    flat: the module, flattened
    instances: the module of each instance in it
    """

    flat: Circuit
    instances: dict[str, str]
    _modules: dict[str, Any]

    def module(self, name: str) -> Circuit:
        """A module that instantiates no others, by itself."""
        return _circuit(self._modules[name])


def read_verilog(
    sources: Sequence[Path],
    top: str,
    *,
    parameters: Mapping[str, int] = NO_PARAMETERS,
    log: Path,
    timeout: float,
) -> Hierarchy:
    """The module `top` of some files, with values of its parameters.

    A reset or enable of a register becomes a gate before it; an asynchronous reset acts as if it
    changed at clock edges only. Raises `ToolError` for Verilog that Yosys does not read, or that
    has other cells than gates and registers of one clock's rising edge.
    """
    with tempfile.TemporaryDirectory(prefix="connective-proof-") as name:
        modules, flat = Path(name) / "modules.json", Path(name) / "flat.json"
        run_yosys(
            [
                *(f"read_verilog {quote(source)}" for source in sources),
                *(f"chparam -set {name} {value} {top}" for name, value in parameters.items()),
                f"hierarchy -check -top {top}",
                "proc -noopt",
                "check -assert",
                "memory_map",
                "async2sync",
                "techmap",
                "simplemap",
                "dffunmap",
                f"write_json {quote(modules)}",
                "flatten",
                f"write_json {quote(flat)}",
            ],
            log=log,
            timeout=timeout,
        )
        hierarchy = json.loads(modules.read_text())["modules"]
        cells = hierarchy[top]["cells"]
        return Hierarchy(
            _circuit(json.loads(flat.read_text())["modules"][top]),
            {name: cell["type"] for name, cell in cells.items() if cell["type"] in hierarchy},
            hierarchy,
        )


def _circuit(module: dict[str, Any]) -> Circuit:
    unknown = count(-1, -1)

    def bit(given: int | str) -> Bit:
        if isinstance(given, int):
            return given
        return int(given) if given in ("0", "1") else next(unknown)

    nets = {
        name: [bit(b) for b in net["bits"]]
        for name, net in module["netnames"].items()
        if not net["hide_name"]
    }
    gates: dict[Bit, Gate] = {}
    registers: dict[Bit, Bit] = {}
    clocks = set()
    for name, kind, cell in _cells(module):
        ports = {port: [bit(b) for b in bits] for port, bits in cell["connections"].items()}
        if kind == REGISTER:
            registers[ports["Q"][0]] = ports["D"][0]
            clocks.add(ports["C"][0])
        elif kind == "$lut":
            gates[ports["Y"][0]] = Gate(int(cell["parameters"]["LUT"], 2), tuple(ports["A"]))
        elif kind in GATES:
            inputs, table = GATES[kind]
            gates[ports["Y"][0]] = Gate(table, tuple(ports[i][0] for i in inputs))
        else:
            raise ToolError(
                f"cell {name} is {kind}: only gates and registers of a rising clock edge are proved"
            )
    if len(clocks) > 1:
        raise ToolError(f"the registers have {len(clocks)} clocks: only one clock is proved")
    return Circuit(nets, gates, registers)


def _cells(module: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, cell in module["cells"].items():
        if cell["type"] != "$scopeinfo":
            yield name, cell["type"], cell
