"""Bit-sliced evaluation: 64 samples a word, and no compilation for a network."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

BLOCK_SAMPLES = 1 << 14  # bounds the memory of encoded samples, whatever the size of a data set
BLOCK_WORDS = 16  # words of a node that one thread works on: 2×8000 gates stay in the second cache


def pack(bits: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Bit-slice (rows, samples) into (rows, words): sample 64·w + i is bit i of word w."""
    rows, samples = bits.shape
    words = -(-samples // 64)
    packed = np.zeros((rows, words * 8), dtype=np.uint8)
    octets = np.packbits(bits, axis=1, bitorder="little")
    packed[:, : octets.shape[1]] = octets
    return packed.view("<u8").astype(np.uint64, copy=False)


def unpack(words: NDArray[np.uint64], n_samples: int) -> NDArray[np.bool_]:
    """The inverse of `pack`: (rows, words) to (rows, n_samples)."""
    octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(octets, axis=1, count=n_samples, bitorder="little").view(bool)


def in_blocks(
    function: Callable[[NDArray[np.integer]], NDArray[T]],
    samples: NDArray[np.integer],
    columns: int,
    dtype: type[T],
) -> NDArray[T]:
    """Apply a function from samples to rows of `columns` block by block, within bounded memory."""
    result = np.empty((len(samples), columns), dtype=dtype)
    for start in range(0, len(samples), BLOCK_SAMPLES):
        block = slice(start, start + BLOCK_SAMPLES)
        result[block] = function(samples[block])
    return result


def output_words(
    packed: NDArray[np.uint64],
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    outputs: NDArray[np.uint32],
) -> NDArray[np.uint64]:
    """Values of the nodes `outputs`, (outputs, words), from bit-sliced inputs (inputs, words)."""
    result: NDArray[np.uint64] = _evaluate(np.ascontiguousarray(packed), fanin, table, outputs)
    return result


@njit(parallel=True, cache=True)
def _evaluate(
    packed: NDArray[np.uint64],
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    outputs: NDArray[np.uint32],
) -> NDArray[np.uint64]:
    """`output_words`, a block of words on each thread."""
    inputs, words = packed.shape
    gates, k = fanin.shape
    result = np.empty((len(outputs), words), dtype=np.uint64)
    for block in prange((words + BLOCK_WORDS - 1) // BLOCK_WORDS):
        start = block * BLOCK_WORDS
        width = min(BLOCK_WORDS, words - start)
        node = np.empty((inputs + gates, BLOCK_WORDS), dtype=np.uint64)
        for i in range(inputs):
            for w in range(width):
                node[i, w] = packed[i, start + w]
        if k == 2:
            _fill_pairs(node, inputs, width, fanin, table)
        else:
            _fill_tables(node, inputs, width, fanin, table)
        for o in range(len(outputs)):
            for w in range(width):
                result[o, start + w] = node[outputs[o], w]
    return result


@njit(cache=True)
def _fill_pairs(
    node: NDArray[np.uint64],
    inputs: int,
    width: int,
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
) -> None:
    """Gates of two inputs: constant ⊕ (a ∧ ka) ⊕ (b ∧ kb) ⊕ (a ∧ b ∧ kab), masks by table."""
    for g in range(len(table)):
        t = table[g]
        t0 = t & np.uint64(1)
        t1 = t >> np.uint64(1) & np.uint64(1)
        t2 = t >> np.uint64(2) & np.uint64(1)
        t3 = t >> np.uint64(3) & np.uint64(1)
        constant = np.uint64(0) - t0
        ka = np.uint64(0) - (t0 ^ t1)
        kb = np.uint64(0) - (t0 ^ t2)
        kab = np.uint64(0) - (t0 ^ t1 ^ t2 ^ t3)
        a = node[fanin[g, 0]]
        b = node[fanin[g, 1]]
        y = node[inputs + g]
        for w in range(width):
            y[w] = constant ^ (a[w] & ka) ^ (b[w] & (kb ^ (a[w] & kab)))


@njit(cache=True)
def _fill_tables(
    node: NDArray[np.uint64],
    inputs: int,
    width: int,
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
) -> None:
    """Gates of any k: the table's bits as words, halved by a multiplexer for each input."""
    gates, k = fanin.shape
    leaf = np.empty(1 << k, dtype=np.uint64)
    for g in range(gates):
        for w in range(width):
            for m in range(1 << k):
                leaf[m] = np.uint64(0) - (table[g] >> np.uint64(m) & np.uint64(1))
            for j in range(k):
                x = node[fanin[g, j], w]
                for m in range(1 << (k - 1 - j)):
                    leaf[m] = leaf[2 * m] ^ ((leaf[2 * m] ^ leaf[2 * m + 1]) & x)
            node[inputs + g, w] = leaf[0]


@njit(parallel=True, cache=True)
def group_sums(
    words: NDArray[np.uint64], weights: NDArray[np.int64], groups: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Weighted sums (samples, classes) of bit-sliced outputs (outputs, words); whole words."""
    n_words = words.shape[1]
    classes = len(groups) - 1
    result = np.zeros((n_words * 64, classes), dtype=np.int64)
    for w in prange(n_words):
        total = np.empty(64, dtype=np.int64)
        for c in range(classes):
            total[:] = 0
            for o in range(groups[c], groups[c + 1]):
                word = words[o, w]
                weight = weights[o]
                for i in range(64):
                    total[i] += weight * np.int64(word >> np.uint64(i) & np.uint64(1))
            for i in range(64):
                result[w * 64 + i, c] = total[i]
    return result


@njit(cache=True)
def levels(n_inputs: int, fanin: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Logic level of each node, (nodes,): 0 for an input, else one above the highest it reads."""
    gates, k = fanin.shape
    level = np.zeros(n_inputs + gates, dtype=np.int64)
    for g in range(gates):
        highest = 0
        for j in range(k):
            highest = max(highest, level[fanin[g, j]])
        level[n_inputs + g] = highest + 1
    return level
