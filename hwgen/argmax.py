"""The class of the greatest score, by a tournament of neighbours."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.compressor_tree import width
from hwgen.pipe import Part, Pipe, join, whole
from hwgen.ranking import Duel, Ranking, best_labels
from hwgen.staged import Staged, ends
from hwgen.tournament import Entrant, Margin, Match

LABEL, LEAD, BEST = "label", "lead", "best"


class Argmax(Staged):
    """A tournament that keeps the order of the classes: of equal scores the lower class wins.

    Its software twins are `numpy.argmax`, `Answers.margins` and `Answers.best`.

    Members
    -------
    i: the scores that vary, as wide as their entrants say, class 0 in the lowest bits, each in the
        stage of the class's first match
    label: class of the greatest score, in stage `end`
    scores: of each class, all in stage `end`; only if `keep_scores`
    margin: the best score less the second best, in stage `end`; only if the margin is shown
    reject: whether that is too small, in stage `end`; only if the margin says when
    best: labels of the best classes, the best in the lowest bits, in stage `end`; only if there
        is a ranking
    stage: of each match
    margin_stage: of the margin
    ranking_stage: of each duel of the ranking, then of its labels
    lead: width of the ports `margin` and `reject`, by name, as far as they are there
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
        margin: Margin | None = None,
        margin_stage: int = 0,
        ranking: Ranking | None = None,
        ranking_stage: Sequence[int] = (),
        gated: bool = False,
    ) -> None:
        self.classes, self.matches, self.stage = tuple(classes), tuple(matches), tuple(stage)
        self.end, self.keep_scores = end, keep_scores
        self.margin_of_winner, self.margin_stage = margin, margin_stage
        self.lead = {} if margin is None else lead_widths(margin)
        duels = ranking.duels if ranking else ()
        self.duels = dict(zip(duels, ranking_stage[:-1], strict=True))
        self.ranking, self.ranking_stage = ranking, ranking_stage[-1] if ranking else end
        winner = matches[-1].winner
        self._last: dict[Entrant | Duel | str, int] = {LABEL: end, LEAD: end, BEST: end}
        self._last |= dict.fromkeys(self.duels, self.ranking_stage)
        if margin:
            self._last[winner] = margin_stage
        if keep_scores:
            self._last |= dict.fromkeys(classes, end)
        self._first: dict[Entrant | Duel | str, int] = {}
        met: list[tuple[Match | Duel, int]] = list(zip(matches, stage, strict=True))
        met += self.duels.items()
        for rivals, at in met:
            for entrant in (rivals.left, rivals.right):
                self._first[entrant] = min(self._first.get(entrant, at), at)
                self._last[entrant] = max(self._last.get(entrant, 0), at)
        born = self._first | {match.winner: at for match, at in zip(matches, stage, strict=True)}
        born |= {LABEL: stage[-1], LEAD: margin_stage if margin else end}
        born.update(self.duels.items())
        born[BEST] = self.ranking_stage
        for entrant in classes:
            if entrant.is_constant:
                born.pop(entrant, None)
        varying = sum(e.score_width for e in classes if not e.is_constant)
        ports = {"i": In(varying), "label": Out(label_width(len(classes)))}
        if keep_scores:
            ports["scores"] = Out(sum(entrant.score_width for entrant in classes))
        ports |= {name: Out(width) for name, width in self.lead.items()}
        ports |= {"best": Out(ranking.width)} if ranking else {}
        super().__init__(ports, ends=ends(born, self._last), gated=gated)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        pipe: Pipe[Entrant | Duel | str] = Pipe(m, self._last, self.loads)
        scores: dict[Entrant, Part] = {}
        place = 0
        for entrant in self.classes:
            if entrant.is_constant:
                scores[entrant] = whole(Const(entrant.low, entrant.score_width))
                continue
            scores[entrant] = Part(self.i, place, place + entrant.score_width)
            place += entrant.score_width
        for stage in range(min(self._first.values()), self.end + 1):
            pipe.values |= {e: v for e, v in scores.items() if self._first[e] == stage}
            for match, at in zip(self.matches, self.stage, strict=True):
                if at == stage:
                    left, right = (pipe.values[e].value for e in (match.left, match.right))
                    pipe.values[match.winner] = whole(_play(m, match, left, right))
            winner = self.matches[-1].winner
            if self.stage[-1] == stage:  # what is read of its scores stays, and the label
                value = pipe.values[winner].value
                pipe.values[LABEL] = whole(value[-winner.label_width :])
                pipe.values[winner] = whole(value[: -winner.label_width])
            if self.margin_of_winner and self.margin_stage == stage:
                value = pipe.values[winner].value
                pipe.values[LEAD] = whole(_lead(m, winner, self.margin_of_winner, value))
            self._rank(m, pipe, stage)
            if stage < self.end:
                pipe.end(stage)
        m.d.comb += self.label.eq(pipe.values[LABEL].value)
        if self.keep_scores:
            m.d.comb += self.scores.eq(join(pipe.values[entrant] for entrant in self.classes))
        if self.lead:
            m.d.comb += Cat(getattr(self, name) for name in self.lead).eq(pipe.values[LEAD].value)
        if self.ranking:
            m.d.comb += self.best.eq(pipe.values[BEST].value)
        return m

    def _rank(self, m: Module, pipe: Pipe[Entrant | Duel | str], stage: int) -> None:
        """The duels of a stage, and the labels if they are of it."""
        for duel, at in self.duels.items():
            if at == stage:
                left, right = (pipe.values[e].value for e in (duel.left, duel.right))
                pipe.values[duel] = whole(_duel(m, duel, left, right))
        if self.ranking and self.ranking_stage == stage:
            told = [pipe.values[duel].value for duel in self.duels]
            pipe.values[BEST] = whole(best_labels(m, self.ranking, told))


def label_width(n_classes: int) -> int:
    """Bits of a label: at least one, so that a single class has a label too."""
    return max((n_classes - 1).bit_length(), 1)


def lead_widths(margin: Margin) -> dict[str, int]:
    """Bits of the margin, and of whether it is too small, as far as they leave the core."""
    shown = {"margin": margin.width} if margin.shown else {}
    return shown if margin.reject_below is None else shown | {"reject": 1}


def _play(m: Module, match: Match, left: Value, right: Value) -> Value:
    """The score of the winner, the second best if it is kept, then the label."""
    winner, both = match.winner, (match.left, match.right)
    name = f"{winner.first}_{winner.end - 1}"
    low, high = min(entrant.low for entrant in both), winner.high
    left_score = _score(left, match.left, width(low, high))
    right_score = _score(right, match.right, width(low, high))
    right_wins = Signal(name=f"right_wins_{name}")
    m.d.comb += right_wins.eq(_greater(right_score, left_score, signed=low < 0))
    bits = winner.score_width  # the winner's score is never below either's least
    score = Signal(bits, name=f"score_{name}")
    m.d.comb += score.eq(Mux(right_wins, right_score[:bits], left_score[:bits]))
    low_width = winner.label_width - 1
    low_label = Signal(low_width, name=f"low_label_{name}")
    m.d.comb += low_label.eq(Mux(right_wins, _label(right, match.right), _label(left, match.left)))
    if winner.second is None:
        return Cat(score, low_label, right_wins)
    second = Signal(winner.second_width, name=f"second_{name}")
    # The loser may be the second best, or whom the winner has met before.
    sides = ((left, match.left, right, match.right), (right, match.right, left, match.left))
    if_left, if_right = (
        _second(m, f"{side}_twice_{name}", *of_side, winner.second_width)
        for side, of_side in zip(("left", "right"), sides, strict=True)
    )
    m.d.comb += second.eq(Mux(right_wins, if_right, if_left))
    return Cat(score, second, low_label, right_wins)


def _duel(m: Module, duel: Duel, left: Value, right: Value) -> Value:
    both = (duel.left, duel.right)
    low, high = min(e.low for e in both), max(e.high for e in both)
    left_score = _score(left, duel.left, width(low, high))
    right_score = _score(right, duel.right, width(low, high))
    greater = Signal(name=f"greater_{duel.right.first}_{duel.left.first}")
    m.d.comb += greater.eq(_greater(right_score, left_score, signed=low < 0))
    return greater


def _second(
    m: Module,
    name: str,
    value: Value,
    own: Entrant,
    other_value: Value,
    other: Entrant,
    bits: int,
) -> Value:
    """The lowest bits of the second best score where the best of `own` wins.

    The signal `name` says whether the second best of `own` beats the best of `other` too.
    """
    if own.second is None:
        return _score(other_value, other, bits)[:bits]
    low, high = min(own.second[0], other.low), max(own.second[1], other.high)
    common = max(width(low, high), bits)
    met = value[own.score_width :]
    met = extended(met, own.second_width, common, signed=own.second[0] < 0)
    loser = _score(other_value, other, common)
    twice = Signal(name=name)
    m.d.comb += twice.eq(_greater(met, loser, signed=low < 0))
    return Mux(twice, met[:bits], loser[:bits])


def _lead(m: Module, winner: Entrant, margin: Margin, value: Value) -> Value:
    """The margin if it is shown, and whether it is too small, given both of the winner's scores."""
    assert winner.second is not None
    best = _score(value, winner, margin.width)[: margin.width]
    second = value[winner.score_width :]
    second = extended(second, winner.second_width, margin.width, signed=winner.second[0] < 0)
    difference = Signal(margin.width, name="difference")
    m.d.comb += difference.eq(best - second[: margin.width])
    results = [difference] if margin.shown else []
    if margin.reject_below is not None:
        too_small = Signal(name="too_small")
        m.d.comb += too_small.eq(difference < margin.reject_below)
        results.append(too_small)
    return Cat(results)


def _greater(a: Value, b: Value, *, signed: bool) -> Value:
    return a.as_signed() > b.as_signed() if signed else a > b


def _score(value: Value, entrant: Entrant, width: int) -> Value:
    return extended(value, entrant.score_width, width, signed=entrant.signed)


def _label(value: Value, entrant: Entrant) -> Value:
    return value[entrant.score_width + entrant.second_width :]


def extended(value: Value, own_width: int, width: int, *, signed: bool) -> Value:
    """The number in the lowest `own_width` bits of a value as a word of `width` bits or more."""
    word, missing = value[:own_width], width - own_width
    if missing <= 0:
        return word
    return Cat(word, word[-1].replicate(missing) if signed else Const(0, missing))
