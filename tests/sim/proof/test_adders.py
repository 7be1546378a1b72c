"""Sums that are taken apart, held against all values of their inputs."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connective.formats.and_graph import AndGraph
from sim.proof.solver import simulate
from sim.proof.sums import Linear, linear

PARITY, MAJORITY, XOR, AND = 0b10010110, 0b11101000, 0b0110, 0b1000


def values(graph: AndGraph) -> tuple[list[int], int]:
    """Each literal in all cases of the inputs, one bit a case."""
    cases = list(product([0, 1], repeat=graph.n_inputs))
    columns = zip(*cases, strict=True)
    words = [sum(bit << c for c, bit in enumerate(column)) for column in columns]
    return simulate(graph, words, width=len(cases)), len(cases)


def is_right(graph: AndGraph, literals: list[int], form: Linear) -> bool:
    """Whether the form is what the literals count, in every case of the inputs."""
    known, n_cases = values(graph)
    for case in range(n_cases):
        counted = sum((known[a] >> case & 1) << power for power, a in enumerate(literals))
        terms = sum(c * (known[2 * v] >> case & 1) for v, c in form.terms.items())
        if (counted - form.constant - terms) % form.modulus:
            return False
    return True


def popcount(graph: AndGraph, rng: np.random.Generator, columns: list[list[int]]) -> list[int]:
    """Columns of literals, added by half and full adders in a random order, carries kept."""
    sums = []
    columns = [list(column) for column in columns]
    while any(columns):
        column = columns.pop(0)
        carries = columns[0] if columns else []
        while len(column) > 1:
            rng.shuffle(column)
            size = int(rng.integers(2, 4))
            taken, column = column[:size], column[size:]
            sum_, carry = (PARITY, MAJORITY) if len(taken) == 3 else (XOR, AND)
            column.append(graph.function(sum_, taken))
            carries.append(graph.function(carry, taken))
        sums.append(column[0] if column else 0)
        if carries and not columns:
            columns = [carries]
    return sums


@given(st.integers(0, 2**32), st.integers(2, 9), st.integers(1, 3))
def test_adders_are_taken_apart_to_their_inputs(seed: int, n: int, n_columns: int) -> None:
    rng = np.random.default_rng(seed)
    graph = AndGraph(n)
    literals = [2 * v + int(rng.integers(2)) for v in range(1, n + 1)]
    place = rng.integers(0, n_columns, n).tolist()
    columns = [
        [a for a, p in zip(literals, place, strict=True) if p == c] for c in range(n_columns)
    ]
    sums = popcount(graph, rng, columns)
    form = linear(graph, sums)
    assert is_right(graph, sums, form)
    assert set(form.terms) <= set(range(1, n + 1))


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 20), st.integers(1, 4))
def test_whatever_gates_there_are_the_form_is_what_they_count(
    seed: int, n: int, n_gates: int, width: int
) -> None:
    rng = np.random.default_rng(seed)
    graph = AndGraph(n)
    literals = [0, *(2 * v for v in range(1, n + 1))]
    for _ in range(n_gates):
        a, b = (int(rng.choice(literals)) ^ int(rng.integers(2)) for _ in range(2))
        literals.append(graph.function(int(rng.choice([XOR, AND])), [a, b]))
    outputs = [int(rng.choice(literals)) ^ int(rng.integers(2)) for _ in range(width)]
    assert is_right(graph, outputs, linear(graph, outputs))


@pytest.mark.parametrize("wrong", [MAJORITY ^ 1, MAJORITY ^ 1 << 7, PARITY, 0b11100000])
def test_a_wrong_carry_is_no_adder(wrong: int) -> None:
    graph = AndGraph(3)
    literals = [graph.function(PARITY, [2, 4, 6]), graph.function(wrong, [2, 4, 6])]
    form = linear(graph, literals)
    assert is_right(graph, literals, form)
    assert form != Linear(0, {1: 1, 2: 1, 3: 1}, 4)


def counted_to_seven(top: int) -> tuple[AndGraph, list[int]]:
    """A count of seven bits, of whose pairs of twos at most one is two ones; `top` is of these."""
    graph = AndGraph(7)

    def add(*bits: int) -> tuple[int, int]:
        tables = (XOR, AND) if len(bits) == 2 else (PARITY, MAJORITY)
        sum_, carry = (graph.function(table, list(bits)) for table in tables)
        return sum_, carry

    (first, p), (second, q) = add(2, 4, 6), add(8, 10, 12)
    third, r = add(first, second)
    ones, z = add(third, 14)
    (left, fours), (right, more) = add(p, q), add(r, z)
    twos, last = add(left, right)
    return graph, [ones, twos, graph.function(top, [fours, more, last])]


def test_a_limit_leaves_out_cases_of_more() -> None:
    graph, literals = counted_to_seven(0b11111110)  # where two of three fours would be eight
    right = Linear(0, dict.fromkeys(range(1, 8), 1), 8)
    assert is_right(graph, literals, right)
    assert linear(graph, literals, limit=7) == right
    for limit in (None, 6, 8):  # 8 would allow them, 6 is not kept
        assert linear(graph, literals, limit=limit) != right


@given(st.integers(0, 2**32), st.integers(2, 8), st.integers(0, 12))
def test_a_limit_never_makes_a_form_wrong(seed: int, n: int, limit: int) -> None:
    """Whatever one gate of a count became, and whatever the limit."""
    rng = np.random.default_rng(seed)
    graph = AndGraph(n)
    sums = popcount(graph, rng, [[2 * v for v in range(1, n + 1)]])
    damaged = damaged_graph(graph, rng)
    assert is_right(damaged, sums, linear(damaged, sums, limit=limit))


def damaged_graph(graph: AndGraph, rng: np.random.Generator) -> AndGraph:
    """With a literal of one AND inverted, which has the same number as before."""
    ands = list(graph.ands)
    place = int(rng.integers(len(ands)))
    a, b = ands[place]
    ands[place] = (a ^ 1, b)
    damaged = AndGraph(graph.n_inputs)
    damaged.ands.extend(ands)
    return damaged
