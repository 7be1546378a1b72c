"""How long operations take: a level each, or what was measured on a family of chips."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Literal, get_args

Kind = Literal[
    "gate",
    "comparison",
    "counter",
    "addition",
    "match",
    "match with second",
    "duel",
    "margin",
    "labels",
    "flow",
    "stream flow",
    "bus flow",
    "receiver",
    "registers",
]
"""What an operation is. Its size is, in this order, the inputs of a gate, the bits of the word that
is compared, the bits that are counted or added, those of the scores of a match (which keeps the
second best or not), of a duel and of the margin, and the classes whose labels are ordered.

The others are no operations but have to fit into a cycle as well. The size of flow control, of a
core alone, between AXI4-Streams or behind AXI4-Lite, is the bits of the latency; that of what
receives a sample, from a stream or in registers, the bits of a number: of the bits that are kept of
it, or of the bytes of its beats if these are more."""

FILE = Path(__file__).with_name("delays.json")
"""Written by `python -m benchmarks delays`."""


@dataclass(frozen=True)
class Delays:
    """Delays in any unit.

    Members
    -------
    overhead: of a stage, beside its operations: from register to register
    points: by kind, the delays of some sizes, in their order; straight lines go through them
    """

    overhead: int
    points: Mapping[Kind, tuple[tuple[int, int], ...]]

    def of(self, kind: Kind, size: int) -> int:
        """Of an operation; what is smaller than the first point takes as long as that."""
        points = self.points[kind]
        (low, first), *_ = points
        if size <= low or len(points) == 1:
            return first
        pairs = list(pairwise(points))
        (low, below), (high, above) = next((p for p in pairs if size <= p[1][0]), pairs[-1])
        return below + ceil((above - below) * (size - low) / (high - low))


LEVELS = Delays(0, dict.fromkeys(get_args(Kind), ((1, 1),)))
"""Each operation is a level."""


@cache
def measured() -> dict[str, Delays]:
    """In picoseconds, by the target."""
    families = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        target: Delays(
            family["overhead"],
            {kind: tuple((s, d) for s, d in points) for kind, points in family["points"].items()},
        )
        for target, family in families.items()
    }
