"""The matches by which the greatest score is found, and how far it leads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hwgen.compressor_tree import width
from hwgen.delays import Kind
from hwgen.graph import Graph

Range = tuple[int, int]
"""The least and the greatest value."""


@dataclass(frozen=True)
class Entrant:
    """Who may win the argmax: the best of the classes first … end − 1.

    nets: of the score and of the label, which counts from the first class
    low, high: what the score may be
    second: what the second best score of these classes may be; `None` if it is not kept
    kept: how many of the lowest bits of its scores are read; `None` for all of them
    """

    nets: tuple[int, ...]
    first: int
    end: int
    low: int
    high: int
    second: Range | None = None
    kept: int | None = None

    @property
    def score_width(self) -> int:
        return self._width(self.low, self.high)

    @property
    def second_width(self) -> int:
        return self._width(*self.second) if self.second else 0

    def _width(self, low: int, high: int) -> int:
        whole = max(width(low, high), 1)
        return whole if self.kept is None else min(whole, self.kept)

    @property
    def signed(self) -> bool:
        return self.low < 0

    @property
    def is_constant(self) -> bool:
        """Whether it is one class whose score depends on nothing."""
        return not self.nets

    @property
    def label_width(self) -> int:
        return (self.end - self.first - 1).bit_length()


@dataclass(frozen=True)
class Match:
    """Two neighbours of which the left wins unless the right is greater."""

    operation: int
    left: Entrant
    right: Entrant
    winner: Entrant


@dataclass(frozen=True)
class Margin:
    """The best score less the second best.

    operation: that subtracts, and compares with the least margin that is not rejected
    nets: of what leaves the core: the margin if it is `shown`, and whether it is too small
    high: the greatest that it may be
    shown: whether it leaves the core
    reject_below: the least that is not rejected, if any is
    """

    operation: int
    nets: tuple[int, ...]
    high: int
    shown: bool
    reject_below: int | None

    @property
    def width(self) -> int:
        return _bits(self.high)


def tournament(graph: Graph, entrants: Sequence[Entrant], *, seconds: bool) -> list[Match]:
    """Matches that keep the order of the classes; the last one's winner has a net of the label.

    With `seconds` each winner keeps the second best score too, and the last one has another net,
    of both scores: of the bits of these that their difference has.
    """
    matches: list[Match] = []
    while len(entrants) > 1:
        winners = []
        for left, right in zip(entrants[::2], entrants[1::2], strict=False):
            kind: Kind = "match with second" if seconds else "match"
            size = max(left.score_width, right.score_width)
            operation = graph.add(sorted({*left.nets, *right.nets}), kind, size)
            low, high = max(left.low, right.low), max(left.high, right.high)
            second = _second(left, right) if seconds else None
            best = Entrant((), left.first, right.end, low, high, second)
            last = len(entrants) == 2
            if last and second:
                best = replace(best, kept=_bits(high - second[0]))
            scores, label = best.score_width + best.second_width, best.label_width
            apart = [label, scores] if seconds else [label]
            bits = apart if last else [scores + label]
            winner = replace(best, nets=tuple(graph.drive(operation, n) for n in bits))
            matches.append(Match(operation, left, right, winner))
            winners.append(winner)
        entrants = [*winners, *entrants[2 * len(winners) :]]
    return matches


def margin_of(graph: Graph, last: Match, shown: bool, reject_below: int | None) -> Margin:
    """The margin of the last match's winner."""
    winner = last.winner
    assert winner.second, "the second best score was not kept"
    high = winner.high - winner.second[0]
    operation = graph.add(winner.nets[1:], "margin", _bits(high))
    margin = Margin(operation, (), high, shown, reject_below)
    bits = [margin.width] * shown + [1] * (reject_below is not None)
    return replace(margin, nets=tuple(graph.drive(operation, n) for n in bits))


def _bits(greatest: int) -> int:
    """Of a number without sign."""
    return max(greatest.bit_length(), 1)


def _second(left: Entrant, right: Entrant) -> Range:
    """It is the greatest of the loser and of the second best of either side."""
    ranges = [(min(left.low, right.low), min(left.high, right.high))]
    ranges += [side.second for side in (left, right) if side.second]
    return max(low for low, _ in ranges), max(high for _, high in ranges)
