import numpy as np
import pytest
from amaranth.hdl import Shape
from hypothesis import given, settings
from hypothesis import strategies as st

from hwgen.adder_tree import AdderTree, width
from hwgen.popcount import Popcount
from tests.hwgen.amaranth_bench import outputs

WEIGHTS = st.lists(st.integers(-9, 9).filter(bool), max_size=30).map(sorted)


def popcount(tree: AdderTree, registered: list[bool]) -> Popcount:
    low = tree.bias + sum(min(w, 0) for w in tree.weights)
    high = tree.bias + sum(max(w, 0) for w in tree.weights)
    return Popcount(tree, Shape(max(width(low, high), 1), signed=low < 0), registered=registered)


@settings(max_examples=25, deadline=None)
@given(WEIGHTS, st.integers(-20, 20), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_a_sum_is_right_whatever_weights_bias_and_registers(
    weights: list[int], bias: int, spare_levels: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    tree = AdderTree(tuple(weights), bias)
    registered = rng.integers(0, 2, tree.n_levels + spare_levels).astype(bool).tolist()
    block = popcount(tree, registered)
    samples = rng.integers(0, 2, (20, len(weights)))
    samples[:2] = [[0], [1]]
    words = [sum(int(b) << i for i, b in enumerate(row)) for row in samples]
    latency = sum(registered) if weights else 0
    assert outputs(block, {"i": words}, "o", latency=latency) == [tree.sum(s) for s in samples]


@pytest.mark.parametrize("bits", range(1, 9))
def test_every_pattern_of_a_few_bits_is_counted(bits: int) -> None:
    block = popcount(AdderTree((1,) * bits), [])
    words = list(range(2**bits))
    assert outputs(block, {"i": words}, "o") == [word.bit_count() for word in words]


def test_each_level_is_as_wide_as_its_greatest_sum() -> None:
    tree = AdderTree((1,) * 25)
    assert tree.greatest == ((7, 6, 6, 6), (13, 12), (25,))
    assert tree.n_levels == 3
    assert [tree.register_bits(level, 5) for level in range(4)] == [12, 8, 5, 5]


def test_an_offset_fills_leaves_then_is_a_summand_or_is_taken_away_at_the_end() -> None:
    tree = AdderTree((1,) * 19, bias=9)
    assert (tree.leaves[0].ones, tree.constant) == (2, 7)
    assert tree.greatest[0] == (7, 7, 7, 7)
    assert AdderTree((1,) * 19, bias=2).n_levels == AdderTree((1,) * 19).n_levels == 3
    assert AdderTree((1,) * 25, bias=-1).n_levels == 4
    assert AdderTree((-1,) * 25).n_levels == 4
    assert AdderTree((-1,) * 25, bias=25).n_levels == 3


@given(st.integers(-300, 300), st.integers(0, 600))
def test_width_is_the_narrowest_that_holds_a_range(low: int, span: int) -> None:
    high, bits = low + span, width(low, low + span)

    def holds(n: int) -> bool:
        if low < 0:
            return n > 0 and -(1 << n - 1) <= low and high < 1 << n - 1
        return high < 1 << n

    assert holds(bits)
    assert bits == 0 or not holds(bits - 1)


def test_a_bit_counts_in_the_leaves_of_the_powers_in_its_weight() -> None:
    tree = AdderTree((1,) * 6 + (2,) * 5 + (3,))
    powers = [(leaves.power, leaves.positions) for leaves in tree.leaves]
    assert powers == [(0, (0, 1, 2, 3, 4, 5, 11)), (1, (6, 7, 8, 9, 10, 11))]
    assert tree.greatest[0] == (7, 12)


def test_a_bit_counts_twice_in_the_power_below_where_that_saves_a_leaf() -> None:
    tree = AdderTree((1,) * 23 + (2,))
    assert [(leaves.power, leaves.n) for leaves in tree.leaves] == [(0, 4)]
    assert tree.leaves[0].positions == (*range(23), 23, 23)
