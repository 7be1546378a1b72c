"""From feature words to bit-sliced input bits: compared as they lie, then transposed as bits."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connective.evaluation.kernel import compiled, inlined, kernel
from connective.evaluation.vector import (
    BITS,
    WORDS,
    at_least,
    lanes,
    load,
    transpose,
    vectors,
)

GE, EQ, BIT = range(3)

Words = NDArray[np.unsignedinteger]


class Comparisons(NamedTuple):
    """An encoder's rows as comparisons of vectors of a sample's words.

    Comparison i reads the words from feature `feature[i]` on, and asks in each lane whether
    (word & mask) ^ flip ≥ value. That says all that a row can ask: ≥ of unsigned words, or of
    signed ones with the sign flipped; = where all bits but the value's are flipped, so that only
    the value becomes the greatest word; and a bit with a mask.

    mask, flip, value: (comparisons · lanes,), of the words' type; any word passes a lane of zeros
    place: (rows,) where the transposed results have a row's word
    """

    feature: NDArray[np.int64]
    mask: Words
    flip: Words
    value: Words
    place: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        feature: NDArray[np.uint32],
        op: NDArray[np.uint8],
        value: NDArray[np.int64],
        signed: NDArray[np.bool_],
        dtype: np.dtype[np.unsignedinteger],
    ) -> Self:
        """From an encoder's rows, for words of an unsigned type that holds all features."""
        greatest = int(np.iinfo(dtype).max)
        sign = np.where(signed, greatest // 2 + 1, 0)
        mask = np.where(op == BIT, 1 << value * (op == BIT), greatest)
        flip = np.select([op == GE, op == EQ], [sign, ~value], 0)
        least = np.select([op == GE, op == EQ], [value ^ sign, greatest], mask)

        width = BITS // 8 // dtype.itemsize
        column, lane = np.divmod(feature.astype(np.int64), width)
        order = np.argsort(feature, kind="stable")
        first = np.searchsorted(feature[order], feature)
        rank = np.empty_like(column)  # a feature's rows go to different comparisons
        rank[order] = np.arange(len(order)) - first[order]
        _, start, comparison = np.unique(
            column * len(feature) + rank, return_index=True, return_inverse=True
        )
        per_word = 64 // width
        count = -(-len(start) // per_word) * per_word
        slot = comparison * width + lane
        asked = np.zeros((3, count * width), dtype=dtype)
        asked[:, slot] = np.stack([mask, flip, least]).astype(dtype)
        columns = np.zeros(count, dtype=np.int64)
        columns[: len(start)] = column[start] * width
        word, bit = np.divmod(slot, 64)
        place = (word // WORDS * 64 + bit) * WORDS + word % WORDS
        return cls(columns, asked[0], asked[1], asked[2], place)


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
    words: Words, rows: Comparisons, packed: NDArray[np.uint64], first: int, end: int
) -> None:
    """Write the input bits of blocks `first` to `end` of samples to `packed`, (rows, words)."""
    node, result, tail = vectors(len(rows.place), packed), results(rows), tail_of(words)
    for block in range(first, end):
        encode(words, rows, block, node, result, tail)
        present = min(WORDS, packed.shape[1] - WORDS * block)
        for r in range(len(rows.place)):
            for w in range(present):
                packed[r, WORDS * block + w] = node[WORDS * r + w]


@compiled
def results(rows: Comparisons) -> NDArray[np.uint64]:
    """Scratch for the comparisons' results, 64 samples and 512 lanes a tile."""
    result: NDArray[np.uint64] = vectors(
        (len(rows.mask) + BITS - 1) // BITS * 64, np.empty(0, dtype=np.uint64)
    )
    return result


@compiled
def tail_of(words: Words) -> Words:
    """Scratch for a sample that is so near the end that a vector would reach beyond it."""
    width = lanes(words)
    tail: Words = vectors((words.shape[1] + width - 1) // width, words)
    return tail


@compiled
def encode(
    words: Words,
    rows: Comparisons,
    block: int,
    node: NDArray[np.uint64],
    result: NDArray[np.uint64],
    tail: Words,
) -> None:
    """Write a vector an input bit, of a block of samples, to `node`.

    The bits past the last sample mean nothing.
    """
    samples, features = words.shape
    flat = words.reshape(samples * features)
    feature, mask, flip, value, place = rows
    for w in range(WORDS):
        first = 64 * (WORDS * block + w)
        for s in range(min(64, samples - first)):
            offset = (first + s) * features
            if offset + len(tail) <= len(flat):
                _compare(flat, offset, feature, mask, flip, value, result, s)
            else:
                tail[:features] = flat[offset : offset + features]
                _compare(tail, 0, feature, mask, flip, value, result, s)
        for tile in range(0, len(result), 64 * WORDS):
            transpose(result, tile)
        for r in range(len(place)):
            node[WORDS * r + w] = result[place[r]]


@inlined
def _compare(
    words: Words,
    offset: int,
    feature: NDArray[np.int64],
    mask: Words,
    flip: Words,
    value: Words,
    result: NDArray[np.uint64],
    s: int,
) -> None:
    """Compare the words of sample s, which start at an offset, and write a bit a lane."""
    width = lanes(words)
    per_word = 64 // width
    for word in range(len(feature) // per_word):
        bits = np.uint64(0)
        for part in range(per_word):
            i = word * per_word + part
            x = load(words, offset + feature[i]) & load(mask, i * width)
            found = at_least(x ^ load(flip, i * width), load(value, i * width))
            bits |= found << np.uint64(part * width)
        result[(word // WORDS * 64 + s) * WORDS + word % WORDS] = bits
