"""Changes to a circuit: what they would cost, and making them. Numba."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from train.refinement.coordinates import choose
from train.refinement.kernels import Scratch, count_use, forget, link, loss_changes, reach, unlink
from train.refinement.random import uniform
from train.refinement.state import Circuit, Points
from train.refinement.tables import costs, depends


@njit(nogil=True, cache=True)
def gates_more(circuit: Circuit, gate: int, fanin: NDArray[np.int32], table: np.uint64) -> int:
    """How many gates in use a change adds, what further follows from gates out of use left out."""
    k = circuit.fanin.shape[1]
    n_inputs = len(circuit.first) - len(circuit.table)
    if not circuit.uses[n_inputs + gate]:
        return 0
    more = costs(table, k) - costs(circuit.table[gate], k)
    for j in range(k):
        old, new = circuit.fanin[gate, j], fanin[j]
        reads_old, reads_new = depends(circuit.table[gate], k, j), depends(table, k, j)
        if (
            reads_old
            and old >= n_inputs
            and circuit.uses[old] == 1
            and not (reads_new and old == new)
        ):
            more -= costs(circuit.table[old - n_inputs], k)
        if reads_new and new >= n_inputs and circuit.uses[new] == 0:
            more += costs(circuit.table[new - n_inputs], k)
    return more


@njit(nogil=True, cache=True)
def propose(
    first: int,
    end: int,
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    temperature: float,
    price: float,
    gate: NDArray[np.int64],
    seeds: NDArray[np.uint64],
    fanin: NDArray[np.int32],
    table: NDArray[np.uint64],
    rise: NDArray[np.float64],
) -> None:
    """Choose tables and wires for gates first … end, and find what each raises the mean loss by.

    The price is in that, and what stays as it is has an infinite rise. Temperature and price are in
    the mean loss.
    """
    n = len(points.label)
    seed = np.empty(1, dtype=np.uint64)
    for i in range(first, end):
        g = gate[i]
        seed[0] = seeds[i]
        rise[i] = np.inf
        table[i] = choose(circuit, points, scratch, g, n * temperature, n * price, seed, fanin[i])
        if table[i] != circuit.table[g] or (fanin[i] != circuit.fanin[g]).any():
            rise[i] = _rise(circuit, points, scratch, g, fanin[i], table[i], price)


@njit(nogil=True, cache=True)
def _rise(
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    gate: int,
    fanin: NDArray[np.int32],
    table: np.uint64,
    price: float,
) -> float:
    paid = price * gates_more(circuit, gate, fanin, table) if price > 0 else 0.0
    size = reach(circuit, points, gate, fanin, table, scratch)
    if size < 0:
        forget(circuit, scratch, len(scratch.cone))
        return np.inf
    change = loss_changes(circuit, points, scratch, size, False)
    forget(circuit, scratch, size)
    return change / len(points.label) + paid


@njit(nogil=True, cache=True)
def settle(
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    stack: NDArray[np.int32],
    temperature: float,
    price: float,
    gate: NDArray[np.int64],
    seeds: NDArray[np.uint64],
    fanin: NDArray[np.int32],
    table: NDArray[np.uint64],
    rise: NDArray[np.float64],
) -> int:
    """Make, in order, the changes that were proposed; how many they are.

    One that was drawn at a temperature may raise the loss as it was said to. What it raises it by
    more, since others were made, decides by chance.
    """
    made = 0
    for i in range(len(gate)):
        if rise[i] == np.inf:
            continue
        limit = 0.0
        if temperature > 0:
            limit = max(rise[i], 0.0) - temperature * np.log(uniform(seeds[i : i + 1]))
        if made:
            rise[i] = _rise(circuit, points, scratch, gate[i], fanin[i], table[i], price)
        if rise[i] <= limit:
            made += _make(circuit, points, scratch, stack, gate[i], fanin[i], table[i])
    return made


@njit(nogil=True, cache=True)
def _make(
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    stack: NDArray[np.int32],
    gate: int,
    fanin: NDArray[np.int32],
    table: np.uint64,
) -> int:
    k = circuit.fanin.shape[1]
    n_inputs = len(circuit.first) - len(circuit.table)
    size = reach(circuit, points, gate, fanin, table, scratch)
    if size < 0:
        forget(circuit, scratch, len(scratch.cone))
        return 0
    loss_changes(circuit, points, scratch, size, True)
    for i in range(size):
        node = n_inputs + scratch.cone[i]
        if scratch.slot[node] >= 0:
            points.value[node] = scratch.word[i]
    forget(circuit, scratch, size)
    used = circuit.uses[n_inputs + gate] > 0
    for j in range(k):
        if depends(circuit.table[gate], k, j):
            unlink(circuit, gate * k + j, circuit.fanin[gate, j])
            if used:
                count_use(circuit, circuit.fanin[gate, j], -1, stack)
    circuit.fanin[gate] = fanin
    circuit.table[gate] = table
    for j in range(k):
        if depends(table, k, j):
            link(circuit, gate * k + j, fanin[j])
            if used:
                count_use(circuit, fanin[j], 1, stack)
    return 1


@njit(nogil=True, cache=True)
def link_all(circuit: Circuit) -> None:
    """Fill the lists of readers, and count the uses that follow from those of the sums."""
    gates, k = circuit.fanin.shape
    n_inputs = len(circuit.first) - gates
    for gate in range(gates - 1, -1, -1):
        for j in range(k):
            if depends(circuit.table[gate], k, j):
                link(circuit, gate * k + j, circuit.fanin[gate, j])
                if circuit.uses[n_inputs + gate]:
                    circuit.uses[circuit.fanin[gate, j]] += 1
