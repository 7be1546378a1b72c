"""How the weighted bits of a class are summed: counters reduce a heap of bits by columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Columns = list[list[int]]
"""Bits by significance: column p has those that count 2^p."""


@dataclass(frozen=True, eq=False)
class Counters:
    """Counters of one round, which all read bits of earlier ones.

    inputs: (counters, inputs) bits of equal significance
    outputs: (counters, outputs) the bits of their counts, the lowest first; −1 above the sum's
    """

    inputs: Integers
    outputs: Integers


@dataclass(frozen=True)
class CompressorTree:
    """The plan of one class's sum, modulo 2^width.

    A bit of weight w stands in the columns of the powers of two in |w|; of a negative weight it is
    the complement, and `offset` makes up for that and holds the bias. In each round counters of
    `counter` inputs take bits of a column as long as there are enough, those just counted before
    others, and put their counts into the columns of these. What is left is summed in one last
    step, `rest`.

    Members
    -------
    weights: of each bit, none of them 0; bits are numbered in their order, then outputs of counters
    bias: what is added to the weighted sum
    counter: inputs of a counter
    greatest: what no sum exceeds, where that is less than bias and weights say
    """

    weights: tuple[int, ...]
    bias: int
    counter: int
    greatest: int | None = None

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
        n_outputs, n_bits, rounds = self.counter.bit_length(), len(self.weights), []
        while any(len(column) >= self.counter for column in columns):
            inputs, outputs = [], []
            left: Columns = [[] for _ in columns]
            for power, column in enumerate(columns):
                n = len(column) // self.counter
                for start in range(0, n * self.counter, self.counter):
                    inputs.append(column[start : start + self.counter])
                    count = [-1] * n_outputs
                    for i in range(min(n_outputs, self.width - power)):
                        count[i] = n_bits
                        left[power + i].append(n_bits)
                        n_bits += 1
                    outputs.append(count)
                left[power] += column[n * self.counter :]
            columns = left
            rounds.append(Counters(np.array(inputs), np.array(outputs)))
        return rounds, columns

    @property
    def rounds(self) -> list[Counters]:
        return self._reduced[0]

    @property
    def rest(self) -> Columns:
        """The columns that the last step sums, constant ones not among them."""
        return self._reduced[1]

    @property
    def ones(self) -> list[bool]:
        """Whether each column has a constant one, of the offset in two's complement."""
        return [bool(self.offset >> power & 1) for power in range(self.width)]

    @property
    def has_last_step(self) -> bool:
        """Whether the rest is more than the bits of the sum."""
        return any(len(column) + one > 1 for column, one in zip(self.rest, self.ones, strict=True))

    def sum(self, bits: Sequence[int]) -> int:
        """What the tree computes."""
        return self.bias + sum(w * int(b) for w, b in zip(self.weights, bits, strict=True))


@dataclass(frozen=True, eq=False)
class StagedTree:
    """A tree with the pipeline stage of each of its parts.

    Members
    -------
    counters: for each round of the tree, (counters,) the stages in which they count
    last_sum: the stage of the sum of what they leave
    read_in: the stage in which the sum is read
    """

    tree: CompressorTree
    counters: tuple[Integers, ...]
    last_sum: int
    read_in: int

    @cached_property
    def _readings(self) -> list[tuple[int, int]]:
        """Every bit that something reads, with the stage in which it does."""
        readings = [(bit, self.last_sum) for column in self.tree.rest for bit in column]
        for round_, stages in zip(self.tree.rounds, self.counters, strict=True):
            for bits, stage in zip(round_.inputs.tolist(), stages.tolist(), strict=True):
                readings += [(bit, stage) for bit in bits]
        return readings

    @cached_property
    def reads(self) -> list[tuple[int, int]]:
        """The summed bits, each with a stage in which it is read, by stage and bit."""
        n = len(self.tree.weights)
        own = {(bit, stage) for bit, stage in self._readings if bit < n}
        return sorted(own, key=lambda reading: (reading[1], reading[0]))

    @cached_property
    def last(self) -> dict[int, int]:
        """The last stage that reads each bit of a count."""
        last: dict[int, int] = {}
        for bit, stage in self._readings:
            if bit >= len(self.tree.weights):
                last[bit] = max(last.get(bit, 0), stage)
        return last

    @property
    def has_registers(self) -> bool:
        counted = (
            (bit, stage)
            for round_, stages in zip(self.tree.rounds, self.counters, strict=True)
            for count, stage in zip(round_.outputs.tolist(), stages.tolist(), strict=True)
            for bit in count
        )
        late = any(self.last.get(bit, 0) > stage for bit, stage in counted)
        return late or (bool(self.tree.weights) and self.read_in > self.last_sum)


def width(low: int, high: int) -> int:
    """Bits of the narrowest word for low … high, which is signed if low is below 0."""
    if low < 0:
        return 1 + max((-low - 1).bit_length(), max(high, 0).bit_length())
    return high.bit_length()
