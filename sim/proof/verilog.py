"""Verilog as bits, gates and registers, as Yosys reads it."""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from connective.errors import ToolError
from connective.folder import temporary_folder
from connective.tools.yosys import quote, run_yosys, written
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
PARITY, MAJORITY = 0b10010110, 0b11101000
GREATER = 0b10110010  # of a, b and what the lower bits say: a > b
REGISTER = "$_DFF_P_"

# Cells that techmap is to leave as they are: as it maps them, comparisons take it most of its time.
KEPT_ADDER = "connective_adder"
COMPARISONS = {"$gt": ("AB", ZERO), "$ge": ("AB", ONE), "$lt": ("BA", ZERO), "$le": ("BA", ONE)}
"""The operands in the order in which they are compared by >, and what is said of equal ones."""
KEPT_COMPARISONS = {f"connective_{kind[1:]}": how for kind, how in COMPARISONS.items()}
OPENED = ("flatten", "delete t:$meminit*", "opt_expr", "opt_merge", "opt_clean")
NO_PARAMETERS: Mapping[str, int | str] = MappingProxyType({})


@dataclass(frozen=True)
class Gate:
    table: int
    inputs: tuple[Bit, ...]


@dataclass(frozen=True)
class Adder:
    """y = a + b modulo its width; all three are as wide."""

    a: tuple[Bit, ...]
    b: tuple[Bit, ...]
    y: tuple[Bit, ...]


@dataclass(frozen=True)
class Circuit:
    """A flat module. Nets that nothing drives, and each unknown constant, can have any value.

    Members
    -------
    nets: bits of each net that has a name in the Verilog, such as `popcount_3.o`; ports included
    gates: by the bit that each drives
    registers: the bit that each takes at a rising edge of the one clock, by the bit that it drives
    adders: what the Verilog adds by `+`; the gates have it as well, as chains of full adders
    clock: the port of the registers' clock, if there are any
    """

    nets: dict[str, list[Bit]]
    gates: dict[Bit, Gate]
    registers: dict[Bit, Bit]
    adders: list[Adder]
    clock: str | None

    @cached_property
    def greatest(self) -> Bit:
        """The greatest number of a bit, or of an unknown value: beyond it others are free."""
        nets = (abs(bit) for bits in self.nets.values() for bit in bits)
        read = (abs(bit) for gate in self.gates.values() for bit in gate.inputs)
        taken = (abs(bit) for bit in self.registers.values())
        return max(ONE, *nets, *read, *taken, *self.gates, *self.registers)

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
    top: its name
    modules: each module as Yosys writes it
    """

    flat: Circuit
    top: str
    modules: dict[str, Any]

    @property
    def instances(self) -> dict[str, str]:
        """The module of each instance in the top."""
        cells = self.modules[self.top]["cells"]
        return {name: cell["type"] for name, cell in cells.items() if cell["type"] in self.modules}

    def inner(self, instance: str) -> "Hierarchy":
        """What an instance contains, where it stands: the circuit is whole, the names are its."""
        prefix = f"{instance}."
        nets = {
            name.removeprefix(prefix): bits
            for name, bits in self.flat.nets.items()
            if name.startswith(prefix)
        }
        return Hierarchy(replace(self.flat, nets=nets), self.instances[instance], self.modules)

    def module(self, name: str) -> Circuit:
        """A module without what it instantiates, whose ports are nets like `popcount_3.o`."""
        return _circuit(self.modules[name], self.modules)

    def ports(self, name: str, direction: str) -> list[str]:
        """Ports of a module that are `input` or `output`."""
        ports = self.modules[name]["ports"]
        return [port for port, given in ports.items() if given["direction"] == direction]


def read_verilog(
    sources: Sequence[Path],
    top: str,
    *,
    parameters: Mapping[str, int | str] = NO_PARAMETERS,
    has_cells: bool = False,
    log: Path,
    timeout: float,
) -> Hierarchy:
    """The module `top` of some files, with values of its parameters, numbers as Verilog has them.

    A reset or enable of a register becomes a gate before it; an asynchronous reset acts as if it
    changed at clock edges only. Raises `ToolError` for Verilog that Yosys does not read, or that
    has other cells than gates and registers of one clock's rising edge. Where it `has_cells` with
    Verilog of their own, it is read flat, and parameters of these decide what they may.
    """
    with temporary_folder() as folder:
        modules, flat = folder / "modules.json", folder / "flat.json"
        run_yosys(
            [
                *(f"read_verilog {quote(source)}" for source in sources),
                *(f"chparam -set {name} {value} {top}" for name, value in parameters.items()),
                f"hierarchy -check -top {top}",
                "proc -noopt",
                "check -assert",
                *(OPENED if has_cells else ()),
                "wreduce t:$shr",  # a netlist writes its tables so, and of each one bit is read
                "memory_map",
                "async2sync",
                f"chtype -set {KEPT_ADDER} t:$add",
                *(f"chtype -set connective_{kind[1:]} t:{kind}" for kind in COMPARISONS),
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
        hierarchy = json.loads(written(modules))["modules"]
        return Hierarchy(_circuit(json.loads(written(flat))["modules"][top]), top, hierarchy)


def _circuit(module: dict[str, Any], instantiated: Container[str] = ()) -> Circuit:
    unknown = count(-1, -1)
    fresh = count(1 + max((b for b in _bits(module) if isinstance(b, int)), default=ONE))

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
    adders = []
    clocks = set()
    for name, kind, cell in _cells(module):
        ports = {port: [bit(b) for b in bits] for port, bits in cell["connections"].items()}
        if kind in instantiated:
            nets |= {f"{name}.{port}": bits for port, bits in ports.items()}
        elif kind == REGISTER:
            registers[ports["Q"][0]] = ports["D"][0]
            clocks.add(ports["C"][0])
        elif kind == KEPT_ADDER:
            a, b = (_extended(cell, ports, name, len(ports["Y"])) for name in "AB")
            adders.append(Adder(a, b, tuple(ports["Y"])))
        elif kind in KEPT_COMPARISONS:
            order, equal = KEPT_COMPARISONS[kind]
            width = max(len(ports["A"]), len(ports["B"]))
            a, b = (_extended(cell, ports, name, width) for name in order)
            if _signed(cell, "A"):  # the sign bit counts negative
                a, b = (*a[:-1], b[-1]), (*b[:-1], a[-1])
            _compare(a, b, equal, ports["Y"], gates, fresh)
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
    for adder in adders:
        _add_gates(adder, gates, fresh)
    clock = next((name for name, bits in nets.items() if {*bits} & clocks), None)
    return Circuit(nets, gates, registers, adders, clock)


def _extended(
    cell: dict[str, Any], ports: dict[str, list[Bit]], name: str, width: int
) -> tuple[Bit, ...]:
    """An operand of a word-level cell in `width` bits."""
    bits = ports[name]
    return tuple([*bits, *[bits[-1] if _signed(cell, name) else ZERO] * width][:width])


def _signed(cell: dict[str, Any], name: str) -> bool:
    return bool(int(cell["parameters"][f"{name}_SIGNED"], 2))


def _compare(
    a: Sequence[Bit],
    b: Sequence[Bit],
    equal: Bit,
    y: list[Bit],
    gates: dict[Bit, Gate],
    fresh: Iterator[Bit],
) -> None:
    """y = a > b, or what is said of equal ones, from the lowest bit up."""
    result = equal
    for first, second in zip(a, b, strict=True):
        below, result = result, next(fresh)
        gates[result] = Gate(GREATER, (first, second, below))
    gates[y[0]] = Gate(0b10, (result,))
    for bit in y[1:]:
        gates[bit] = Gate(0b10, (ZERO,))


def _add_gates(adder: Adder, gates: dict[Bit, Gate], fresh: Iterator[Bit]) -> None:
    carry = ZERO
    for a, b, y in zip(adder.a, adder.b, adder.y, strict=True):
        gates[y] = Gate(PARITY, (a, b, carry))
        below, carry = carry, next(fresh)
        gates[carry] = Gate(MAJORITY, (a, b, below))


def _bits(module: dict[str, Any]) -> Iterator[int | str]:
    for net in module["netnames"].values():
        yield from net["bits"]


def _cells(module: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, cell in module["cells"].items():
        if cell["type"] != "$scopeinfo":
            yield name, cell["type"], cell


def halves(table: int, place: int, n: int) -> tuple[int, int]:
    """A table over the other inputs, where that at a place is 0, and where it is 1."""
    low = high = 0
    for case in range(1 << n - 1):
        below = case & (1 << place) - 1
        whole = (case >> place) << place + 1 | below
        low |= (table >> whole & 1) << case
        high |= (table >> (whole | 1 << place) & 1) << case
    return low, high
