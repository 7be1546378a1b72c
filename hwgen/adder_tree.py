"""How the weighted bits of a class are summed: leaves of a few bits, then a balanced tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

LEAF_BITS = 7
"""Bits that a leaf counts: seven fill the three bits of their count."""


@dataclass(frozen=True)
class Leaves:
    """Counters that stand side by side over bits start … start + bits − 1, all of one weight.

    Counter j counts bits start + j, start + j + n, start + j + 2n, … of the n counters' bits, so
    that the first bits of all counters are one slice, and the second ones, and so on. Where the
    weight is negative it is the zeros that are counted, and the sum starts lower by as much.
    """

    weight: int
    start: int
    bits: int

    @property
    def n(self) -> int:
        return -(-self.bits // LEAF_BITS)

    @property
    def slices(self) -> list[range]:
        """Positions of the first bits of all counters, of the second bits, and so on."""
        stop = self.start + self.bits
        return [range(i, min(i + self.n, stop)) for i in range(self.start, stop, self.n)]

    @property
    def n_planes(self) -> int:
        """Width of the widest count."""
        return len(self.slices).bit_length()

    @property
    def greatest(self) -> list[int]:
        """The greatest count of each counter."""
        return [sum(j < len(s) for s in self.slices) for j in range(self.n)]

    @property
    def shifts(self) -> list[int]:
        """The powers of two that make up the weight: a count enters the tree once for each."""
        magnitude = abs(self.weight)
        return [s for s in range(magnitude.bit_length()) if magnitude >> s & 1]


@dataclass(frozen=True)
class AdderTree:
    """The plan of one class's sum: level 0 are the leaves, each further level adds neighbours.

    All summands are 0 or more; `offset` makes up for that and holds the bias. It is the first
    summand where it is greater than 0, and taken away in a level of its own at the end where less.

    Members
    -------
    weights: of each bit, none of them 0, equal ones together
    bias: what is added to the weighted sum
    """

    weights: tuple[int, ...]
    bias: int = 0

    @cached_property
    def leaves(self) -> tuple[Leaves, ...]:
        leaves: list[Leaves] = []
        start = 0
        for weight, run in groupby(self.weights):
            leaves.append(Leaves(weight, start, len(list(run))))
            start += leaves[-1].bits
        return tuple(leaves)

    @property
    def offset(self) -> int:
        """The least sum."""
        return self.bias + sum(min(weight, 0) for weight in self.weights)

    @cached_property
    def greatest(self) -> tuple[tuple[int, ...], ...]:
        """The greatest value of each summand after a level, level by level."""
        summands = [self.offset] if self.offset > 0 else []
        summands += [
            count << shift
            for leaves in self.leaves
            for shift in leaves.shifts
            for count in leaves.greatest
        ]
        levels = [tuple(summands)]
        while len(summands) > 1:
            summands = [sum(summands[i : i + 2]) for i in range(0, len(summands), 2)]
            levels.append(tuple(summands))
        return tuple(levels)

    @property
    def n_levels(self) -> int:
        """Levels of logic: none where there is nothing to count."""
        return len(self.greatest) + (self.offset < 0) if self.weights else 0

    def register_bits(self, level: int, score_width: int) -> int:
        """Bits that a register after a level holds; after its last level a sum waits."""
        if not self.weights:
            return 0
        if level == 0:
            return sum(leaves.n * leaves.n_planes for leaves in self.leaves)
        if level >= len(self.greatest) and self.offset < 0:
            return score_width
        summands = self.greatest[min(level, len(self.greatest) - 1)]
        return sum(greatest.bit_length() for greatest in summands)

    def sum(self, bits: Sequence[int]) -> int:
        """What the tree computes."""
        return self.bias + sum(w * int(b) for w, b in zip(self.weights, bits, strict=True))


def width(low: int, high: int) -> int:
    """Bits of the narrowest word for low … high, which is signed if low is below 0."""
    if low < 0:
        return 1 + max((-low - 1).bit_length(), max(high, 0).bit_length())
    return high.bit_length()
