"""Bit slices: 64 samples a word, and blocks of samples within bounded memory."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

BLOCK_SAMPLES = 1 << 14  # bounds the memory of encoded samples, whatever the size of a data set
ANSWERED_SAMPLES = 1 << 16  # the same of narrowed ones; fewer would start threads too often


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
