"""Multiplexers that choose what is counted in a cycle."""

from collections.abc import Iterator

import numpy as np
from amaranth.hdl import Const, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.block import Block
from hwgen.pipe import Part, bits, join, whole
from hwgen.rota import EMPTY, FIRST_BIT, ONE, Rota

Row = list[Part]
"""What each slot counts in a cycle."""


class Selector(Block):
    """The terms of a `Rota` in a cycle: a tree of multiplexers over the cycles of all classes.

    Members
    -------
    i: the bits of `Rota.nodes`
    at_class, at_cycle: number of the class, and of the cycle in it
    o: the slots
    """

    summary = (
        "Chooses what is counted in a cycle. cycleB and classB are what bit B of the number of the "
        "cycle, and then of the class, leaves of all that is counted."
    )

    def __init__(self, rota: Rota) -> None:
        self.rota = rota
        n_classes, cycles, slots = rota.terms.shape
        super().__init__(
            {
                "i": In(len(rota.nodes)),
                "at_class": In((n_classes - 1).bit_length()),
                "at_cycle": In((cycles - 1).bit_length()),
                "o": Out(slots),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        classes = list(self._classes(m))
        for number, bit in enumerate(self.at_cycle):
            classes = _halved(m, f"cycle{number}", bit, classes)
        everything = [[row for rows in classes for row in rows]]
        for number, bit in enumerate(self.at_class):
            everything = _halved(m, f"class{number}", bit, everything)
        m.d.comb += self.o.eq(join(everything[0][0]))
        return m

    def _classes(self, m: Module) -> Iterator[list[Row]]:
        """For each class, the rows of its cycles."""
        terms, n_bits = self.rota.terms, len(self.i)
        values = {EMPTY: whole(Const(0, 1)), ONE: whole(Const(1, 1))}
        values |= enumerate(bits(self.i), FIRST_BIT)
        complements = np.unique(terms[terms >= FIRST_BIT + n_bits]).tolist()
        inverted = Signal(len(complements), name="inverted")
        m.d.comb += inverted.eq(~join(values[term - n_bits] for term in complements))
        values |= zip(complements, bits(inverted), strict=True)
        for rows in terms.tolist():
            yield [[values[term] for term in row] for row in rows]


def _halved(m: Module, name: str, bit: Value, groups: list[list[Row]]) -> list[list[Row]]:
    """Of each two neighbours in a group the one that a bit chooses; a last one without stays."""
    pairs = [pair for rows in groups for pair in zip(rows[::2], rows[1::2], strict=False)]
    differing = [
        (even, odd) for row in pairs for even, odd in zip(*row, strict=True) if even is not odd
    ]
    chosen = Signal(len(differing), name=name)
    m.d.comb += chosen.eq(
        Mux(bit, join(odd for _, odd in differing), join(even for even, _ in differing))
    )
    parts, halves = iter(bits(chosen)), iter(pairs)
    halved = []
    for rows in groups:
        half = [
            [even if even is odd else next(parts) for even, odd in zip(*next(halves), strict=True)]
            for _ in range(len(rows) // 2)
        ]
        halved.append([*half, *rows[2 * len(half) :]])
    return halved
