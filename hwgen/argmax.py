"""The class of the greatest score, by a tournament of neighbours."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.block import Block
from hwgen.compressor_tree import width
from hwgen.operations import Entrant, Match
from hwgen.pipe import Part, Pipe, join, whole


class Argmax(Block):
    """A tournament that keeps the order of the classes: of equal scores the lower class wins.

    Its software twin is `numpy.argmax`.

    Members
    -------
    i: the scores that vary, as wide as their entrants say, class 0 in the lowest bits, each in the
        stage of the class's first match
    label: class of the greatest score, in stage `end`
    scores: of each class, all in stage `end`; only if `keep_scores`
    stage: of each match
    """

    summary = (
        "Class of the greatest score, by a tournament; of equal scores the lowest class wins. sN "
        "are the registers at the beginning of stage N."
    )

    def __init__(
        self,
        classes: Sequence[Entrant],
        matches: Sequence[Match],
        stage: Sequence[int],
        *,
        end: int,
        keep_scores: bool,
    ) -> None:
        self.classes, self.matches, self.stage = tuple(classes), tuple(matches), tuple(stage)
        self.end, self.keep_scores = end, keep_scores
        self._last: dict[Entrant, int] = {matches[-1].winner: end}
        if keep_scores:
            self._last |= dict.fromkeys(classes, end)
        self._first: dict[Entrant, int] = {}
        for match, at in zip(matches, stage, strict=True):
            for entrant in (match.left, match.right):
                self._first.setdefault(entrant, at)
                self._last[entrant] = max(self._last.get(entrant, 0), at)
        born = self._first | {match.winner: at for match, at in zip(matches, stage, strict=True)}
        self.clocked = any(last > born[e] for e, last in self._last.items() if not e.is_constant)
        varying = sum(e.score_width for e in classes if not e.is_constant)
        ports = {"i": In(varying), "label": Out(label_width(len(classes)))}
        if keep_scores:
            ports["scores"] = Out(sum(entrant.score_width for entrant in classes))
        super().__init__(ports)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        pipe = Pipe(m, self._last)
        scores: dict[Entrant, Part] = {}
        place = 0
        for entrant in self.classes:
            if entrant.is_constant:
                scores[entrant] = whole(Const(entrant.low, entrant.score_width))
                continue
            scores[entrant] = Part(self.i, place, place + entrant.score_width)
            place += entrant.score_width
        for stage in range(min(self.stage), self.end + 1):
            arriving = {e: v for e, v in scores.items() if self._first[e] == stage}
            pipe.values |= arriving
            for match, at in zip(self.matches, self.stage, strict=True):
                if at == stage:
                    left, right = (pipe.values[e].value for e in (match.left, match.right))
                    pipe.values[match.winner] = whole(_play(m, match, left, right))
            if stage < self.end:
                pipe.end(stage)
        winner = self.matches[-1].winner
        m.d.comb += self.label.eq(pipe.values[winner].value[-winner.label_width :])
        if self.keep_scores:
            m.d.comb += self.scores.eq(join(pipe.values[entrant] for entrant in self.classes))
        return m


def label_width(n_classes: int) -> int:
    """Bits of a label: at least one, so that a single class has a label too."""
    return max((n_classes - 1).bit_length(), 1)


def _play(m: Module, match: Match, left: Value, right: Value) -> Value:
    """The score of the winner, then its label."""
    winner, both = match.winner, (match.left, match.right)
    name = f"{winner.first}_{winner.end - 1}"
    low, high = min(entrant.low for entrant in both), winner.high
    left_score = extended(left, match.left, width(low, high))
    right_score = extended(right, match.right, width(low, high))
    right_wins = Signal(name=f"right_wins_{name}")
    if low < 0:
        m.d.comb += right_wins.eq(right_score.as_signed() > left_score.as_signed())
    else:
        m.d.comb += right_wins.eq(right_score > left_score)
    bits = winner.score_width  # the winner's score is never below either's least
    score = Signal(bits, name=f"score_{name}")
    m.d.comb += score.eq(Mux(right_wins, right_score[:bits], left_score[:bits]))
    low_width = winner.label_width - 1
    low_label = Signal(low_width, name=f"low_label_{name}")
    m.d.comb += low_label.eq(
        Mux(right_wins, right[match.right.score_width :], left[match.left.score_width :])
    )
    return Cat(score, low_label, right_wins)


def extended(value: Value, entrant: Entrant, width: int) -> Value:
    """An entrant's score, the lowest bits of `value`, as a word of so many bits."""
    score, missing = value[: entrant.score_width], width - entrant.score_width
    if missing <= 0:
        return score
    return Cat(score, score[-1].replicate(missing) if entrant.signed else Const(0, missing))
