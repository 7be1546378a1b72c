"""How the weighted bits of a class are summed: leaves of a few bits, then a balanced tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

LEAF_BITS = 7
"""Bits that a leaf counts: seven fill the three bits of their count."""

Range = tuple[int, int]
"""The least and the greatest value of a sum."""


@dataclass(frozen=True)
class Leaves:
    """Counters that stand side by side over bits of one weight.

    Counter j counts bits start + j, start + j + n, start + j + 2n, … of the n counters' `bits` in
    all, so that the j-th bits of all counters are one slice. Its weighted count is summand number
    first + j of the tree.
    """

    weight: int
    start: int
    bits: int
    first: int

    @property
    def n(self) -> int:
        return -(-self.bits // LEAF_BITS)

    @property
    def slices(self) -> list[range]:
        """Positions of the first bits of all counters, of the second bits, and so on."""
        stop = self.start + self.bits
        return [range(i, min(i + self.n, stop)) for i in range(self.start, stop, self.n)]

    @property
    def count_bits(self) -> int:
        """Width of the widest count."""
        return len(self.slices).bit_length()

    @property
    def ranges(self) -> list[Range]:
        """Weighted count of each counter."""
        most = [sum(j < len(s) for s in self.slices) * self.weight for j in range(self.n)]
        return [(min(0, value), max(0, value)) for value in most]


@dataclass(frozen=True)
class AdderTree:
    """The plan of one class's sum: level 0 are the leaves, each further level adds neighbours.

    Members
    -------
    weights: of each bit, none of them 0, equal ones together
    bias: what is added; if not 0 it is one more summand beside the leaves
    """

    weights: tuple[int, ...]
    bias: int = 0

    @cached_property
    def leaves(self) -> tuple[Leaves, ...]:
        leaves: list[Leaves] = []
        start = first = 0
        for weight, run in groupby(self.weights):
            leaves.append(Leaves(weight, start, len(list(run)), first))
            start += leaves[-1].bits
            first += leaves[-1].n
        return tuple(leaves)

    @cached_property
    def ranges(self) -> tuple[tuple[Range, ...], ...]:
        """Of each summand that leaves a level, level by level; the last level leaves one sum."""
        summands = [r for leaves in self.leaves for r in leaves.ranges]
        if self.bias or not summands:
            summands.append((self.bias, self.bias))
        levels = [tuple(summands)]
        while len(summands) > 1:
            pairs = zip(summands[::2], summands[1::2], strict=False)
            odd = summands[len(summands) & ~1 :]
            summands = [(a[0] + b[0], a[1] + b[1]) for a, b in pairs] + odd
            levels.append(tuple(summands))
        return tuple(levels)

    @property
    def n_levels(self) -> int:
        """Levels of logic: none where there is nothing to count."""
        return len(self.ranges) if self.weights else 0

    def register_bits(self, level: int) -> int:
        """Bits that a register after a level holds; after the last level the sum waits."""
        if not self.weights:
            return 0
        if level == 0:
            return sum(leaves.n * leaves.count_bits for leaves in self.leaves)
        ranges = self.ranges[min(level, self.n_levels - 1)]
        return sum(width(r) for r in ranges if r[0] != r[1])

    def sum(self, bits: Sequence[int]) -> int:
        """What the tree computes."""
        return self.bias + sum(w * int(b) for w, b in zip(self.weights, bits, strict=True))


def width(span: Range) -> int:
    """Bits of the narrowest word that holds all values of a range, in two's complement if signed.

    A range that starts below 0 is signed.
    """
    low, high = span
    if low < 0:
        return 1 + max((-low - 1).bit_length(), high.bit_length())
    return high.bit_length()
