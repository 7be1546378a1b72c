import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Encoder, Feature, InputError, fixed_point, one_hot, raw, thermometer
from tests.networks import random_encoder


def test_fixed_point_gives_the_most_significant_bit_first() -> None:
    encoder = fixed_point([Feature("x", 3), Feature("y", 2)])
    assert encoder.encode(np.array([[6, 1]]))[:, 0].tolist() == [True, True, False, False, True]


def test_thermometer_counts_thresholds_that_are_reached() -> None:
    encoder = thermometer([Feature("p", 8)], [[64, 128, 192]])
    bits = encoder.encode(np.array([[63], [64], [191], [192]], dtype=np.uint8))
    assert bits.sum(axis=0).tolist() == [0, 1, 2, 3]


def test_one_hot_names_the_value() -> None:
    encoder = one_hot([Feature("c", 2)], [[0, 1, 2]])
    assert encoder.encode(np.array([[2], [3]])).T.tolist() == [[False, False, True], [False] * 3]


def test_signed_words_compare_and_pack_in_twos_complement() -> None:
    encoder = thermometer([Feature("t", 4, signed=True)], [[-3, 0]])
    samples = np.array([[-4], [-3], [5]])
    assert encoder.encode(samples).T.tolist() == [[False, False], [True, False], [True, True]]
    assert encoder.payloads(samples) == [0b1100, 0b1101, 0b0101]


def test_feature_zero_is_lowest_in_the_payload() -> None:
    encoder = fixed_point([Feature("x", 3), Feature("y", 5), Feature("z", 1)])
    assert encoder.offsets.tolist() == [0, 3, 8]
    assert encoder.payload_width == 9
    assert encoder.payloads(np.array([[5, 17, 1]])) == [1 << 8 | 17 << 3 | 5]


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_payload_can_be_cut_into_its_words_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    encoder = random_encoder(rng, 5)
    low, high = [f.low for f in encoder.features], [f.high + 1 for f in encoder.features]
    samples = rng.integers(low, high, (9, len(low)))
    for payload, sample in zip(encoder.payloads(samples), samples, strict=True):
        for feature, offset, word in zip(encoder.features, encoder.offsets, sample, strict=True):
            cut = payload >> int(offset) & ((1 << feature.width) - 1)
            assert cut == int(word) % (1 << feature.width)
        assert payload >> encoder.payload_width == 0


def test_quantize_rounds_down_and_stays_in_range() -> None:
    encoder = fixed_point([Feature("x", 12, scale=1 / 4096), Feature("y", 4, scale=0.5, zero=8)])
    words = encoder.quantize([[0.99999, -4.1], [1.0, 0.0], [-0.1, 3.49]])
    assert words.tolist() == [[4095, 0], [4095, 8], [0, 14]]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Feature("x", 0), "width of feature 'x' must be 1 to 32, not 0"),
        (lambda: Feature("x", 8, scale=0.0), "scale of feature 'x' must be a positive number"),
        (lambda: thermometer([Feature("x", 8)], [[256]]), "value of row 0 must be 0 to 255"),
        (lambda: fixed_point([Feature("x", 8, signed=True)]), "'x' is signed"),
        (lambda: one_hot([Feature("x", 8)], [[1], [2]]), "values are for 2 features"),
        (lambda: raw(0), "an encoder needs rows"),
        (lambda: Encoder((Feature("x", 1),), [1], [2], [0]), "a row reads feature 1"),
        (lambda: Encoder((Feature("x", 1),), [0], [3], [0]), "op must be below 3, not 3"),
        (lambda: Encoder((Feature("x", 1),), [0], [300], [0]), "op must fit in uint8"),
    ],
)
def test_an_invalid_encoder_cannot_be_made(make: object, sentence: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=sentence):
        make()


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        (np.zeros((2, 3), dtype=int), r"samples must be \(samples, 2\) words"),
        (np.zeros((2, 2)), "samples must be integers, not float64"),
        (np.array([[0, 2]]), "outside its feature's range"),
        (np.array([[-1, 0]]), "outside its feature's range"),
    ],
)
def test_samples_that_do_not_fit_are_refused(samples: np.ndarray, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        raw(2).encode(samples)
