"""Who of two classes is the greater, for all of them, and thus the best ones in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_

from amaranth.hdl import Cat, Const, Module, Signal, Value

from hwgen.graph import Graph
from hwgen.tournament import Entrant


@dataclass(frozen=True)
class Duel:
    """Two classes, the lower one left; the operation tells whether the right one is greater."""

    operation: int
    left: Entrant
    right: Entrant


@dataclass(frozen=True)
class Ranking:
    """The labels of the best classes, from duels of all classes.

    classes: all of them
    duels: of those pairs of which at least one score varies
    operation: that counts who is beaten by how many, and gives the labels
    net: of the labels
    count: how many there are
    """

    classes: tuple[Entrant, ...]
    duels: tuple[Duel, ...]
    operation: int
    net: int
    count: int

    @property
    def label_width(self) -> int:
        return (len(self.classes) - 1).bit_length()

    @property
    def width(self) -> int:
        """Bits of all labels."""
        return self.count * self.label_width


def ranking_of(graph: Graph, classes: Sequence[Entrant], count: int) -> Ranking:
    """The best `count` of two classes or more."""
    duels, nets = [], []
    for left, right in combinations(classes, 2):
        if left.is_constant and right.is_constant:
            continue
        size = max(left.score_width, right.score_width)
        operation = graph.add(sorted({*left.nets, *right.nets}), "duel", size)
        duels.append(Duel(operation, left, right))
        nets.append(graph.drive(operation))
    operation = graph.add(nets, "labels", len(classes))
    width = count * (len(classes) - 1).bit_length()
    net = graph.drive(operation, width)
    return Ranking(tuple(classes), tuple(duels), operation, net, count)


def best_labels(m: Module, ranking: Ranking, right_is_greater: Sequence[Value]) -> Value:
    """The labels, the best in the lowest bits, given what each duel tells.

    Of equal classes the lower one beats the other, so that each place is that of one class. Class
    0 needs no bit of its own: its label is what is left where no other has the place.
    """
    classes = ranking.classes
    told = {(d.left, d.right): v for d, v in zip(ranking.duels, right_is_greater, strict=True)}
    n = len(classes)

    def beats(winner: int, loser: int) -> Value:
        left, right = classes[min(winner, loser)], classes[max(winner, loser)]
        greater = told.get((left, right), Const(right.low > left.low, 1))
        return ~greater if winner < loser else greater

    places: list[Value] = []  # by how many of those seen a class is beaten, a bit a class
    for step in range(n - 1):
        by_next = Signal(n - 1, name=f"beaten_by_{step}")
        m.d.comb += by_next.eq(Cat(beats(step + (step >= c), c) for c in range(1, n)))
        still = [place & ~by_next for place in places] or [~by_next]
        more = [place & by_next for place in places] or [by_next]
        after = [still[0], *map(or_, still[1:], more), more[-1]][: ranking.count]
        places = [Signal(n - 1, name=f"place_{p}_of_{step + 2}") for p in range(len(after))]
        m.d.comb += [place.eq(value) for place, value in zip(places, after, strict=True)]
    return Cat(_label(place, ranking.label_width) for place in places)


def _label(places: Value, width: int) -> Value:
    """The label of the class, from 1 on, that has a place, or 0."""
    chosen = ([c for c in range(1, len(places) + 1) if c >> bit & 1] for bit in range(width))
    return Cat(reduce(or_, (places[c - 1] for c in classes)) for classes in chosen)
