"""What a gate's points weigh, summed by source and by the values of the gate's other inputs. Numba.

All of this is over d(n), the weights, of the points that matter: for each source the sums of d over
the points where it is 1, one for each context, which is what the other inputs are. The sources'
bits are transposed once for a gate, so that a word has 64 sources of one point, and the points are
sorted by context for each input. Then a point costs an addition for each vector of sources, however
many contexts there are.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from connective.evaluation.vector import WORDS, add_where, splat, store, transpose, vectors
from train.refinement.kernels import Scratch
from train.refinement.state import Points

LANES = 16  # float32 of a vector
PANEL = 64  # sources, a bit each
TILE = 64 * WORDS  # points that are transposed together
RUN = 4096  # weights that are summed as float32 before they are added to a float64


@njit(nogil=True, cache=True)
def place_of(busy: int) -> int:
    """Where the first point of a busy word lies, and the others each WORDS further."""
    return busy // WORDS * TILE + busy % WORDS


@njit(nogil=True, cache=True)
def transpose_sources(
    points: Points, scratch: Scratch, n_busy: int, sources: NDArray[np.int64]
) -> None:
    """Fill scratch.panel with the bits of the sources at the points that matter."""
    value, busy = points.value, scratch.busy
    tile = vectors(64, value)
    for panel in range(-(-len(sources) // (2 * PANEL)) * 2):
        first = panel * PANEL
        here = min(len(sources) - first, PANEL)
        if here <= 0:
            scratch.panel[panel, : -(-n_busy // WORDS) * TILE] = 0
            break
        tile[WORDS * here :] = 0
        for group in range(-(-n_busy // WORDS)):
            start = group * WORDS
            words = min(WORDS, n_busy - start)
            for s in range(here):
                its = value[sources[first + s]]
                for w in range(words):
                    tile[WORDS * s + w] = its[busy[start + w]]
            row = scratch.panel[panel, group * TILE : (group + 1) * TILE]
            row[:] = tile
            transpose(row, 0)


@njit(nogil=True, cache=True)
def sort_by_context(
    points: Points,
    scratch: Scratch,
    n_busy: int,
    fanin: NDArray[np.int32],
    pin: int,
    ends: NDArray[np.int64],
    total: NDArray[np.float64],
) -> None:
    """Fill scratch.order with the places of points by what the inputs but `pin` are.

    ends: (contexts + 1,) where each context's points end, from the second on; total: (contexts,)
    the sums of their weights
    """
    k = len(fanin)
    weight, context = scratch.weight, scratch.context
    count = np.zeros(len(total), dtype=np.int64)
    word = np.empty(k, dtype=np.uint64)
    total[:] = 0
    for i in range(n_busy):
        others = 0
        for j in range(k):
            if j != pin:
                word[others] = points.value[fanin[j], scratch.busy[i]]
                others += 1
        place = place_of(i)
        for bit in range(64):
            c = np.uint64(0)
            for j in range(others):
                c |= (word[j] >> np.uint64(bit) & np.uint64(1)) << np.uint64(j)
            context[place] = c
            if weight[place]:
                count[c] += 1
                total[c] += weight[place]
            place += WORDS
    ends[0] = 0
    ends[1:] = np.cumsum(count)
    free = ends[:-1].copy()
    for place in range(place_of(n_busy - 1) // TILE * TILE + TILE):
        if weight[place]:
            c = context[place]
            scratch.order[free[c]] = place
            free[c] += 1


@njit(nogil=True, cache=True)
def sum_by_source(scratch: Scratch, n_sources: int, ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sums of d where each source is 1, (sources, contexts); points are in `ends` order."""
    sums = scratch.sums
    for panel in range(0, -(-n_sources // PANEL), 2):
        rows = sums[panel * PANEL : (panel + 2) * PANEL]
        rows[:] = 0
        for c in range(len(ends) - 1):
            for start in range(ends[c], ends[c + 1], RUN):
                _sum_run(scratch, panel, start, min(start + RUN, ends[c + 1]))
                for s in range(2 * PANEL):
                    rows[s, c] += scratch.lane[s]
    return sums[:n_sources]


@njit(nogil=True, cache=True)
def _sum_run(scratch: Scratch, panel: int, start: int, stop: int) -> None:
    """Fill scratch.lane with the sums of d where each source of two panels is 1, over a run."""
    order, weight, lane = scratch.order, scratch.weight, scratch.lane
    low, high = scratch.panel[panel], scratch.panel[panel + 1]
    a = b = c = d = e = f = g = h = splat(np.float32(0))
    for n in range(np.uint64(start), np.uint64(stop)):
        place = np.uint32(order[n])
        x = splat(weight[place])
        word = low[place]
        a, b = add_where(a, word, 0, x), add_where(b, word, LANES, x)
        c, d = add_where(c, word, 2 * LANES, x), add_where(d, word, 3 * LANES, x)
        word = high[place]
        e, f = add_where(e, word, 0, x), add_where(f, word, LANES, x)
        g, h = add_where(g, word, 2 * LANES, x), add_where(h, word, 3 * LANES, x)
    store(lane, 0, a)
    store(lane, LANES, b)
    store(lane, 2 * LANES, c)
    store(lane, 3 * LANES, d)
    store(lane, 4 * LANES, e)
    store(lane, 5 * LANES, f)
    store(lane, 6 * LANES, g)
    store(lane, 7 * LANES, h)
