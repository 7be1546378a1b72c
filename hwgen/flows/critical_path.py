"""nextpnr's report: the clock that a placement reaches, and the blocks of the path that sets it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from connective.errors import ToolError
from connective.implementation import TimedPart
from hwgen.flows.harness import CORE, TOP

# what nextpnr makes of a cell's name when it packs it
PACKED = re.compile(rf"{CORE}\.(?P<cell>.+?)(_LC|_DFFLC|\$.*)?")


@dataclass(frozen=True)
class _Step:
    """A delay of a path, in the block of the cell that causes it."""

    block: str
    kind: str
    ns: float


def fmax(report: Mapping[str, Any]) -> float:
    """The clock in MHz; `ToolError` where there is not one, and one only."""
    clocks = report["fmax"]
    if len(clocks) != 1:
        raise ToolError(f"nextpnr found the clocks {sorted(clocks)} instead of one")
    return float(next(iter(clocks.values()))["achieved"])


def critical_path(report: Mapping[str, Any], block_of: Mapping[str, str]) -> list[TimedPart]:
    """The slowest path between registers; `block_of` has the block of each cell of the core.

    A wire counts to the block that drives it; cells that are not the core's are the harness.
    """
    between = (path["path"] for path in report["critical_paths"] if path["from"] == path["to"])
    steps = [
        _Step(_block(step["from"]["cell"], block_of), step["type"], step["delay"])
        for step in next(between, [])
    ]
    return [_part(block, list(own)) for block, own in groupby(steps, key=lambda step: step.block)]


def _part(block: str, steps: list[_Step]) -> TimedPart:
    wires = sum(step.ns for step in steps if step.kind == "routing")
    return TimedPart(
        block=block,
        cells=sum(step.kind == "logic" for step in steps),
        logic_ns=round(sum(step.ns for step in steps) - wires, 3),
        routing_ns=round(wires, 3),
    )


def _block(cell: str, block_of: Mapping[str, str]) -> str:
    match = PACKED.fullmatch(cell)
    return block_of.get(match["cell"], TOP) if match else TOP
