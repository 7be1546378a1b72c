"""Pipeline stages with the fewest register bits: minimum-area retiming, solved as a network flow.

The stage s of each operation is an integer such that an operation comes no earlier than what it
reads, and that the delays on no path within a stage exceed the budget. A net needs registers from
the stage of its driver to that of its last reader. With one more unknown for the last reader of
each net that has several, every constraint is s_j − s_i ≥ c, and the cost is linear: a linear
program whose dual is a flow of least cost (Leiserson and Saxe, Algorithmica 6, 1991). Its optimum
is integral, and the cost of the flow proves that no stages need fewer bits.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from connective.errors import InputError

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataflow:
    """Operations in topological order, and the nets between them.

    Operation 0 is the arrival of a sample, the last its result; both take no time.

    Members
    -------
    delay: (operations,) in the unit of the budget
    driver: (nets,) the operation whose result a net is
    bits: (nets,) that a register of it holds
    net, reader: (reads,) each operation reads each of its nets once, in the order of `reader`
    """

    delay: Integers
    driver: Integers
    bits: Integers
    net: Integers
    reader: Integers

    def earliest(self, budget: int) -> Integers:
        """The stage (operations,) of each operation where it is as early as the budget allows.

        0 is no limit. Raises `InputError` where an operation alone exceeds the budget.
        """
        if budget == 0:
            return np.zeros_like(self.delay)
        if (self.delay > budget).any():
            raise InputError(
                f"an operation takes {self.delay.max()}, more than the {budget} of a stage: allow "
                "stages at least that, or 0 for a single stage"
            )
        return np.asarray(_earliest(self.delay, self.driver[self.net], self.reader, budget))

    def n_stages(self, budget: int) -> int:
        """The fewest stages of which none exceeds the budget, as `earliest` does it."""
        return 1 + int(self.earliest(budget)[-1])

    def register_bits(self, stage: Integers) -> int:
        """Bits of all registers where each operation is in the stage (operations,) given."""
        first = stage[self.driver]
        last = first.copy()
        np.maximum.at(last, self.net, stage[self.reader])
        return int((self.bits * (last - first)).sum())


@dataclass(frozen=True, eq=False)
class Stages:
    """The stage (operations,) of each operation, and a proof of how few registers there can be."""

    stage: Integers
    register_bits: int
    lower_bound: int


def retime(flow: Dataflow, budget: int, n_stages: int) -> Stages:
    """The stages with the fewest register bits, where the result is in the last of `n_stages`.

    There must be as many as `Dataflow.n_stages` of the budget asks for.
    """
    n, source = len(flow.delay), flow.driver[flow.net]
    read_by = np.bincount(flow.net, minlength=len(flow.driver))
    several = np.flatnonzero(read_by > 1)
    last_reader = np.zeros(len(flow.driver), dtype=np.int64)
    last_reader[flow.net] = flow.reader  # right where there is one
    last_reader[several] = n + np.arange(len(several))
    is_read = read_by > 0

    shared = read_by[flow.net] > 1
    late = _late(flow.delay, source, flow.reader, budget)
    everything, result = np.arange(1, n), n - 1
    arcs = [
        (source, flow.reader, 0),
        (flow.reader[shared], last_reader[flow.net[shared]], 0),
        (late[:, 0], late[:, 1], 1),
        (np.zeros(n - 1, dtype=np.int64), everything, 0),
        (np.array([0]), np.array([result]), n_stages - 1),
        (np.array([result]), np.array([0]), 1 - n_stages),
    ]
    tail, head = (np.concatenate([arc[end] for arc in arcs]) for end in (0, 1))
    least = np.concatenate([np.full(len(arc[0]), arc[2]) for arc in arcs])

    cost = np.zeros(n + len(several), dtype=np.int64)
    np.subtract.at(cost, flow.driver[is_read], flow.bits[is_read])
    np.add.at(cost, last_reader[is_read], flow.bits[is_read])
    solver = min_cost_flow.SimpleMinCostFlow()
    arc_ids = solver.add_arcs_with_capacity_and_unit_cost(
        tail, head, np.full(len(tail), max(int(np.abs(cost).sum()), 1)), -least
    )
    solver.set_nodes_supplies(np.arange(len(cost)), -cost)
    status = solver.solve()
    assert status == solver.OPTIMAL, f"the flow of the retiming ended as {status}"

    # An optimal solution meets every constraint, and those that carry flow with equality.
    carries = np.asarray(solver.flows(arc_ids)) > 0
    stage = _least_solution(
        len(cost),
        np.concatenate([tail, head[carries]]),
        np.concatenate([head, tail[carries]]),
        np.concatenate([least, -least[carries]]),
    )
    stage = stage[:n] - stage[0]
    return Stages(stage, flow.register_bits(stage), -solver.optimal_cost())


@njit(cache=True)
def _earliest(delay: Integers, source: Integers, reader: Integers, budget: int) -> Integers:
    stage, time = np.zeros_like(delay), np.zeros_like(delay)
    read = 0
    for op in range(len(delay)):
        while read < len(reader) and reader[read] == op:
            other = source[read]
            if stage[other] > stage[op]:
                stage[op], time[op] = stage[other], time[other]
            elif stage[other] == stage[op]:
                time[op] = max(time[op], time[other])
            read += 1
        time[op] += delay[op]
        if time[op] > budget:
            stage[op], time[op] = stage[op] + 1, delay[op]
    return stage


@njit(cache=True)
def _late(delay: Integers, source: Integers, reader: Integers, budget: int) -> Integers:
    """Pairs (pairs, 2) of operations that cannot be in one stage, since a path exceeds the budget.

    Paths are followed from each operation only as far as they do, which is enough: what comes
    after is no earlier.
    """
    n = len(delay)
    pairs, count = np.empty((len(reader) + 1, 2), dtype=np.int64), 0
    if budget == 0:
        return pairs[:0]
    offsets = np.zeros(n + 1, dtype=np.int64)
    for other in source:
        offsets[other + 1] += 1
    offsets = np.cumsum(offsets)
    place, successor = offsets.copy(), np.empty(len(reader), dtype=np.int64)
    for read in range(len(reader)):
        successor[place[source[read]]] = reader[read]
        place[source[read]] += 1

    longest, seen = np.zeros(n, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    for first in range(1, n):
        stack = [first]
        longest[first], seen[first] = delay[first], first
        while stack:
            op = stack.pop()
            for other in successor[offsets[op] : offsets[op + 1]]:
                if seen[other] != first:
                    seen[other], longest[other] = first, 0
                length = longest[op] + delay[other]
                if longest[other] > budget or length <= longest[other]:
                    continue
                longest[other] = length
                if length <= budget:
                    stack.append(other)
                    continue
                if count == len(pairs):
                    grown = np.empty((2 * count, 2), dtype=np.int64)
                    grown[:count] = pairs
                    pairs = grown
                pairs[count, 0], pairs[count, 1] = first, other
                count += 1
    return pairs[:count]


@njit(cache=True)
def _least_solution(n: int, tail: Integers, head: Integers, least: Integers) -> Integers:
    """The least s (n,) of 0 or more with s[head] − s[tail] ≥ least."""
    s = np.zeros(n, dtype=np.int64)
    changed = True
    while changed:
        changed = False
        for arc in range(len(tail)):
            bound = s[tail[arc]] + least[arc]
            if bound > s[head[arc]]:
                s[head[arc]] = bound
                changed = True
    return s
