"""Yosys's JSON netlist of a flattened design: its cells, and to which block each counts."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from connective.errors import ToolError
from connective.tools.yosys import written

NOTES = ("$scopeinfo",)  # cells without hardware
REGISTER = re.compile(r"\$_(S|A|AL)?DFFC?E?_\w+_")
# `level_0.o`, `core.level_0.o`, `$flatten\level_0.$and$12_Y`
SCOPE = re.compile(r"(?:^|(?<=[\\.]))(\w+)\.")
# ABC's name for a LUT that computes a net of the unmapped design, or that net's complement; it
# lacks the first character of a name that begins with $
DRESSED = re.compile(r"\$abc\$\d+\$(?P<net>.+?)(\[(?P<index>\d+)\])?(_new(_inv)?)?")

Bit = int | str  # a net's number, or the constant "0", "1" or "x"


@dataclass(frozen=True)
class Cell:
    """A LUT or a register by the nets that it reads and the one that it drives."""

    inputs: tuple[Bit, ...]
    output: Bit
    is_lut: bool


@dataclass(frozen=True)
class Netlist:
    """The cells, the block of each net that has a hierarchical name, and the ports' nets."""

    cells: list[Cell]
    scopes: dict[Bit, list[str]]
    outputs: set[Bit] = field(repr=False)

    @cached_property
    def luts(self) -> list[Cell]:
        """The LUTs, each after those that it reads."""
        driver = {cell.output: cell for cell in self.cells if cell.is_lut}
        sorter: TopologicalSorter[Bit] = TopologicalSorter(
            {bit: [i for i in cell.inputs if i in driver] for bit, cell in driver.items()}
        )
        try:
            return [driver[bit] for bit in sorter.static_order()]
        except CycleError:
            raise ToolError("the synthesized design has a combinational loop") from None

    @property
    def registers(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_lut]

    def depth(self, chosen: Iterable[Cell]) -> int:
        """The longest chain of the chosen LUTs, which come in the order of `luts`."""
        level: dict[Bit, int] = {}
        for lut in chosen:
            level[lut.output] = 1 + max((level.get(bit, 0) for bit in lut.inputs), default=0)
        return max(level.values(), default=0)

    def owners(self, blocks: Sequence[str]) -> dict[Bit, int]:
        """The place in `blocks` of the block to which each cell, by its output, counts.

        `blocks` come in the order of the data, the last also has what no block names. A cell whose
        net has the names of several blocks belongs to the first, which drives the others; a cell
        whose net has none belongs to the first of the blocks that read it.
        """
        place = {name: index for index, name in enumerate(blocks)}
        owner: dict[Bit, int] = {}
        for bit, names in self.scopes.items():
            if known := [place[name] for name in names if name in place]:
                owner[bit] = min(known)
        last = len(blocks) - 1
        readers: dict[Bit, int] = dict.fromkeys(self.outputs, last)
        for cell in (*self.registers, *reversed(self.luts)):
            own = owner.setdefault(cell.output, readers.get(cell.output, last))
            for bit in cell.inputs:
                readers[bit] = min(own, readers.get(bit, last))
        return owner


def read_netlist(path: Path, unmapped: Path, top: str) -> Netlist:
    """The netlist that Yosys wrote to `path`, and to `unmapped` before ABC mapped it.

    Raises `ToolError` where it has other cells than LUTs and registers.
    """
    module = json.loads(written(path))["modules"][top]
    source = json.loads(written(unmapped))["modules"][top]
    before = source["netnames"]
    scopes, scopes_before = _scopes(module["netnames"]), _scopes(before)
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
    return Netlist(list(_cells(module["cells"])), scopes, outputs)


def _scopes(netnames: dict[str, Any]) -> dict[Bit, list[str]]:
    """The instances in which a net's names lie."""
    scopes: dict[Bit, list[str]] = {}
    for name, net in netnames.items():
        if path := SCOPE.findall(name):
            for bit in net["bits"]:
                scopes.setdefault(bit, []).extend(path)
    return scopes


def _cells(cells: dict[str, Any]) -> Iterator[Cell]:
    for cell in cells.values():
        kind, ports = cell["type"], cell["connections"]
        if kind in NOTES:
            continue
        if kind == "$lut":
            yield Cell(tuple(ports["A"]), ports["Y"][0], True)
        elif REGISTER.fullmatch(kind):
            inputs = tuple(bits[0] for name, bits in ports.items() if name not in ("Q", "C"))
            yield Cell(inputs, ports["Q"][0], False)
        else:
            raise ToolError(f"Yosys left a cell of type {kind} instead of LUTs and registers")
