"""The search's inner loops: what a change would cost, and making it. Numba."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from train.refinement.state import Circuit, Points
from train.refinement.tables import depends


class Scratch(NamedTuple):
    """Room for what one thread works on.

    cone: (room,) gates that a change reaches, in their order; word: (room, words) their new values;
    slot: (nodes,) where in the cone a node has changed, or −1; leaf: (2^k,) of a table; shift:
    (classes,) a point's change of score; change: (points,) of its loss
    busy: (words,) those with points that matter
    weight, context: (places,) of these, as transposed in tiles of 512; order: (places,) of those
    with a weight, by context; panel: (panels, places) 64 sources a word; lane: (128,); sums:
    (sources, 2^(k−1))
    """

    cone: NDArray[np.int32]
    word: NDArray[np.uint64]
    slot: NDArray[np.int32]
    leaf: NDArray[np.uint64]
    shift: NDArray[np.int32]
    change: NDArray[np.float32]
    busy: NDArray[np.int32]
    weight: NDArray[np.float32]
    context: NDArray[np.uint8]
    order: NDArray[np.int32]
    panel: NDArray[np.uint64]
    lane: NDArray[np.float32]
    sums: NDArray[np.float64]


@njit(nogil=True, cache=True)
def reach(
    circuit: Circuit,
    points: Points,
    gate: int,
    fanin: NDArray[np.int32],
    table: np.uint64,
    scratch: Scratch,
) -> int:
    """New values of a changed gate and of all that it reaches.

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
            _evaluate(fanin, table, points.value, scratch, row)
        else:
            _evaluate(circuit.fanin[g], circuit.table[g], points.value, scratch, row)
        old = points.value[n_inputs + g]
        changed = False
        for w in range(len(row)):
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
        for w in range(len(row)):
            row[w] = m0 ^ a[w] & ma ^ b[w] & (mb ^ a[w] & mab)
        return
    leaf = scratch.leaf
    for w in range(len(row)):
        for m in range(1 << k):
            leaf[m] = np.uint64(0) - (table >> np.uint64(m) & np.uint64(1))
        for j in range(k):
            place = scratch.slot[fanin[j]]
            x = value[fanin[j], w] if place < 0 else scratch.word[place, w]
            for m in range(1 << (k - 1 - j)):
                leaf[m] = leaf[2 * m] ^ (leaf[2 * m] ^ leaf[2 * m + 1]) & x
        row[w] = leaf[0]


@njit(nogil=True, cache=True)
def loss_changes(
    circuit: Circuit, points: Points, scratch: Scratch, size: int, keep: bool
) -> float:
    """The change of each point's cross-entropy by the values in a cone, and the sum of all.

    With `keep` the scores and totals become those after the change.
    """
    n_inputs = len(circuit.first) - len(circuit.table)
    shift, score, exponential = scratch.shift, points.score, points.exponential
    scratch.change[:] = 0
    outputs = np.empty(size, dtype=np.int64)
    n_outputs = 0
    for i in range(size):
        node = n_inputs + scratch.cone[i]
        if scratch.slot[node] >= 0 and circuit.sum_start[node] < circuit.sum_start[node + 1]:
            outputs[n_outputs] = i
            n_outputs += 1
    if n_outputs == 1 and not keep:
        node = n_inputs + scratch.cone[outputs[0]]
        entry = circuit.sum_start[node]
        if circuit.sum_start[node + 1] == entry + 1:
            was, now = points.value[node], scratch.word[outputs[0]]
            return _one_sum(
                points, was, now, circuit.sum_class[entry], circuit.sum_weight[entry], scratch
            )
    sum_of_changes = 0.0
    for w in range(points.value.shape[1]):
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
                    grown += exponential[score[c, n] + shift[c]] - exponential[score[c, n]]
            change = _log1p(grown / points.total[n]) - shift[points.label[n]] / points.tau
            scratch.change[n] = change
            sum_of_changes += change
            if keep:
                points.total[n] += grown
                for c in range(len(shift)):
                    score[c, n] += shift[c]
    return sum_of_changes


@njit(nogil=True, cache=True)
def _one_sum(
    points: Points,
    was: NDArray[np.uint64],
    now: NDArray[np.uint64],
    c: int,
    weight: int,
    scratch: Scratch,
) -> float:
    """`loss_changes` where one node changes and counts in one class: most cases, in vectors."""
    score, total, label = points.score[c], points.total, points.label
    step = weight / points.tau
    rise, fall = np.expm1(step), np.expm1(-step)
    growth = np.empty(64)
    sum_of_changes = 0.0
    for w in range(len(was)):
        flipped = was[w] ^ now[w]
        if not flipped:
            continue
        start = np.uint64(64 * w)
        for bit in range(64):
            n = start + np.uint64(bit)
            up = now[w] >> np.uint64(bit) & np.uint64(1)
            growth[bit] = points.exponential[score[n]] / total[n] * (rise if up else fall)
        for bit in range(64):
            if flipped >> np.uint64(bit) & np.uint64(1):
                n = start + np.uint64(bit)
                up = now[w] >> np.uint64(bit) & np.uint64(1)
                change = _log1p(growth[bit])
                if label[n] == c:
                    change -= step if up else -step
                scratch.change[n] = change
                sum_of_changes += change
    return sum_of_changes


@njit(nogil=True, cache=True)
def _log1p(x: float) -> float:
    """log(1 + x), for most points a short series: they lie far from any other class."""
    if abs(x) < 0.01:
        return x * (1 - x * (1 / 2 - x * (1 / 3 - x * (1 / 4))))
    return np.log1p(x)


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
