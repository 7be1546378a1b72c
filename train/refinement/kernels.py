"""The search's inner loops: what a change would cost, and making it. Numba."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from train.refinement.state import Circuit, Points

FULL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Scratch(NamedTuple):
    """Room for the gates that a change reaches, for one thread.

    cone: (room,) gates in their order; word: (room, words) their new values; slot: (nodes,) where
    in the cone a node has changed, or −1; shift: (classes,) a point's change of score
    """

    cone: NDArray[np.int32]
    word: NDArray[np.uint64]
    slot: NDArray[np.int32]
    leaf: NDArray[np.uint64]
    shift: NDArray[np.int32]


@njit(nogil=True, cache=True)
def depends(table: np.uint64, k: int, j: int) -> bool:
    """Whether a table of k inputs depends on input j."""
    for m in range(1 << k):
        if not m >> j & 1:
            other = m | 1 << j
            if (table >> np.uint64(m) ^ table >> np.uint64(other)) & np.uint64(1):
                return True
    return False


@njit(nogil=True, cache=True)
def reach(
    circuit: Circuit,
    points: Points,
    gate: int,
    fanin: NDArray[np.int32],
    table: np.uint64,
    scratch: Scratch,
    start: int,
    stop: int,
) -> int:
    """New values, in words start … stop, of a changed gate and of all that it reaches.

    Returns how many gates the cone has, or −1 where there is no room; those whose values differ
    have a slot.
    """
    k = circuit.fanin.shape[1]
    n_inputs = len(circuit.first) - len(circuit.table)
    cone, word, slot = scratch.cone, scratch.word, scratch.slot
    cone[0] = gate
    size = 1
    index = 0
    while index < size:
        g = cone[index]
        row = word[index]
        if g == gate:
            _evaluate(fanin, table, points.value, scratch, row, start, stop)
        else:
            _evaluate(circuit.fanin[g], circuit.table[g], points.value, scratch, row, start, stop)
        old = points.value[n_inputs + g]
        changed = False
        for w in range(start, stop):
            if row[w] != old[w]:
                changed = True
                break
        if changed:
            slot[n_inputs + g] = index
            pin = circuit.first[n_inputs + g]
            while pin >= 0:
                reader = pin // k
                place = size
                while place > index and cone[place - 1] > reader:
                    place -= 1
                if cone[place - 1] != reader:
                    if size == len(cone):
                        return -1
                    for i in range(size, place, -1):
                        cone[i] = cone[i - 1]
                    cone[place] = reader
                    size += 1
                pin = circuit.after[pin]
        index += 1
    return size


@njit(nogil=True, cache=True)
def forget(circuit: Circuit, scratch: Scratch, size: int) -> None:
    """Clear the slots of a cone."""
    n_inputs = len(circuit.first) - len(circuit.table)
    for i in range(size):
        scratch.slot[n_inputs + scratch.cone[i]] = -1


@njit(nogil=True, cache=True)
def _evaluate(
    fanin: NDArray[np.int32],
    table: np.uint64,
    value: NDArray[np.uint64],
    scratch: Scratch,
    row: NDArray[np.uint64],
    start: int,
    stop: int,
) -> None:
    """A gate's values where nodes with a slot have their new ones."""
    k = len(fanin)
    if k == 2:
        a = value[fanin[0]] if scratch.slot[fanin[0]] < 0 else scratch.word[scratch.slot[fanin[0]]]
        b = value[fanin[1]] if scratch.slot[fanin[1]] < 0 else scratch.word[scratch.slot[fanin[1]]]
        one = np.uint64(1)
        t0, t1 = table & one, table >> one & one
        t2, t3 = table >> np.uint64(2) & one, table >> np.uint64(3) & one
        zero = np.uint64(0)
        m0, ma, mb = zero - t0, zero - (t0 ^ t1), zero - (t0 ^ t2)
        mab = zero - (t0 ^ t1 ^ t2 ^ t3)
        for w in range(start, stop):
            row[w] = m0 ^ a[w] & ma ^ b[w] & (mb ^ a[w] & mab)
        return
    leaf = scratch.leaf
    for w in range(start, stop):
        for m in range(1 << k):
            leaf[m] = np.uint64(0) - (table >> np.uint64(m) & np.uint64(1))
        for j in range(k):
            place = scratch.slot[fanin[j]]
            x = value[fanin[j], w] if place < 0 else scratch.word[place, w]
            for m in range(1 << (k - 1 - j)):
                leaf[m] = leaf[2 * m] ^ (leaf[2 * m] ^ leaf[2 * m + 1]) & x
        row[w] = leaf[0]


@njit(nogil=True, cache=True)
def loss_change(
    circuit: Circuit, points: Points, scratch: Scratch, size: int, start: int, stop: int, keep: bool
) -> float:
    """The change of the summed cross-entropy on words start … stop by the values in a cone.

    With `keep` the scores and totals become those after the change.
    """
    n_inputs = len(circuit.first) - len(circuit.table)
    shift, score, exponential = scratch.shift, points.score, points.exponential
    outputs = np.empty(size, dtype=np.int64)
    n_outputs = 0
    for i in range(size):
        node = n_inputs + scratch.cone[i]
        if scratch.slot[node] >= 0 and circuit.sum_start[node] < circuit.sum_start[node + 1]:
            outputs[n_outputs] = i
            n_outputs += 1
    change = 0.0
    for w in range(start, stop):
        any_bit = np.uint64(0)
        for o in range(n_outputs):
            i = outputs[o]
            any_bit |= scratch.word[i, w] ^ points.value[n_inputs + scratch.cone[i], w]
        if not any_bit:
            continue
        for bit in range(64):
            if not any_bit >> np.uint64(bit) & np.uint64(1):
                continue
            n = 64 * w + bit
            shift[:] = 0
            for o in range(n_outputs):
                i = outputs[o]
                node = n_inputs + scratch.cone[i]
                now = scratch.word[i, w] >> np.uint64(bit) & np.uint64(1)
                if now != points.value[node, w] >> np.uint64(bit) & np.uint64(1):
                    for entry in range(circuit.sum_start[node], circuit.sum_start[node + 1]):
                        weight = circuit.sum_weight[entry]
                        shift[circuit.sum_class[entry]] += weight if now else -weight
            grown = 0.0
            for c in range(len(shift)):
                if shift[c]:
                    grown += exponential[score[n, c] + shift[c]] - exponential[score[n, c]]
            label = points.label[n]
            change += np.log1p(grown / points.total[n]) - shift[label] / points.tau
            if keep:
                points.total[n] += grown
                for c in range(len(shift)):
                    score[n, c] += shift[c]
    return change


@njit(nogil=True, cache=True)
def link(circuit: Circuit, pin: int, node: int) -> None:
    """Put a pin into the list of those that read a node."""
    head = circuit.first[node]
    circuit.after[pin], circuit.before[pin] = head, -1
    if head >= 0:
        circuit.before[head] = pin
    circuit.first[node] = pin


@njit(nogil=True, cache=True)
def unlink(circuit: Circuit, pin: int, node: int) -> None:
    after, before = circuit.after[pin], circuit.before[pin]
    if before >= 0:
        circuit.after[before] = after
    else:
        circuit.first[node] = after
    if after >= 0:
        circuit.before[after] = before


@njit(nogil=True, cache=True)
def count_use(circuit: Circuit, node: int, more: int, stack: NDArray[np.int32]) -> None:
    """One use of a node more (1) or less (−1), and of what it reads if it comes or goes."""
    k = circuit.fanin.shape[1]
    n_inputs = len(circuit.first) - len(circuit.table)
    stack[0] = node
    size = 1
    while size:
        size -= 1
        node = stack[size]
        circuit.uses[node] += more
        turned = circuit.uses[node] == (1 if more > 0 else 0)
        if node < n_inputs or not turned:
            continue
        g = node - n_inputs
        for j in range(k):
            if depends(circuit.table[g], k, j):
                stack[size] = circuit.fanin[g, j]
                size += 1


@njit(nogil=True, cache=True)
def costs(table: np.uint64, k: int) -> int:
    """1 for a gate of two inputs or more; a constant, a wire or an inverter is free."""
    read = 0
    for j in range(k):
        read += depends(table, k, j)
    return 1 if read > 1 else 0
