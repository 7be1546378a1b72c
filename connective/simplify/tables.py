"""Truth tables of up to six inputs as 64-bit words, repeated to fill the word: Numba kernels."""

import numpy as np
from numba import njit

WORD = np.uint64(0xFFFFFFFFFFFFFFFF)
# Bit m of ONES[j] is bit j of m: the minterms where input j is 1.
ONES = np.array(
    [
        0xAAAAAAAAAAAAAAAA,
        0xCCCCCCCCCCCCCCCC,
        0xF0F0F0F0F0F0F0F0,
        0xFF00FF00FF00FF00,
        0xFFFF0000FFFF0000,
        0xFFFFFFFF00000000,
    ],
    dtype=np.uint64,
)


@njit(cache=True)
def spread(table: np.uint64, k: int) -> np.uint64:
    """A table of k inputs, repeated for the inputs that it does not have."""
    for j in range(k, 6):
        table |= table << np.uint64(1 << j)
    return table


@njit(cache=True)
def crop(table: np.uint64, k: int) -> np.uint64:
    """The inverse of `spread`."""
    return table if k == 6 else table & ((np.uint64(1) << np.uint64(1 << k)) - np.uint64(1))


@njit(cache=True)
def cofactor(table: np.uint64, j: int, value: bool) -> np.uint64:
    """The table where input j has a value."""
    shift = np.uint64(1 << j)
    if value:
        half = table & ONES[j]
        return half | half >> shift
    half = table & ~ONES[j]
    return half | half << shift


@njit(cache=True)
def invert_input(table: np.uint64, j: int) -> np.uint64:
    shift = np.uint64(1 << j)
    return (table & ONES[j]) >> shift | (table & ~ONES[j]) << shift


@njit(cache=True)
def join_inputs(table: np.uint64, i: int, j: int) -> np.uint64:
    """The table where input j always has the value of input i."""
    return ONES[i] & cofactor(table, j, True) | ~ONES[i] & cofactor(table, j, False)


@njit(cache=True)
def swap_inputs(table: np.uint64, i: int, j: int) -> np.uint64:
    """The table with inputs i < j in each other's place."""
    shift = np.uint64((1 << j) - (1 << i))
    up, down = ONES[i] & ~ONES[j], ~ONES[i] & ONES[j]
    return table & ~(up | down) | (table & up) << shift | (table & down) >> shift


@njit(cache=True)
def depends(table: np.uint64, j: int) -> bool:
    return cofactor(table, j, True) != cofactor(table, j, False)
