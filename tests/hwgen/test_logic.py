import numpy as np
import pytest

from connective import canonicalize
from hwgen.logic import LogicLevel
from tests.hwgen.amaranth_bench import bit_words, outputs


def level_of(k: int, tables: list[int], *, registered: bool) -> LogicLevel:
    """Gates of the given tables over the same k inputs, and the first input carried."""
    fanin, table = canonicalize(np.tile(np.arange(k), (len(tables), 1)), tables)
    order = np.array([0, *(k + np.arange(len(tables)))])
    return LogicLevel(k, fanin, table, order, registered=registered)


@pytest.mark.parametrize("registered", [False, True])
def test_all_sixteen_gates_are_right_at_all_corners(registered: bool) -> None:
    level = level_of(2, list(range(16)), registered=registered)
    corners = np.array([[0, 1, 0, 1], [0, 0, 1, 1]], dtype=bool)
    words = outputs(level, {"i": bit_words(corners)}, "o", latency=registered)
    assert words == [
        sum((table >> corner & 1) << 1 + table for table in range(16)) | corner & 1
        for corner in range(4)
    ]


@pytest.mark.parametrize("k", [1, 3, 4, 6])
def test_a_level_computes_what_its_software_twin_computes(k: int) -> None:
    rng = np.random.default_rng(k)
    tables = rng.integers(0, 2 ** (2**k), 12, dtype=np.uint64, endpoint=False)
    fanin, table = canonicalize(rng.integers(0, 9, (12, k)), np.repeat(tables[:8], 2)[:12])
    level = LogicLevel(9, fanin, table, rng.permutation(21)[:15], registered=False)
    bits = rng.integers(0, 2, (9, 64)).astype(bool)
    assert outputs(level, {"i": bit_words(bits)}, "o") == bit_words(level.compute(bits))


def test_a_level_of_constants_has_no_register() -> None:
    level = level_of(1, [0, 3], registered=True)
    constants = LogicLevel(1, level.fanin, level.table, np.array([1, 2]), registered=True)
    assert level.clocked
    assert not constants.clocked
    assert outputs(level, {"i": [1]}, "o", latency=1) == [0b101]
    assert outputs(constants, {"i": [1]}, "o") == [0b10]
