"""The best table and wires of one gate while all others stay: an exact choice, not a guess. Numba.

What a gate gives is a bit a point, so all that matters of it is for which points it is 1. Let d(n)
be the loss of point n where the bit is 1, less that where it is 0; it does not depend on the gate's
own table and wires. A table is 1 for the points whose inputs are some m, so the loss is a constant
plus Σ_m table(m) S(m), where S(m) is the sum of d over those points. One pass over the points a
source gives the S of that source in the place of an input, and with it the loss of each of the
2^(2^k) tables: they are independent choices of a bit for each m.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from connective.evaluation.vector import WORDS
from train.refinement.kernels import Scratch, forget, loss_changes, reach
from train.refinement.random import below, uniform
from train.refinement.state import Circuit, Points
from train.refinement.sums import place_of, sort_by_context, sum_by_source, transpose_sources
from train.refinement.tables import full, wire

OFFERED = 1024  # sources of a wider layer that an input is offered at a time
NEGLIGIBLE = 1e-3  # of the greatest: a word of points that move the loss less is left out


@njit(nogil=True, cache=True)
def choose(
    circuit: Circuit,
    points: Points,
    scratch: Scratch,
    gate: int,
    temperature: float,
    price: float,
    seed: NDArray[np.uint64],
    fanin: NDArray[np.int32],
) -> np.uint64:
    """A table for a gate, and what it then reads, into `fanin`; one input after another.

    They are drawn with the probability exp(−loss / temperature), so the best where it is 0. The
    temperature and the price of a gate are in the sum of all points' losses.
    """
    k = len(fanin)
    fanin[:] = circuit.fanin[gate]
    table = circuit.table[gate]
    n_busy = _weigh(circuit, points, scratch, gate)
    if n_busy == 0:
        return table
    sources = _offer(circuit, gate, seed)
    transpose_sources(points, scratch, n_busy, sources)
    total = np.empty(1 << (k - 1))
    ends = np.empty(len(total) + 1, dtype=np.int64)
    first = below(seed, k)
    for turn in range(k):
        pin = (first + turn) % k
        sort_by_context(points, scratch, n_busy, fanin, pin, ends, total)
        sums = sum_by_source(scratch, len(sources), ends)
        chosen, table = _draw(sums, total, pin, temperature, price, seed)
        fanin[pin] = sources[chosen]
    return table


@njit(nogil=True, cache=True)
def _offer(circuit: Circuit, gate: int, seed: NDArray[np.uint64]) -> NDArray[np.int64]:
    """All sources, or some at equal distances and those that the gate reads."""
    start, end = circuit.source_start[gate], circuit.source_end[gate]
    step = -(-(end - start) // OFFERED)
    first = start + below(seed, step)
    offered = np.arange(first, end, step)
    for source in np.unique(circuit.fanin[gate]):
        if (source - first) % step:
            offered = np.append(offered, source)
    return offered


@njit(nogil=True, cache=True)
def _weigh(circuit: Circuit, points: Points, scratch: Scratch, gate: int) -> int:
    """Put d of the points that matter side by side; how many words they fill."""
    k = circuit.fanin.shape[1]
    n_inputs = len(circuit.first) - len(circuit.table)
    inverse = circuit.table[gate] ^ full(k)
    size = reach(circuit, points, gate, circuit.fanin[gate], inverse, scratch)
    if size < 0:
        forget(circuit, scratch, len(scratch.cone))
        return 0
    loss_changes(circuit, points, scratch, size, False)
    forget(circuit, scratch, size)
    return _compress(points.value[n_inputs + gate], scratch)


@njit(nogil=True, cache=True, fastmath=True)
def _compress(value: NDArray[np.uint64], scratch: Scratch) -> int:
    change, weight = scratch.change, scratch.weight
    greatest = np.float32(0)
    for n in range(len(change)):
        greatest = max(greatest, abs(change[n]))
    limit = np.float32(NEGLIGIBLE) * greatest
    n_busy = 0
    for w in range(len(value)):
        start = np.uint64(64 * w)
        greatest = np.float32(0)
        for bit in range(64):
            greatest = max(greatest, abs(change[start + np.uint64(bit)]))
        if greatest <= limit:
            continue
        place = place_of(n_busy)
        for bit in range(64):
            one = np.float32(value[w] >> np.uint64(bit) & np.uint64(1))
            weight[place] = change[start + np.uint64(bit)] * (1 - 2 * one)
            place += WORDS
        scratch.busy[n_busy] = w
        n_busy += 1
    for unused in range(n_busy, -(-n_busy // WORDS) * WORDS):
        weight[place_of(unused) :: WORDS][:64] = 0
    return n_busy


@njit(nogil=True, cache=True)
def _draw(
    sums: NDArray[np.float64],
    total: NDArray[np.float64],
    pin: int,
    temperature: float,
    price: float,
    seed: NDArray[np.uint64],
) -> tuple[int, np.uint64]:
    """A source, by its place, and a table, from the sums of d; of equals, any."""
    n_sources = len(sums)
    best, chosen = -np.inf, 0
    offset = below(seed, n_sources)
    for i in range(n_sources):
        s = (i + offset) % n_sources
        gain = 0.0
        for c in range(len(total)):
            gain += _softplus(-sums[s, c], temperature)
            gain += _softplus(sums[s, c] - total[c], temperature)
        if temperature > 0:
            gain -= temperature * np.log(
                -np.log(uniform(seed))
            )  # of the greatest, one in proportion
        if gain > best:
            best, chosen = gain, s
    table = np.uint64(0)
    for c in range(len(total)):
        low = c & ((1 << pin) - 1)
        for x in range(2):
            d = sums[chosen, c] if x else total[c] - sums[chosen, c]
            if temperature > 0:
                u = uniform(seed)
                d -= temperature * np.log(u / (1 - u))
            if d < 0:
                table |= np.uint64(1) << np.uint64((c ^ low) << 1 | x << pin | low)
    if price > 0:
        gain, source, free = _best_wire(sums, total, pin)
        if gain >= best - price:
            return source, free
    return chosen, table


@njit(nogil=True, cache=True)
def _softplus(x: float, temperature: float) -> float:
    """temperature · log(1 + exp(x / temperature)); max(x, 0) where it is 0."""
    if temperature == 0 or abs(x) > 30 * temperature:
        return max(x, 0.0)
    return max(x, 0.0) + temperature * np.log1p(np.exp(-abs(x) / temperature))


@njit(nogil=True, cache=True)
def _best_wire(
    sums: NDArray[np.float64], total: NDArray[np.float64], pin: int
) -> tuple[float, int, np.uint64]:
    """The best table that is no gate: its gain, and the place of the source that it may read."""
    k = 1 + int(np.log2(len(total)))
    everything = total.sum()
    best, source, table = max(0.0, -everything), 0, np.uint64(0)
    if everything < 0:
        table = full(k)
    for j in range(k):
        for s in range(len(sums) if j == pin else 1):
            ones = 0.0
            for c in range(len(total)):
                if j == pin:
                    ones += sums[s, c]
                elif c >> (j if j < pin else j - 1) & 1:
                    ones += total[c]
            for inverted in range(2):
                gain = ones - everything if inverted else -ones
                if gain > best:
                    best, source, table = gain, s, wire(k, j, inverted == 1)
    return best, source, table
