"""How the weighted bits of a class are summed: counters reduce a heap of bits by columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Columns = list[list[int]]
"""Bits by significance: column p has those that count 2^p."""

ZERO, ONE = -2, -3
"""Stand among the numbers of bits for the constants."""

STEP_COLUMNS = 2
"""Columns that one addition takes: then it is about as deep in look-up tables as a comparison."""


@dataclass(frozen=True, eq=False)
class Counters:
    """Counters of one round, which all read bits of earlier ones.

    inputs: (counters, inputs) bits of equal significance
    outputs: (counters, outputs) the bits of their counts, the lowest first; −1 above the sum's
    """

    inputs: Integers
    outputs: Integers


@dataclass(frozen=True)
class Addition:
    """What is left of some neighbouring columns is added, from the lowest one up.

    Members
    -------
    columns: the bits of each, carries of the addition before among them, in the order of adding
    sums: the bit of the sum that each leaves
    carries: into the column above
    """

    columns: tuple[tuple[int, ...], ...]
    sums: tuple[int, ...]
    carries: tuple[int, ...]

    @property
    def _added(self) -> list[int]:
        """What is added, ones too; a bit that is alone in its column passes by."""
        columns = zip(self.columns, self.sums, strict=True)
        return [bit for column, total in columns if total not in column for bit in column]

    @property
    def reads(self) -> list[int]:
        """The bits that are added."""
        return [bit for bit in self._added if bit >= 0]

    @property
    def size(self) -> int:
        """How many bits and ones are added."""
        return len(self._added)


@dataclass(frozen=True)
class CompressorTree:
    """The plan of one class's sum, modulo 2^width.

    A bit of weight w stands in the columns of the powers of two in |w|; of a negative weight it is
    the complement, and `offset` makes up for that and holds the bias. In each round counters of
    `counter` inputs take bits of a column as long as there are enough, those just counted before
    others, and put their counts into the columns of these. What is left is added, a few columns
    at a time.

    Members
    -------
    weights: of each bit, none of them 0; bits are numbered in their order, then outputs of counters
        and of additions
    bias: what is added to the weighted sum
    counter: inputs of a counter
    greatest: what no sum exceeds, where that is less than bias and weights say
    first: bits of which each group, as large as the others, has a counter before all others; their
        weights are powers of two, the same in a group
    """

    weights: tuple[int, ...]
    bias: int
    counter: int
    greatest: int | None = None
    first: tuple[tuple[int, ...], ...] = ()

    @property
    def offset(self) -> int:
        """The least sum."""
        return self.bias + sum(min(weight, 0) for weight in self.weights)

    @property
    def signed(self) -> bool:
        return self.offset < 0

    @cached_property
    def width(self) -> int:
        """Bits of the narrowest word for all sums."""
        high = self.offset + sum(map(abs, self.weights))
        return width(self.offset, high if self.greatest is None else min(high, self.greatest))

    @cached_property
    def _reduced(self) -> tuple[list[Counters], Columns]:
        """The rounds of counters, and the columns after them."""
        columns: Columns = [
            [i for i, weight in enumerate(self.weights) if abs(weight) >> power & 1]
            for power in range(self.width)
        ]
        groups: list[Columns] = [[] for _ in columns]
        for bits in self.first:
            groups[abs(self.weights[bits[0]]).bit_length() - 1].append(list(bits))
        if not self.first:
            groups = [_divided(column, self.counter) for column in columns]
        rounds, n_bits = [], len(self.weights)
        while any(groups):
            counters, columns = self._round(columns, groups, n_bits)
            n_bits += int((counters.outputs >= 0).sum())
            rounds.append(counters)
            groups = [_divided(column, self.counter) for column in columns]
        return rounds, columns

    def _round(
        self, columns: Columns, groups: Sequence[Columns], n_bits: int
    ) -> tuple[Counters, Columns]:
        """Counters of groups of bits in each column, and the columns after them.

        The bits of the counts are numbered from `n_bits` on.
        """
        inputs, outputs = [], []
        left: Columns = [[] for _ in columns]
        for power, (column, own) in enumerate(zip(columns, groups, strict=True)):
            for group in own:
                count = [-1] * len(group).bit_length()
                for i in range(min(len(count), self.width - power)):
                    count[i] = n_bits
                    left[power + i].append(n_bits)
                    n_bits += 1
                inputs.append(group)
                outputs.append(count)
            taken = {bit for group in own for bit in group}
            left[power] += [bit for bit in column if bit not in taken]
        return Counters(np.array(inputs), np.array(outputs)), left

    @property
    def rounds(self) -> list[Counters]:
        return self._reduced[0]

    @property
    def rest(self) -> Columns:
        """The columns that the counters leave, with constant ones of the offset."""
        return [
            [ONE] * (self.offset >> power & 1) + column
            for power, column in enumerate(self._reduced[1])
        ]

    @cached_property
    def _added(self) -> tuple[list[Addition], list[int]]:
        """The additions, and the bits of the sum."""
        counted = [bit for round_ in self.rounds for bit in round_.outputs.ravel().tolist()]
        n_bits = max([len(self.weights) - 1, *counted]) + 1
        additions, total, carries, rest = [], [], list[int](), self.rest
        for start in range(0, self.width, STEP_COLUMNS):
            columns = rest[start : start + STEP_COLUMNS]
            columns[0] = carries + columns[0]
            sums, n_carries, is_added = [], 0, False
            for column in columns:
                n = len(column) + n_carries
                if n > 1 or n_carries:
                    sums.append(n_bits)
                    n_bits += 1
                    is_added = True
                else:
                    sums.append(column[0] if column else ZERO)
                n_carries = n // 2  # of a chain of full adders, the last with two bits if n is even
            is_last = start + STEP_COLUMNS >= self.width
            carries = [] if is_last else list(range(n_bits, n_bits + n_carries))
            n_bits += len(carries)
            total += sums
            if is_added:
                additions.append(Addition(tuple(map(tuple, columns)), tuple(sums), tuple(carries)))
        return additions, total

    @property
    def additions(self) -> list[Addition]:
        return self._added[0]

    @property
    def total(self) -> list[int]:
        """The bits of the sum, the lowest first."""
        return self._added[1]

    def sum(self, bits: Sequence[int]) -> int:
        """What the tree computes."""
        return self.bias + sum(w * int(b) for w, b in zip(self.weights, bits, strict=True))


@dataclass(frozen=True, eq=False)
class StagedTree:
    """A tree with the pipeline stage of each of its parts.

    Members
    -------
    counters: for each round of the tree, (counters,) the stages in which they count
    additions: the stage of each addition
    read_in: the stage in which the sum is read
    """

    tree: CompressorTree
    counters: tuple[Integers, ...]
    additions: tuple[int, ...]
    read_in: int

    @cached_property
    def _readings(self) -> list[tuple[int, int]]:
        """Every bit that something reads, with the stage in which it does."""
        readings = [(bit, self.read_in) for bit in self.tree.total]
        for addition, stage in zip(self.tree.additions, self.additions, strict=True):
            readings += [(bit, stage) for bit in addition.reads]
        for round_, stages in zip(self.tree.rounds, self.counters, strict=True):
            for bits, stage in zip(round_.inputs.tolist(), stages.tolist(), strict=True):
                readings += [(bit, stage) for bit in bits]
        return [(bit, stage) for bit, stage in readings if bit >= 0]

    @cached_property
    def reads(self) -> list[tuple[int, int]]:
        """The summed bits, each with a stage in which it is read, by stage and bit."""
        n = len(self.tree.weights)
        own = {(bit, stage) for bit, stage in self._readings if bit < n}
        return sorted(own, key=lambda reading: (reading[1], reading[0]))

    @cached_property
    def last(self) -> dict[int, int]:
        """The last stage that reads each bit that is computed."""
        last: dict[int, int] = {}
        for bit, stage in self._readings:
            if bit >= len(self.tree.weights):
                last[bit] = max(last.get(bit, 0), stage)
        return last

    @property
    def born(self) -> dict[int, int]:
        """The stage in which each bit is computed, of those that are read."""
        computed = [
            (bit, stage)
            for round_, stages in zip(self.tree.rounds, self.counters, strict=True)
            for bits, stage in zip(round_.outputs.tolist(), stages.tolist(), strict=True)
            for bit in bits
        ]
        for addition, stage in zip(self.tree.additions, self.additions, strict=True):
            computed += [(bit, stage) for bit in (*addition.sums, *addition.carries)]
        return {bit: stage for bit, stage in reversed(computed) if bit in self.last}


def _divided(column: list[int], size: int) -> Columns:
    """The whole groups of a column."""
    return [column[start : start + size] for start in range(0, len(column) - size + 1, size)]


def width(low: int, high: int) -> int:
    """Bits of the narrowest word for low … high, which is signed if low is below 0."""
    if low < 0:
        return 1 + max((-low - 1).bit_length(), max(high, 0).bit_length())
    return high.bit_length()
