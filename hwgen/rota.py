"""Serial sums: which bits of the classes one counter counts in which cycle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.network import Network

EMPTY, ONE, FIRST_BIT = 0, 1, 2
"""Terms of a rota: nothing, a one, and from there on the bits, then their complements."""


@dataclass(frozen=True, eq=False)
class Rota:
    """The bits of all classes, dealt out to the slots of one counter.

    A slot counts for a power of two, and each class takes as many cycles as the slots need. A bit
    of negative weight counts by its complement. What a class's least score is above the least of
    all is a sum of ones, which go to slots that are free where there are some.

    Members
    -------
    network: with at least two classes of which at least one reads a bit, otherwise `InputError`
    bits_per_cycle: how many bits of a power of two are counted in a cycle at most, 1 or more;
        `None` for all that a class has
    """

    network: Network
    bits_per_cycle: int | None = None

    def __post_init__(self) -> None:
        if self.network.head == "bits":
            raise InputError("a network with head 'bits' has no classes to take one after another")
        if self.network.n_classes == 1:
            raise InputError("a network of one class has no others to take one after another")
        if not len(self.nodes):
            raise InputError("no class reads a bit, so there is nothing to take one after another")
        if self.bits_per_cycle is not None and self.bits_per_cycle < 1:
            raise InputError(f"bits per cycle must be 1 or more, not {self.bits_per_cycle}")

    @cached_property
    def nodes(self) -> NDArray[np.int64]:
        """The nodes that are summed, each once, in the order of the outputs."""
        read = self.network.outputs[self.network.weights != 0]
        return np.array(list(dict.fromkeys(read.tolist())), dtype=np.int64)

    @cached_property
    def gates(self) -> Network:
        """The network whose output bits are the `nodes`."""
        return replace(
            self.network,
            outputs=self.nodes.astype(np.uint32),
            weights=np.ones(len(self.nodes), dtype=np.int64),
            groups=np.zeros(1, dtype=np.int64),
            bias=np.zeros(0, dtype=np.int64),
            head="bits",
        )

    @property
    def base(self) -> int:
        """The least score of all: sums are what scores have above it."""
        return int(self.network.score_range[0].min())

    @property
    def width(self) -> int:
        """Bits of a class's sum."""
        return max((int(self.network.score_range[1].max()) - self.base).bit_length(), 1)

    @cached_property
    def _dealt(self) -> tuple[int, list[int], list[list[list[int]]]]:
        """Cycles of a class, slots of each power, and the terms by class and power."""
        limit = self.bits_per_cycle or inf
        most = _longest([self._terms(c) for c in range(self.network.n_classes)])
        cycles = max(ceil(max(most) / limit), 1)
        while True:
            room = [cycles * ceil(n / cycles) for n in most]
            classes = [self._filled(c, room) for c in range(self.network.n_classes)]
            slots = [ceil(n / cycles) for n in _longest(classes)]
            if max(slots) <= limit:
                return cycles, slots, classes
            cycles += 1

    def _filled(self, c: int, room: list[int]) -> list[list[int]]:
        """The bits of a class and the ones of its bias, by power of two, each of which has room."""
        terms, rest = self._terms(c), int(self.network.score_range[0][c]) - self.base
        for power in reversed(range(self.width)):
            ones = min(room[power] - len(terms[power]), rest >> power)
            terms[power] += [ONE] * ones
            rest -= ones << power
        for power in range(rest.bit_length()):
            terms[power] += [ONE] * (rest >> power & 1)
        return terms

    def _terms(self, c: int) -> list[list[int]]:
        """By power of two, the bits of a class."""
        network = self.network
        place = {node: i for i, node in enumerate(self.nodes.tolist(), FIRST_BIT)}
        terms: list[list[int]] = [[] for _ in range(self.width)]
        own = slice(network.groups[c], network.groups[c + 1])
        for node, weight in zip(
            network.outputs[own].tolist(), network.weights[own].tolist(), strict=True
        ):
            for power in range(abs(weight).bit_length()):
                if abs(weight) >> power & 1:
                    terms[power].append(place[node] + len(self.nodes) * (weight < 0))
        return terms

    @property
    def cycles_per_class(self) -> int:
        return self._dealt[0]

    @property
    def cycles(self) -> int:
        """Of a sample."""
        return self.network.n_classes * self.cycles_per_class

    @property
    def powers(self) -> list[int]:
        """The power of two for which each slot counts, (slots,)."""
        return [power for power, slots in enumerate(self._dealt[1]) for _ in range(slots)]

    @cached_property
    def terms(self) -> NDArray[np.int64]:
        """What each slot counts in each cycle, (classes, cycles of a class, slots)."""
        cycles, slots, classes = self._dealt
        dealt = np.full((len(classes), cycles, sum(slots)), EMPTY)
        first = 0
        for power, n in enumerate(slots):
            for c, terms in enumerate(classes):
                column = np.full(cycles * n, EMPTY)
                column[: len(terms[power])] = terms[power]
                dealt[c, :, first : first + n] = column.reshape(cycles, n)
            first += n
        return dealt

    def scores(self, bits: Sequence[int]) -> list[int]:
        """The classes' scores from the bits of `nodes`, as the counter comes to them."""
        values = np.array([0, 1, *bits, *(1 - bit for bit in bits)])
        weights = 1 << np.array(self.powers)
        scores: list[int] = (self.base + (values[self.terms] * weights).sum(axis=(1, 2))).tolist()
        return scores


def _longest(classes: list[list[list[int]]]) -> list[int]:
    """For each power, the most terms that a class has."""
    return [max(map(len, column)) for column in zip(*classes, strict=True)]
