import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connective import InputError, Network, raw
from hwgen.rota import EMPTY, FIRST_BIT, Rota
from tests.networks import networks, random_network, random_samples


def classes(bits: list[int], bias: list[int], weights: list[int] | None = None) -> Network:
    """Classes of so many plain bits each."""
    n = sum(bits)
    ones = np.ones(n, dtype=np.int64)
    groups = np.concatenate([[0], np.cumsum(bits)])
    return Network(
        raw(n),
        np.zeros((0, 1)),
        [],
        np.arange(n),
        ones if weights is None else weights,
        groups,
        bias,
    )


@settings(deadline=None)
@given(networks(), st.none() | st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_the_counter_comes_to_the_scores(
    network: Network, bits_per_cycle: int | None, seed: int
) -> None:
    assume(network.n_classes > 1 and network.weights.any())
    rota = Rota(network, bits_per_cycle)
    samples = random_samples(np.random.default_rng(seed), network, 5)
    bits, scores = rota.gates.output_bits(samples).astype(int), network.scores(samples)
    for row, expected in zip(bits.tolist(), scores.tolist(), strict=True):
        assert rota.scores(row) == expected
        assert all(0 <= score - rota.base < 1 << rota.width for score in expected)


def test_each_bit_is_counted_once_in_a_cycle_of_its_class() -> None:
    rota = Rota(classes([10, 7, 4], [0, 0, 0]), 3)
    assert rota.terms.shape == (3, 4, 3)
    assert rota.cycles == 12
    for c, bits in enumerate((range(10), range(10, 17), range(17, 21))):
        terms = rota.terms[c][rota.terms[c] != EMPTY] - FIRST_BIT
        assert sorted(terms.tolist()) == list(bits)


def test_without_a_limit_a_class_takes_one_cycle() -> None:
    assert Rota(classes([10, 7, 4], [0, 0, 0])).terms.shape == (3, 1, 10)
    assert Rota(classes([10, 7, 4], [0, 0, 0]), 99).cycles == 3


def test_biases_go_to_slots_that_are_free() -> None:
    assert Rota(classes([10, 7, 4], [0, 3, 6])).powers == [0] * 10
    assert Rota(classes([10, 7, 4], [5, 8, 11])).powers == [0] * 10
    assert Rota(classes([3, 3], [0, 5])).powers == [0, 0, 0, 0, 2]


def test_biases_take_no_more_slots_than_are_allowed() -> None:
    rota = Rota(classes([10, 4], [5, 0]), 1)
    assert rota.powers == [0, 2]
    assert rota.cycles_per_class == 11


def test_slots_are_those_of_the_union_of_the_columns() -> None:
    assert Rota(classes([3, 3], [0, 0], [2, 2, 1, 1, 1, 4])).powers == [0, 0, 1, 1, 2]


def test_what_takes_no_turns_is_refused() -> None:
    with pytest.raises(InputError, match="^a network with head 'bits' has no classes to take"):
        Rota(random_network(np.random.default_rng(0), layers=[4], head="bits"))
    with pytest.raises(InputError, match="^a network of one class has no others to take"):
        Rota(classes([4], [0]))
    with pytest.raises(InputError, match="^no class reads a bit"):
        Rota(classes([1, 1], [0, 0], [0, 0]))
    with pytest.raises(InputError, match="^bits per cycle must be 1 or more, not 0$"):
        Rota(classes([4, 4], [0, 0]), 0)
