"""The class of the greatest score, by a tournament of neighbours."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Module, Mux, Shape, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.block import Block


class Argmax(Block):
    """A tournament that keeps the order of the classes: of equal scores the lower class wins.

    Its software twin is `numpy.argmax`.

    Members
    -------
    i: scores, class 0 in the lowest bits, each of the given shape
    label: class of the greatest score
    scores: the scores as they were when the label's sample entered; only if `keep_scores`
    registered: whether a register follows each round
    """

    summary = "Class of the greatest score, by a tournament; of equal scores the lowest class wins."

    def __init__(
        self, n_classes: int, shape: Shape, *, keep_scores: bool, registered: Sequence[bool]
    ) -> None:
        self.n_classes, self.shape = n_classes, shape
        self.keep_scores = keep_scores
        self.registered = tuple(registered)
        self.clocked = any(self.registered)
        ports = {"i": In(n_classes * shape.width), "label": Out(label_width(n_classes))}
        if keep_scores:
            ports["scores"] = Out(n_classes * shape.width)
        super().__init__(ports)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        entrants: list[tuple[Value, Value]] = []
        for c in range(self.n_classes):
            score = Signal(self.shape, name=f"score0_{c}")
            m.d.comb += score.eq(self.i.word_select(c, self.shape.width))
            entrants.append((score, Cat()))
        scores: Value = self.i
        for number, registered in enumerate(self.registered, 1):
            entrants = self._round(m, entrants, number, registered=registered)
            if registered and self.keep_scores:
                kept = Signal(len(scores), name=f"scores{number}", reset_less=True)
                m.d.sync += kept.eq(scores)
                scores = kept
        m.d.comb += self.label.eq(entrants[0][1])
        if self.keep_scores:
            m.d.comb += self.scores.eq(scores)
        return m

    def _round(
        self, m: Module, entrants: list[tuple[Value, Value]], number: int, *, registered: bool
    ) -> list[tuple[Value, Value]]:
        """The winners of a round: score, and label below the first class of the winner's part."""
        domain = m.d.sync if registered else m.d.comb
        winners: list[tuple[Value, Value]] = []
        for match in range(0, len(entrants), 2):
            name = f"{number}_{match // 2}"
            left_score, left_label = entrants[match]
            score = Signal(self.shape, name=f"score{name}", reset_less=True)
            if match + 1 == len(entrants):
                label = Signal(len(left_label), name=f"label{name}", reset_less=True)
                domain += [score.eq(left_score), label.eq(left_label)]
            else:
                right_score, right_label = entrants[match + 1]
                right_wins = Signal(name=f"right_wins{name}")
                low_label = Signal(number - 1, name=f"low_label{name}")
                label = Signal(number, name=f"label{name}", reset_less=True)
                m.d.comb += [
                    right_wins.eq(right_score > left_score),
                    low_label.eq(Mux(right_wins, right_label, left_label)),
                ]
                domain += [
                    score.eq(Mux(right_wins, right_score, left_score)),
                    label.eq(Cat(low_label, right_wins)),
                ]
            winners.append((score, label))
        return winners


def label_width(n_classes: int) -> int:
    """Bits of a label: at least one, so that a single class has a label too."""
    return max((n_classes - 1).bit_length(), 1)
