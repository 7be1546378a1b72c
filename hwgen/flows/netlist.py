"""Yosys's JSON netlist of a flattened design: its cells, and to which block each counts."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from pathlib import Path
from typing import Any

from connective.errors import ToolError
from connective.technology import Technology
from connective.tools.yosys import written

NOTES = ("$scopeinfo",)  # cells without hardware
# `level_0.o`, `core.level_0.o`, `$flatten\level_0.$and$12_Y`
SCOPE = re.compile(r"(?:^|(?<=[\\.]))(\w+)\.")
# ABC's name for a LUT that computes a net of the unmapped design, or that net's complement; it
# lacks the first character of a name that begins with $
DRESSED = re.compile(r"\$abc\$\d+\$(?P<net>.+?)(\[(?P<index>\d+)\])?(_new(_inv)?)?")

Bit = int | str  # a net's number, or the constant "0", "1" or "x"


# An instance of a cell, up to its type
INSTANCE = re.compile(
    r"^  (?=[^\s)]\S* (?:#\(\n(?:    .*\n)+  \) )?(?P<name>_\d+_) \($)", re.MULTILINE
)


@dataclass(frozen=True)
class Cell:
    """A cell of a type by the nets that it reads and those that it drives.

    `through` are the inputs from which its outputs follow without a clock: none of a register.
    `name` is that of its instance.
    """

    kind: str
    inputs: tuple[Bit, ...]
    outputs: tuple[Bit, ...]
    through: tuple[Bit, ...] = ()
    name: str = field(default="", compare=False)

    @property
    def output(self) -> Bit:
        """A net by which the cell is known."""
        return self.outputs[0]


@dataclass(frozen=True)
class Netlist:
    """The cells, the block of each net that has a hierarchical name, and the ports' nets."""

    cells: list[Cell]
    scopes: dict[Bit, list[str]]
    outputs: set[Bit] = field(repr=False)

    @cached_property
    def logic(self) -> list[Cell]:
        """The cells through which signals pass without a clock, each after those that it reads."""
        driver = {bit: cell for cell in self.cells if cell.through for bit in cell.outputs}
        sorter: TopologicalSorter[Cell] = TopologicalSorter(
            {
                cell: [driver[i] for i in cell.through if i in driver]
                for cell in self.cells
                if cell.through
            }
        )
        try:
            return list(sorter.static_order())
        except CycleError:
            raise ToolError("the synthesized design has a combinational loop") from None

    def depth(self, chosen: Iterable[Cell]) -> int:
        """The longest chain of the chosen cells, which come in the order of `logic`."""
        level: dict[Bit, int] = {}
        for cell in chosen:
            reached = 1 + max((level.get(bit, 0) for bit in cell.through), default=0)
            level.update(dict.fromkeys(cell.outputs, reached))
        return max(level.values(), default=0)

    def longest(self) -> list[tuple[Cell, bool]]:
        """The cells of a longest chain, and whether the path passes through each.

        It does not through a register, or a memory that it writes, at an end of the chain.
        """
        level: dict[Bit, int] = {}
        before: dict[Cell, Bit] = {}
        for cell in self.logic:
            before[cell] = max(cell.through, key=lambda bit: level.get(bit, 0))
            reached = 1 + level.get(before[cell], 0)
            level.update(dict.fromkeys(cell.outputs, reached))
        if not level:
            return []
        driver = {bit: cell for cell in self.cells for bit in cell.outputs}
        bit: Bit = max(level, key=level.__getitem__)
        ends = (cell for cell in self.cells if bit in cell.inputs and bit not in cell.through)
        chain = [(cell, False) for cell in islice(ends, 1)]
        while bit in driver:
            cell = driver[bit]
            chain.append((cell, cell in before))
            if cell not in before:
                break
            bit = before[cell]
        return chain[::-1]

    def owners(self, blocks: Sequence[str]) -> dict[Bit, int]:
        """The place in `blocks` of the block to which each cell, by its outputs, counts.

        `blocks` come in the order of the data, the last also has what no block names. A cell whose
        net has the names of several blocks belongs to the first, which drives the others; a cell
        whose net has none belongs to the first of the blocks that read it.
        """
        place = {name: index for index, name in enumerate(blocks)}
        named: dict[Bit, int] = {}
        for bit, names in self.scopes.items():
            if known := [place[name] for name in names if name in place]:
                named[bit] = min(known)
        last = len(blocks) - 1
        owner: dict[Bit, int] = {}
        readers: dict[Bit, int] = dict.fromkeys(self.outputs, last)
        registers = (cell for cell in self.cells if not cell.through)
        for cell in (*registers, *reversed(self.logic)):
            known = [named[bit] for bit in cell.outputs if bit in named]
            own = min(known or [readers.get(bit, last) for bit in cell.outputs])
            owner.update(dict.fromkeys(cell.outputs, own))
            for bit in cell.inputs:
                readers[bit] = min(own, readers.get(bit, last))
        return owner


def read_netlist(path: Path, unmapped: Path, top: str, technology: Technology) -> Netlist:
    """The netlist that Yosys wrote to `path`, and to `unmapped` before ABC mapped it.

    Raises `ToolError` where it has cells that the technology does not know.
    """
    module = json.loads(written(path))["modules"][top]
    source = json.loads(written(unmapped))["modules"][top]
    before = source["netnames"]
    scopes, scopes_before = scopes_of(module["netnames"]), scopes_of(before)
    for cell in source["cells"].values():
        if cell["type"] == "$_NOT_":  # costs no LUT: the complement is as much the first block's
            (inverted,), (bit,) = cell["connections"]["Y"], cell["connections"]["A"]
            scopes_before.setdefault(inverted, []).extend(scopes_before.get(bit, []))
    for name, net in module["netnames"].items():
        # the net may have had further names, of which ABC was given one
        if match := DRESSED.fullmatch(name):
            original = before.get(match["net"]) or before.get(f"${match['net']}")
            if original is not None:
                bit = original["bits"][int(match["index"] or 0)]
                scopes.setdefault(net["bits"][0], []).extend(scopes_before.get(bit, []))
    outputs = {
        bit
        for port in module["ports"].values()
        if port["direction"] == "output"
        for bit in port["bits"]
    }
    return Netlist(list(_cells(module["cells"], technology)), scopes, outputs)


def scopes_of(netnames: dict[str, Any]) -> dict[Bit, list[str]]:
    """The instances in which a net's names lie."""
    scopes: dict[Bit, list[str]] = {}
    for name, net in netnames.items():
        if path := SCOPE.findall(name):
            for bit in net["bits"]:
                scopes.setdefault(bit, []).extend(path)
    return scopes


def with_blocks(verilog: str, blocks: Mapping[str, Sequence[Cell]]) -> str:
    """The text of a netlist in which each instance of a cell has its block as an attribute."""
    block = {cell.name: name for name, cells in blocks.items() for cell in cells}
    return INSTANCE.sub(lambda match: f'  (* block = "{block[match["name"]]}" *)\n  ', verilog)


def _cells(cells: dict[str, Any], technology: Technology) -> Iterator[Cell]:
    for name, cell in cells.items():
        kind, ports, directions = cell["type"], cell["connections"], cell["port_directions"]
        if kind in NOTES:
            continue
        inputs = {name: bits for name, bits in ports.items() if directions[name] == "input"}
        outputs = (bits for name, bits in ports.items() if directions[name] == "output")
        yield Cell(
            kind,
            _joined(inputs.values()),
            _joined(outputs),
            _joined(bits for port, bits in inputs.items() if technology.passes(kind, port)),
            name,
        )


def _joined(words: Iterable[list[Bit]]) -> tuple[Bit, ...]:
    return tuple(bit for bits in words for bit in bits)
