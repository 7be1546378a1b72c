"""The pass that merges gates into wider ones, for targets whose cells are wide tables."""

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from connective.canonical import canonicalize
from connective.network import Network
from connective.simplify.literal import literals, nodes
from connective.simplify.step import FATES, Step, selection
from connective.simplify.tables import crop, spread


def widen(network: Network, k: int) -> Step:
    """Merge a gate that nothing but one other gate reads into that gate, up to k inputs.

    Where several can be merged, the one that adds the fewest inputs comes first.
    """
    width = max(k, network.k)
    fanin, table, absorbed = _absorb(
        network.n_inputs, network.fanin, network.table, np.unique(network.outputs), width
    )
    kept = np.append(np.ones(network.n_inputs, dtype=bool), ~absorbed)
    place = selection(network, kept)
    own = literals(np.arange(network.n_nodes))
    fanin, table = canonicalize(nodes(place[fanin[~absorbed]]), table[~absorbed])
    after = replace(
        network,
        fanin=fanin,
        table=table,
        outputs=nodes(place[network.outputs]).astype(np.uint32),
    )
    fate = np.where(kept, FATES.index("kept"), FATES.index("absorbed")).astype(np.uint8)
    return Step(network, after, own, place, own[kept], fate)


@njit(cache=True)
def _absorb(
    n_inputs: int,
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    outputs: NDArray[np.uint32],
    width: int,
) -> tuple[NDArray[np.uint32], NDArray[np.uint64], NDArray[np.bool_]]:
    """Gates of `width` inputs, and which of them were absorbed."""
    gates, k = fanin.shape
    reads = np.zeros((gates, width), dtype=np.uint32)
    n_reads = np.zeros(gates, dtype=np.int64)
    table = table.copy()
    readers = np.zeros(n_inputs + gates, dtype=np.int64)
    for gate in range(gates):
        n = 0
        while n < k and (n == 0 or fanin[gate, n] != fanin[gate, n - 1]):
            reads[gate, n] = fanin[gate, n]
            readers[fanin[gate, n]] += 1
            n += 1
        n_reads[gate] = n
    for node in outputs:
        readers[node] += 2  # it stays
    absorbed = np.zeros(gates, dtype=np.bool_)
    for gate in range(gates):
        while True:
            best, added = -1, width - n_reads[gate] + 2
            for j in range(n_reads[gate]):
                node = np.int64(reads[gate, j])
                if node >= n_inputs and readers[node] == 1:
                    other = node - n_inputs
                    new = _added(reads[gate, : n_reads[gate]], reads[other, : n_reads[other]])
                    if new < added:
                        best, added = j, new
            if best < 0:
                break
            other = np.int64(reads[gate, best]) - n_inputs
            absorbed[other] = True
            n_reads[gate], table[gate] = _compose(
                reads[gate],
                n_reads[gate],
                table[gate],
                best,
                reads[other, : n_reads[other]],
                table[other],
                readers,
            )
        n = n_reads[gate]
        reads[gate, n:] = reads[gate, n - 1]
        table[gate] = crop(spread(crop(table[gate], n), n), width)
    return reads, table, absorbed


@njit(cache=True)
def _added(reads: NDArray[np.uint32], others: NDArray[np.uint32]) -> int:
    """How many of the others are not read as yet."""
    new = 0
    for other in others:
        new += not (reads == other).any()
    return new


@njit(cache=True)
def _compose(
    reads: NDArray[np.uint32],
    n: int,
    table: np.uint64,
    slot: int,
    others: NDArray[np.uint32],
    other_table: np.uint64,
    readers: NDArray[np.int64],
) -> tuple[int, np.uint64]:
    """Put a gate's table in the place of input `slot`; its inputs join `reads` in place."""
    old = reads[:n].copy()
    n -= 1
    for j in range(slot, n):
        reads[j] = reads[j + 1]
    place = np.empty(len(others), dtype=np.int64)
    for i, other in enumerate(others):
        place[i] = n
        for j in range(n):
            if reads[j] == other:
                place[i] = j
                readers[other] -= 1
        if place[i] == n:
            reads[n] = other
            n += 1
    result = np.uint64(0)
    for m in range(1 << n):
        inner = 0
        for i in range(len(others)):
            inner |= (m >> place[i] & 1) << i
        outer = np.int64(other_table >> np.uint64(inner) & np.uint64(1)) << slot
        for j in range(len(old)):
            if j != slot:
                outer |= (m >> (j - (j > slot)) & 1) << j
        result |= (table >> np.uint64(outer) & np.uint64(1)) << np.uint64(m)
    return n, result
