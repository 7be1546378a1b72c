import itertools

import numpy as np
import pytest
from amaranth.hdl import Shape

from hwgen.argmax import Argmax, label_width
from tests.hwgen.amaranth_bench import outputs


def packed(rows: np.ndarray, width: int) -> list[int]:
    return [sum((int(s) % 2**width) << width * c for c, s in enumerate(row)) for row in rows]


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_ties_of_every_pattern_go_to_the_lowest_class(n_classes: int) -> None:
    rows = np.array(list(itertools.product(range(3), repeat=n_classes)))
    rounds = (n_classes - 1).bit_length()
    block = Argmax(n_classes, Shape(2), keep_scores=False, registered=[False] * rounds)
    assert outputs(block, {"i": packed(rows, 2)}, "label") == rows.argmax(axis=1).tolist()


@pytest.mark.parametrize("n_classes", [2, 5, 7, 10])
@pytest.mark.parametrize("signed", [False, True])
def test_label_and_scores_leave_together(n_classes: int, signed: bool) -> None:
    rng = np.random.default_rng(n_classes)
    rows = rng.integers(-4 if signed else 0, 4, (60, n_classes))
    rounds = (n_classes - 1).bit_length()
    registered = rng.integers(0, 2, rounds).astype(bool).tolist()
    for port, expected in (("label", rows.argmax(axis=1).tolist()), ("scores", packed(rows, 3))):
        block = Argmax(n_classes, Shape(3, signed), keep_scores=True, registered=registered)
        words = {"i": packed(rows, 3)}
        assert outputs(block, words, port, latency=sum(registered)) == expected


def test_a_single_class_has_a_label_of_one_bit() -> None:
    assert [label_width(n) for n in (1, 2, 3, 4, 5, 10)] == [1, 1, 2, 2, 3, 4]
