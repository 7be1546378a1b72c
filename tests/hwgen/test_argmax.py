import itertools

import numpy as np
import pytest

from connective import Network, raw
from hwgen.argmax import Argmax, label_width
from hwgen.family import FAMILIES
from hwgen.operations import operations
from tests.hwgen.amaranth_bench import outputs


def argmax(lows: list[int], spans: list[int], *, keep_scores: bool, stages: int = 1) -> Argmax:
    """For classes whose scores go from each low up to low + span, with a match a stage at most."""
    n = len(lows)
    bits = np.arange(sum(spans)) % 4
    groups = np.concatenate([[0], np.cumsum(spans)])
    network = Network(raw(4), np.zeros((0, 1)), [], bits, np.ones(len(bits), int), groups, lows)
    ops = operations(network, family=FAMILIES["lut6"], scores=keep_scores)
    stage, born = [], dict.fromkeys(ops.scores, 0)
    for match in ops.matches:
        at = max(born[match.left], born[match.right])
        stage.append(at)
        born[match.winner] = at + stages - 1
    end = max(born.values()) + stages - 1
    assert n == len(ops.scores)
    return Argmax(ops.scores, ops.matches, stage, end=end, keep_scores=keep_scores)


def label_of(block: Argmax, rows: np.ndarray, port: str) -> list[int]:
    """The port for scores (samples, classes), each put in when it is read."""
    words = [0] * (len(rows) + block.end)
    first = {}
    for match, stage in zip(block.matches, block.stage, strict=True):
        first.setdefault(match.left, stage)
        first.setdefault(match.right, stage)
    place = 0
    for c, entrant in enumerate(block.classes):
        if entrant.is_constant:
            continue
        for cycle, row in enumerate(rows):
            word = int(row[c]) % (1 << entrant.score_width)
            words[cycle + first[entrant]] |= word << place
        place += entrant.score_width
    return outputs(block, {"i": words}, port)[block.end :][: len(rows)]


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_ties_of_every_pattern_go_to_the_lowest_class(n_classes: int) -> None:
    rows = np.array(list(itertools.product(range(3), repeat=n_classes)))
    block = argmax([0] * n_classes, [3] * n_classes, keep_scores=False)
    assert not block.clocked
    assert label_of(block, rows, "label") == rows.argmax(axis=1).tolist()


@pytest.mark.parametrize("n_classes", [2, 5, 7, 10])
@pytest.mark.parametrize("stages", [1, 2])
def test_label_and_scores_leave_together(n_classes: int, stages: int) -> None:
    rng = np.random.default_rng(n_classes)
    lows, spans = rng.integers(-4, 3, n_classes), rng.integers(1, 9, n_classes)
    rows = rng.integers(lows, lows + spans, (60, n_classes), endpoint=True)
    block = argmax(lows.tolist(), spans.tolist(), keep_scores=True, stages=stages)
    assert label_of(block, rows, "label") == rows.argmax(axis=1).tolist()
    packed = []
    for row in rows.tolist():
        word, place = 0, 0
        for score, entrant in zip(row, block.classes, strict=True):
            word |= score % (1 << entrant.score_width) << place
            place += entrant.score_width
        packed.append(word)
    assert label_of(block, rows, "scores") == packed


def test_a_single_class_has_a_label_of_one_bit() -> None:
    assert [label_width(n) for n in (1, 2, 3, 4, 5, 10)] == [1, 1, 2, 2, 3, 4]
