"""Group sums of rational numbers become integers in the same proportion, or are refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connective import InputError
from connective.peers.group_sum import integer_sums

PARTS = st.integers(1, 40)
TAU = st.builds(lambda a, b: a / 2**b, PARTS, st.integers(0, 4))
BETA = st.builds(lambda a, b: a / 2**b, st.integers(-40, 40), st.integers(0, 4))


@given(st.lists(st.tuples(TAU, BETA), min_size=1, max_size=4), st.integers(0, 100))
def test_scores_are_exact(classes: list[tuple[float, float]], count: int) -> None:
    tau, beta = zip(*classes, strict=True)
    try:
        weights, bias, common = integer_sums(tau, beta)
    except InputError as error:
        assert "need integers above" in str(error)
        return
    for weight, added, t, b in zip(weights, bias, tau, beta, strict=True):
        assert (weight * count + added) / common == (count + Fraction(b)) / Fraction(t)


@pytest.mark.parametrize(
    ("tau", "beta", "weights", "bias", "common"),
    [
        ([6.0, 6.0], [0.0, 0.0], [1, 1], [0, 0], 6),
        ([10.0, 5.0], [0.0, 0.0], [1, 2], [0, 0], 10),
        ([3.0, 3.0], [0.5, -1.0], [2, 2], [1, -2], 6),
        ([0.1, 0.3], [0.0, 0.0], [3, 1], [0, 0], Fraction(3, 10)),
        ([1 / 0.03, 1 / 0.03], [2.0, 0.0], [1, 1], [2, 0], Fraction("33.333333333333336")),
    ],
)
def test_the_integers_are_the_smallest(
    tau: list[float], beta: list[float], weights: list[int], bias: list[int], common: Fraction
) -> None:
    assert integer_sums(tau, beta) == (weights, bias, common)


@pytest.mark.parametrize(
    ("tau", "beta", "sentence"),
    [
        ([1 / 3, 1.0], [0.0, 0.0], "need integers above"),
        ([1.0, 1.0], [0.123456789012, 0.0], "beta 0.123456789012, 0.0 need integers above"),
        ([1e-9, 1e9], [0.0, 0.0], "need integers above"),
        ([1e300], [0.1], "must be 1e-9 to 1e9, not 1e"),
        ([float(f"1.{n}1") for n in range(10**5, 10**5 + 500)], [0.0] * 500, "need integers above"),
        ([0.0], [0.0], "must be 1e-9 to 1e9, not 0.0"),
        ([-2.0], [0.0], "must be 1e-9 to 1e9"),
        ([float("nan")], [0.0], "must be 1e-9 to 1e9"),
        ([1.0], [float("inf")], "beta of a group sum must be a number, not inf"),
    ],
)
def test_what_no_score_can_hold_is_refused(
    tau: list[float], beta: list[float], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        integer_sums(tau, beta)
