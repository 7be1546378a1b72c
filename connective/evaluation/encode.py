"""From feature words to bit-sliced input bits: transposed in cache, then compared 64 at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from connective.evaluation.kernel import compiled, kernel
from connective.evaluation.vector import (
    BITS,
    WORDS,
    at_least,
    equal,
    interleave_high,
    interleave_low,
    lanes,
    load,
    splat,
    store,
    vectors,
)

GE, EQ, BIT = range(3)
ROUNDS = 6  # 2⁶ samples are transposed at once

Words = NDArray[np.unsignedinteger]


class Rows(NamedTuple):
    """The rows of an encoder, (rows,) each; `value` and `sign` are of the feature words' type.

    A word is compared after its bits `sign` are flipped, which orders signed words as unsigned
    ones; `value` is flipped already. Where the op is `BIT`, `value` is a mask.
    """

    feature: NDArray[np.uint32]
    op: NDArray[np.uint8]
    value: Words
    sign: Words


@kernel
def narrow(
    samples: NDArray[np.integer],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    words: Words,
    first: int,
    end: int,
) -> int:
    """Copy blocks of samples (samples, features) to `words`; how many lie outside low to high."""
    outside = 0
    for s in range(BITS * first, min(BITS * end, len(samples))):
        for f in range(len(low)):
            word = np.int64(samples[s, f])
            outside += (word < low[f]) | (word > high[f])
            words[s, f] = word
    return outside


@kernel
def encode_blocks(
    words: Words, rows: Rows, packed: NDArray[np.uint64], first: int, end: int
) -> None:
    """Write the input bits of blocks `first` to `end` of samples to `packed`, (rows, words)."""
    node = vectors(len(rows.op), packed)
    column, spare = columns(words), vectors(64, words)
    for block in range(first, end):
        encode(words, rows, block, node, column, spare)
        present = min(WORDS, packed.shape[1] - WORDS * block)
        for r in range(len(rows.op)):
            for w in range(present):
                packed[r, WORDS * block + w] = node[WORDS * r + w]


@compiled
def columns(words: Words) -> Words:
    """Scratch for 64 samples, feature by feature."""
    width = lanes(words)
    column: Words = vectors((words.shape[1] + width - 1) // width * 64, words)
    return column


@compiled
def encode(
    words: Words, rows: Rows, block: int, node: NDArray[np.uint64], column: Words, spare: Words
) -> None:
    """Write a vector an input bit, of a block of samples, to `node`.

    The bits past the last sample mean nothing.
    """
    for w in range(WORDS):
        first = 64 * (WORDS * block + w)
        if first >= len(words):
            break
        _transpose(words, first, column, spare)
        for r in range(len(rows.op)):
            node[WORDS * r + w] = _compare(column, rows, r)


@compiled
def _transpose(words: Words, first: int, column: Words, spare: Words) -> None:
    """Write 64 samples from `first` on as `column`, 64 words a feature."""
    samples, features = words.shape
    flat = words.reshape(samples * features)
    present = min(64, samples - first)
    width = lanes(words)
    for start in range(0, features, width):
        tile = column[64 * start : 64 * (start + width)]
        for s in range(present):
            offset = (first + s) * features + start
            if features - start >= width:
                store(tile, s * width, load(flat, offset))
            else:
                for f in range(features - start):
                    tile[s * width + f] = flat[offset + f]
        # An address in the tile is the sample's bits, then the feature's. Interleaving its halves
        # turns the address by one bit; after six rounds it is the feature's, then the sample's.
        for _ in range(ROUNDS // 2):
            _interleave_halves(tile, spare)
            _interleave_halves(spare, tile)


@compiled
def _interleave_halves(source: Words, target: Words) -> None:
    width = lanes(source)
    for row in range(32):
        a, b = load(source, row * width), load(source, (row + 32) * width)
        store(target, 2 * row * width, interleave_low(a, b))
        store(target, (2 * row + 1) * width, interleave_high(a, b))


@compiled
def _compare(column: Words, rows: Rows, r: int) -> np.uint64:
    """What row r says of 64 samples, a bit each."""
    width = lanes(column)
    op, value, sign = rows.op[r], splat(rows.value[r]), splat(rows.sign[r])
    result = np.uint64(0)
    for part in range(64 // width):
        word = load(column, 64 * np.int64(rows.feature[r]) + part * width)
        if op == GE:
            bits = at_least(word ^ sign, value)
        elif op == EQ:
            bits = equal(word, value)
        else:
            bits = equal(word & value, value)
        result |= bits << np.uint64(part * width)
    return result
