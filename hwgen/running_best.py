"""The class of the greatest score, where scores come one after another."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.wiring import In, Out

from hwgen.argmax import label_width
from hwgen.block import Block


class RunningBest(Block):
    """Compares each class with the best before it: of equal scores the lower class stays.

    Its software twin is `numpy.argmax`.

    Members
    -------
    total: a class's score less `base`
    at_class: number of the class
    ends: whether the total is whole
    label: class of the greatest total since class 0, from the cycle after it on
    scores: of all classes, class 0 in the lowest bits, `score_width` each, from the cycle after the
        last; only with a `score_width`
    base: the least score
    """

    summary = (
        "Class of the greatest score: each is compared with the best before it, and of equal "
        "scores the lower class stays."
    )
    clocked = True

    def __init__(self, width: int, n_classes: int, *, base: int, score_width: int = 0) -> None:
        self.base, self.score_width = base, score_width
        label = label_width(n_classes)
        ports = {"total": In(width), "at_class": In(label), "ends": In(1), "label": Out(label)}
        if score_width:
            ports["scores"] = Out(n_classes * score_width)
        super().__init__(ports)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        best = Signal(len(self.total), name="best", reset_less=True)
        best_class = Signal(len(self.label), name="best_class", reset_less=True)
        better = Signal(name="better")
        m.d.comb += [
            better.eq(self.ends & ((self.at_class == 0) | (self.total > best))),
            self.label.eq(best_class),
        ]
        m.d.sync += [
            best.eq(Mux(better, self.total, best)),
            best_class.eq(Mux(better, self.at_class, best_class)),
        ]
        if self.score_width:
            kept = Signal(len(self.scores), name="kept", reset_less=True)
            score = Signal(self.score_width, name="score")
            m.d.comb += [score.eq(self.total + self.base), self.scores.eq(kept)]
            m.d.sync += kept.eq(Mux(self.ends, Cat(kept[self.score_width :], score), kept))
        return m
