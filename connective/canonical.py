"""The one way in which a gate is written down: it reads only what its table depends on."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK_GATES = 1 << 15  # bounds the memory of truth tables as bits and indices


def table_bits(table: NDArray[np.uint64], k: int) -> NDArray[np.bool_]:
    """Truth tables as rows of bits, (gates, 2^k): column m is the output where x_j = bit j of m."""
    minterms = np.arange(2**k, dtype=np.uint64)
    return (table[:, None] >> minterms & np.uint64(1)).astype(bool)


def table_words(bits: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """The inverse of `table_bits`: (gates, 2^k) bits to (gates,) integers."""
    minterms = np.arange(bits.shape[1], dtype=np.uint64)
    words: NDArray[np.uint64] = np.bitwise_or.reduce(bits.astype(np.uint64) << minterms, axis=1)
    return words


def canonicalize(
    fanin: ArrayLike, table: ArrayLike
) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """Rewrite gates (gates, k) so that each reads only the nodes on which its table depends.

    The inputs keep their order; a gate that needs fewer than k repeats its last one, and its table
    does not depend on the repeats. A constant reads node 0 k times.
    """
    fanin, table = np.asarray(fanin, dtype=np.uint32), np.asarray(table, dtype=np.uint64)
    reads, tables = np.empty_like(fanin), np.empty_like(table)
    for start in range(0, len(table), BLOCK_GATES):
        block = slice(start, start + BLOCK_GATES)
        reads[block], tables[block] = _canonicalize_block(fanin[block], table[block])
    return reads, tables


def _canonicalize_block(
    fanin: NDArray[np.uint32], table: NDArray[np.uint64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    k = fanin.shape[1]
    minterms = np.arange(2**k)
    bits = table_bits(table, k)

    for first in range(k):  # where two inputs are one node, the second decides nothing
        for second in range(first + 1, k):
            followed = minterms & ~(1 << second) | (minterms >> first & 1) << second
            same = (fanin[:, first] == fanin[:, second])[:, None]
            bits = np.where(same, bits[:, followed], bits)

    read = np.stack([(bits != bits[:, minterms ^ 1 << j]).any(axis=1) for j in range(k)], axis=1)
    order = np.argsort(~read, axis=1, kind="stable")  # (gates, k): inputs that are read come first
    new_bit = minterms[None, :, None] >> np.arange(k) & 1  # (1, minterms, k)
    old_minterms = (new_bit << order[:, None, :]).sum(axis=2)
    bits = np.take_along_axis(bits, old_minterms, axis=1)

    n_read = read.sum(axis=1)
    slot = np.minimum(np.arange(k), np.maximum(n_read - 1, 0)[:, None])
    fanin = np.take_along_axis(np.take_along_axis(fanin, order, axis=1), slot, axis=1)
    fanin = np.where(n_read[:, None] == 0, np.uint32(0), fanin)
    return fanin.astype(np.uint32), table_words(bits)
