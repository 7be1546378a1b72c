"""How the weighted bits of a class are summed: leaves of a few bits, then a balanced tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

LEAF_BITS = 7
"""Bits that a leaf counts: seven fill the three bits of their count."""


@dataclass(frozen=True)
class Leaves:
    """Counters that stand side by side, all of one power of two.

    Their inputs are the bits at `positions`, then `ones` that are constant. Counter j counts
    inputs j, j + n, j + 2n, … of the n counters' inputs, so that the first inputs of all counters
    are one slice, and the second ones, and so on.
    """

    power: int
    positions: tuple[int, ...]
    ones: int = 0

    @property
    def n_inputs(self) -> int:
        return len(self.positions) + self.ones

    @property
    def n(self) -> int:
        return -(-self.n_inputs // LEAF_BITS)

    @property
    def slices(self) -> list[range]:
        """The first inputs of all counters, the second ones, and so on."""
        return [range(i, min(i + self.n, self.n_inputs)) for i in range(0, self.n_inputs, self.n)]

    @property
    def n_planes(self) -> int:
        """Width of the widest count."""
        return len(self.slices).bit_length()

    @property
    def greatest(self) -> list[int]:
        """The greatest count of each counter."""
        return [sum(j < len(s) for s in self.slices) for j in range(self.n)]


@dataclass(frozen=True)
class AdderTree:
    """The plan of one class's sum: level 0 are the leaves, each further level adds neighbours.

    Where a weight is negative it is the zeros that are counted, so that all summands are 0 or more;
    `offset` makes up for that and holds the bias. Where it is greater than 0 it fills leaves that
    have room, as constant ones, and what is left is the first summand; a negative one is taken away
    in a level of its own at the end.

    Members
    -------
    weights: of each bit, none of them 0
    bias: what is added to the weighted sum
    """

    weights: tuple[int, ...]
    bias: int = 0

    @property
    def offset(self) -> int:
        """The least sum."""
        return self.bias + sum(min(weight, 0) for weight in self.weights)

    @cached_property
    def leaves(self) -> tuple[Leaves, ...]:
        """The counters of each power of two: a bit is an input of those that make up its weight."""
        left, leaves = max(self.offset, 0), []
        for power, positions in reversed(list(enumerate(self._columns))):
            if positions:
                ones = min(-len(positions) % LEAF_BITS, left >> power)
                left -= ones << power
                leaves.append(Leaves(power, tuple(positions), ones))
        return tuple(reversed(leaves))

    @property
    def _columns(self) -> list[list[int]]:
        """The bits of each power of two; counted twice in the one below where that saves leaves."""
        width = max((abs(weight).bit_length() for weight in self.weights), default=0)
        columns = [
            [i for i, weight in enumerate(self.weights) if abs(weight) >> power & 1]
            for power in range(width)
        ]
        for power in range(width - 1, 0, -1):
            apart = [columns[power - 1], columns[power]]
            joined = [columns[power - 1] + 2 * columns[power], []]
            columns[power - 1 : power + 1] = min(apart, joined, key=_n_leaves)
        return columns

    @property
    def constant(self) -> int:
        """What of a positive offset no leaf has room for."""
        return max(self.offset, 0) - sum(leaves.ones << leaves.power for leaves in self.leaves)

    @cached_property
    def greatest(self) -> tuple[tuple[int, ...], ...]:
        """The greatest value of each summand after a level, level by level."""
        summands = [self.constant] if self.constant else []
        for leaves in self.leaves:
            summands += [count << leaves.power for count in leaves.greatest]
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


def _n_leaves(columns: Iterable[Sequence[int]]) -> int:
    return sum(-(-len(column) // LEAF_BITS) for column in columns)


def width(low: int, high: int) -> int:
    """Bits of the narrowest word for low … high, which is signed if low is below 0."""
    if low < 0:
        return 1 + max((-low - 1).bit_length(), max(high, 0).bit_length())
    return high.bit_length()
