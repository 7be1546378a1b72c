import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwgen.compressor_tree import ONE, CompressorTree, StagedTree, width
from hwgen.popcount import Popcount
from tests.hwgen.amaranth_bench import outputs

WEIGHTS = st.lists(st.integers(-9, 9).filter(bool), max_size=30)
COUNTERS = st.sampled_from([3, 6, 7])


def staged(tree: CompressorTree, rng: np.random.Generator) -> Popcount:
    """The tree with its rounds in random stages, each counter no earlier than what it reads."""
    born = dict.fromkeys(range(len(tree.weights)), 0)
    counters = []
    for round_ in tree.rounds:
        stages = []
        for bits, count in zip(round_.inputs.tolist(), round_.outputs.tolist(), strict=True):
            stage = max(born[bit] for bit in bits) + int(rng.integers(0, 2))
            stages.append(stage)
            born |= dict.fromkeys(count, stage)
        counters.append(np.array(stages))
    additions = []
    for addition in tree.additions:
        stage = max(born[bit] for bit in addition.reads) + int(rng.integers(0, 2))
        additions.append(stage)
        for bit in (*addition.sums, *addition.carries):
            born.setdefault(bit, stage)
    last = max((born[bit] for bit in tree.total if bit >= 0), default=0) + int(rng.integers(0, 2))
    staged = StagedTree(tree, tuple(counters), tuple(additions), last)
    return Popcount(staged)


def sums(block: Popcount, samples: np.ndarray) -> list[int]:
    """What comes out for samples (samples, bits), each bit put in when it is read."""
    n, staged = len(samples), block.staged
    words = [0] * (n + staged.read_in)
    for place, (bit, stage) in enumerate(staged.reads):
        for cycle, sample in enumerate(samples):
            words[cycle + stage] |= int(sample[bit]) << place
    found = outputs(block, {"i": words}, "o")[staged.read_in :]
    if not staged.tree.signed:
        return found
    return [word - (word >> staged.tree.width - 1 << staged.tree.width) for word in found]


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.integers(-20, 20), COUNTERS, st.integers(0, 2**32 - 1))
def test_a_sum_is_right_whatever_weights_bias_counters_and_stages(
    weights: list[int], bias: int, counter: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    tree = CompressorTree(tuple(weights), bias, counter)
    block = staged(tree, rng)
    samples = rng.integers(0, 2, (20, len(weights)))
    samples[:2] = [[0], [1]]
    assert sums(block, samples) == [tree.sum(sample) for sample in samples]


@pytest.mark.parametrize("counter", [3, 6, 7])
@pytest.mark.parametrize("bits", range(1, 10))
def test_every_pattern_of_a_few_bits_is_counted(bits: int, counter: int) -> None:
    tree = CompressorTree((1,) * bits, 0, counter)
    counters = tuple(np.zeros(len(r.inputs), dtype=int) for r in tree.rounds)
    block = Popcount(StagedTree(tree, counters, (0,) * len(tree.additions), 0))
    words = list(range(2**bits))
    assert not block.clocked
    assert outputs(block, {"i": words}, "o") == [word.bit_count() for word in words]


def test_counters_take_bits_while_a_column_has_enough() -> None:
    tree = CompressorTree((1,) * 25, 0, 6)
    (round_,) = tree.rounds
    assert round_.inputs.tolist() == np.arange(24).reshape(4, 6).tolist()
    assert [len(column) for column in tree.rest] == [5, 4, 4, 0, 0]
    assert [len(a.columns) for a in tree.additions] == [2, 2]
    assert CompressorTree((1, 2, 4), 0, 6).additions == []
    assert CompressorTree((1, 2, 4), 0, 6).total == [0, 1, 2]
    assert CompressorTree((1, 2, 4), 8, 6).additions == []
    assert CompressorTree((1, 2, 4), 8, 6).total == [0, 1, 2, ONE]


def test_a_sum_has_only_the_bits_that_it_can_reach() -> None:
    assert CompressorTree((1,) * 7, 0, 7).width == 3
    assert CompressorTree((1,) * 7, 1, 7).width == 4
    assert CompressorTree((-1,) * 7, 7, 7).width == 3
    assert CompressorTree((-1,) * 7, 0, 7).width == 4


@given(st.integers(-300, 300), st.integers(0, 600))
def test_width_is_the_narrowest_that_holds_a_range(low: int, span: int) -> None:
    high, bits = low + span, width(low, low + span)

    def holds(n: int) -> bool:
        if low < 0:
            return n > 0 and -(1 << n - 1) <= low and high < 1 << n - 1
        return high < 1 << n

    assert holds(bits)
    assert bits == 0 or not holds(bits - 1)
