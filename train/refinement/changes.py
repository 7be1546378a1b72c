"""Changes to a circuit: drawing, trying and making them. Numba."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from train.refinement.kernels import (
    Scratch,
    costs,
    count_use,
    depends,
    forget,
    link,
    loss_change,
    reach,
    unlink,
)
from train.refinement.state import Circuit, Points

NEW_TABLE = 0.4  # share of changes to a table alone; the others move a wire, and of those
MOVED_WITH_TABLE = 0.4  # this share changes the table as well
SIMPLER = 0.3  # where gates have a price, share of changes that make one a wire


@njit(nogil=True, cache=True)
def _random(state: NDArray[np.uint64]) -> np.uint64:
    """The next number of splitmix64."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


@njit(nogil=True, cache=True)
def _below(state: NDArray[np.uint64], n: int) -> int:
    return int((_random(state) >> np.uint64(32)) * np.uint64(n) >> np.uint64(32))


@njit(nogil=True, cache=True)
def _uniform(state: NDArray[np.uint64]) -> float:
    return np.float64(_random(state) >> np.uint64(11)) / 9007199254740992.0


@njit(nogil=True, cache=True)
def draw(
    circuit: Circuit, state: NDArray[np.uint64], fanin: NDArray[np.int32], cheaper: bool
) -> tuple[int, np.uint64]:
    """A gate, what it is to read (into `fanin`), and its new table."""
    gates, k = circuit.fanin.shape
    n_inputs = len(circuit.first) - gates
    gate = _below(state, gates)
    for _ in range(8):  # a gate out of use changes nothing
        if circuit.uses[n_inputs + gate]:
            break
        gate = _below(state, gates)
    fanin[:] = circuit.fanin[gate]
    table = circuit.table[gate]
    if cheaper and _uniform(state) < SIMPLER:
        return gate, _wire(k, _below(state, k), _below(state, 2) == 1)
    choice = _uniform(state)
    n_sources = circuit.source_end[gate] - circuit.source_start[gate]
    if choice >= NEW_TABLE and n_sources > 0:
        source = circuit.source_start[gate] + _below(state, n_sources)
        fanin[_below(state, k)] = circuit.sources[source]
        if _uniform(state) >= MOVED_WITH_TABLE:
            return gate, table
    if k <= 2:
        full = np.uint64((1 << (1 << k)) - 1)
        return gate, np.uint64(1 + _below(state, int(full) - 1))
    for _ in range(1 + _below(state, 3)):
        table ^= np.uint64(1) << np.uint64(_below(state, 1 << k))
    return gate, table


@njit(nogil=True, cache=True)
def _wire(k: int, j: int, inverted: bool) -> np.uint64:
    table = np.uint64(0)
    for m in range(1 << k):
        if (m >> j & 1) != inverted:
            table |= np.uint64(1) << np.uint64(m)
    return table


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
def try_changes(
    first: int,
    end: int,
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    seeds: NDArray[np.uint64],
    limit: float,
    price: float,
    gate: NDArray[np.int64],
    fanin: NDArray[np.int32],
    table: NDArray[np.uint64],
    rise: NDArray[np.float64],
) -> None:
    """Draw changes first … end and find what each raises the mean loss by, the price included.

    One that raises it by more than `limit` on an eighth of the points is not tried on the others.
    """
    words = points.value.shape[1]
    part = max(words // 8, 1)
    state = np.empty(1, dtype=np.uint64)
    for i in range(first, end):
        state[0] = seeds[i]
        gate[i], table[i] = draw(circuit, state, fanin[i], price > 0)
        rise[i] = _rise(circuit, points, scratch, gate[i], fanin[i], table[i], part, limit, price)


@njit(nogil=True, cache=True)
def _rise(
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    gate: int,
    fanin: NDArray[np.int32],
    table: np.uint64,
    part: int,
    limit: float,
    price: float,
) -> float:
    words = points.value.shape[1]
    paid = price * gates_more(circuit, gate, fanin, table) if price > 0 else 0.0
    size = reach(circuit, points, gate, fanin, table, scratch, 0, part)
    if size < 0:
        forget(circuit, scratch, len(scratch.cone))
        return np.inf
    change = loss_change(circuit, points, scratch, size, 0, part, False)
    forget(circuit, scratch, size)
    if change / (64 * part) + paid > limit or part == words:
        return change / (64 * part) + paid
    size = reach(circuit, points, gate, fanin, table, scratch, part, words)
    if size < 0:
        forget(circuit, scratch, len(scratch.cone))
        return np.inf
    change += loss_change(circuit, points, scratch, size, part, words, False)
    forget(circuit, scratch, size)
    return change / (64 * words) + paid


@njit(nogil=True, cache=True)
def settle(
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    stack: NDArray[np.int32],
    limit: float,
    price: float,
    gate: NDArray[np.int64],
    fanin: NDArray[np.int32],
    table: NDArray[np.uint64],
    rise: NDArray[np.float64],
    allowed: NDArray[np.float64],
) -> int:
    """Make, in order, the changes that raise the loss by no more than allowed; how many they are.

    After the first that is made, the others are tried again before they are.
    """
    part = max(points.value.shape[1] // 8, 1)
    made = 0
    for i in range(len(gate)):
        if rise[i] > allowed[i]:
            continue
        if made:
            again = _rise(circuit, points, scratch, gate[i], fanin[i], table[i], part, limit, price)
            if again > allowed[i]:
                continue
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
    words = points.value.shape[1]
    size = reach(circuit, points, gate, fanin, table, scratch, 0, words)
    if size < 0:
        forget(circuit, scratch, len(scratch.cone))
        return 0
    loss_change(circuit, points, scratch, size, 0, words, True)
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
