import numpy as np
import pytest

from connective import canonicalize
from connective.canonical import table_bits
from hwgen.logic import LogicLevel
from tests.hwgen.amaranth_bench import bit_words, outputs


def level_of(fanin: np.ndarray, tables: list[int], *, n_inputs: int, until: int) -> LogicLevel:
    """Gates behind input nodes, all computing in stage 0 and read in stage `until`."""
    fanin, table = canonicalize(fanin, tables)
    gates = n_inputs + np.arange(len(table))
    reads = [(node, 0) for node in range(n_inputs)]
    gives = [(gate, until) for gate in gates.tolist()]
    stage = np.zeros(len(gates), dtype=int)
    return LogicLevel(gates, stage, fanin, table, reads=reads, gives=gives)


@pytest.mark.parametrize("until", [0, 1, 3])
def test_all_sixteen_gates_are_right_at_all_corners(until: int) -> None:
    level = level_of(np.tile([0, 1], (16, 1)), list(range(16)), n_inputs=2, until=until)
    corners = np.array([[0, 1, 0, 1], [0, 0, 1, 1]], dtype=bool)
    words = outputs(level, {"i": bit_words(corners)}, "o", latency=until)
    assert words == [
        sum((table >> corner & 1) << table for table in range(16)) for corner in range(4)
    ]


@pytest.mark.parametrize("k", [1, 3, 4, 6])
def test_gates_of_any_number_of_inputs_are_right(k: int) -> None:
    rng = np.random.default_rng(k)
    tables = rng.integers(0, 2 ** (2**k), 12, dtype=np.uint64, endpoint=False)
    fanin = rng.integers(0, 9, (12, k))
    level = level_of(fanin, np.repeat(tables[:8], 2)[:12], n_inputs=9, until=0)
    bits = rng.integers(0, 2, (9, 64)).astype(bool)
    minterm = (bits[level.fanin] * (1 << np.arange(k))[:, None]).sum(axis=1)
    expected = np.take_along_axis(table_bits(level.table, k), minterm, axis=1)
    assert outputs(level, {"i": bit_words(bits)}, "o") == bit_words(expected)


def test_gates_compute_in_their_stages_and_wait_for_their_readers() -> None:
    # XOR of nodes 0 and 1 in stage 0, read in 1 and 3; AND of nodes 0 and 1 as they are in stage 2
    gates, table = canonicalize([[0, 1], [0, 1]], [6, 8])
    reads = [(0, 0), (1, 0), (0, 2), (1, 2)]
    gives = [(2, 1), (3, 2), (2, 3)]
    level = LogicLevel(np.array([2, 3]), np.array([0, 2]), gates, table, reads=reads, gives=gives)
    words = [0b0001, 0b0000, 0b1111, 0b0010, 0b1100]
    xor, conjunction = [1, 0, 0, 1, 0], [0, 0, 1, 0, 1]
    seen = outputs(level, {"i": words}, "o")
    assert [word & 1 for word in seen[1:]] == xor[:4]
    assert [word >> 1 & 1 for word in seen] == conjunction
    assert [word >> 2 & 1 for word in seen[3:]] == xor[:2]


def test_a_level_of_constants_has_no_register() -> None:
    level = level_of(np.array([[0], [0]]), [0, 3], n_inputs=1, until=2)
    assert not level.clocked
    assert outputs(level, {"i": [1]}, "o") == [0b10]
