"""Which gates counters take in; that cores with them are right, the property tests of cores say."""

from itertools import combinations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from connective import Network, canonicalize, raw
from hwgen.absorption import COST, SAVED, absorbed
from hwgen.family import FAMILIES
from hwgen.schedule import Schedule

XOR = 6


def network(n_inputs: int, fanin: list[tuple[int, int]], outputs: list[int]) -> Network:
    """Gates that are all XOR, and one class that sums some."""
    gates, table = canonicalize(fanin, [XOR] * len(fanin))
    ones = [1] * len(outputs)
    return Network(
        raw(n_inputs), gates, table, outputs, ones, [0, len(outputs)], [0], head="scores"
    )


def taken(made: Network, *, registered: bool = False) -> list[list[int]]:
    ((*groups,),) = absorbed(
        made,
        [np.arange(len(made.outputs))],
        made.fanin.astype(np.int64),
        np.ones_like(made.fanin, dtype=bool),
        np.ones(made.n_nodes, dtype=bool),
        registered,
    )
    return [made.outputs[list(places)].tolist() for places in groups]


def test_gates_of_inputs_go_into_counters_by_three() -> None:
    made = network(4, list(combinations(range(4), 2)), [4, 5, 6, 7, 8])
    assert taken(made) == [[4, 5, 6]]


def test_a_gate_that_something_else_reads_stays() -> None:
    made = network(4, [(0, 1), (1, 2), (2, 3), (0, 4)], [4, 5, 6, 7])
    assert taken(made, registered=True) == [[5, 6, 7]]


def test_gates_before_stay_part_of_others_unless_registers_follow_them() -> None:
    before = [(i, i + 1) for i in range(0, 12, 2)]
    made = network(12, [*before, (12, 13), (14, 15), (16, 17)], [18, 19, 20])
    assert taken(made) == []
    assert taken(made, registered=True) == [[18, 19, 20]]


def test_gates_before_that_many_read_get_their_own_tables() -> None:
    before = [(i, i + 1) for i in range(0, 10, 2)]
    made = network(10, [*before, *combinations(range(10, 15), 2)], list(range(15, 25)))
    assert 10 * SAVED > 5 * COST
    assert taken(made) == [[15, 16, 17], [18, 19, 20], [21, 22, 23]]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=9))
def test_what_is_taken_in_is_worth_the_most(pairs: list[tuple[int, int]]) -> None:
    assume(all(a != b for a, b in pairs))
    before = [(i, i + 1) for i in range(0, 10, 2)]
    fanin = [*before, *((10 + a, 10 + b) for a, b in pairs)]
    made = network(10, fanin, list(range(15, 15 + len(pairs))))

    def worth(chosen: tuple[tuple[int, int], ...]) -> int:
        return SAVED * len(chosen) - COST * len({node for pair in chosen for node in pair})

    best = max(worth(chosen) for n in range(len(pairs) + 1) for chosen in combinations(pairs, n))
    gates = {node - 15 for three in taken(made) for node in three}
    assert bool(gates) <= (best > 0)
    if best > 0:  # up to two of those that are worth it do not fill a counter
        rest = [i for i in range(len(pairs)) if i not in gates]
        left = [(*gates, *more) for n in range(3) for more in combinations(rest, n)]
        assert best in {worth(tuple(pairs[i] for i in chosen)) for chosen in left}


def test_gates_in_counters_are_no_level_of_their_own() -> None:
    made = network(12, [(i, i + 1) for i in range(0, 12, 2)], list(range(12, 18)))
    for target in ("lut6", "ecp5", "asic"):  # full adders with gates, and what they leave is added
        assert Schedule(made, 1, family=FAMILIES[target]).latency == 2
    other = network(24, [(i, i + 1) for i in range(0, 24, 2)], list(range(24, 36)))
    assert [Schedule(other, 1, family=FAMILIES[t]).latency for t in ("ice40", "lut6")] == [4, 3]


def test_with_more_levels_a_stage_counters_take_gates_in_only_where_these_are_free() -> None:
    made = network(12, [(i, i + 1) for i in range(0, 12, 2)], list(range(12, 18)))
    inside = {t: Schedule(made, 2, family=FAMILIES[t]).operations for t in ("lut6", "ecp5")}
    first, second = (inside[target].node[12:15].tolist() for target in ("lut6", "ecp5"))
    assert len({*first}) == 1  # the operation of their counter
    assert len({*second}) == 3
