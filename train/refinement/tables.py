"""Truth tables of k inputs, as words. Numba."""

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def full(k: int) -> np.uint64:
    """The table that is 1 everywhere."""
    return ~np.uint64(0) >> np.uint64(64 - (1 << k))


@njit(nogil=True, cache=True)
def wire(k: int, j: int, inverted: bool) -> np.uint64:
    """The table of input j, or of its inverse."""
    table = np.uint64(0)
    for m in range(1 << k):
        if (m >> j & 1) != inverted:
            table |= np.uint64(1) << np.uint64(m)
    return table


@njit(nogil=True, cache=True)
def depends(table: np.uint64, k: int, j: int) -> bool:
    """Whether a table of k inputs depends on input j."""
    for m in range(1 << k):
        if not m >> j & 1:
            other = m | 1 << j
            if (table >> np.uint64(m) ^ table >> np.uint64(other)) & np.uint64(1):
                return True
    return False


@njit(nogil=True, cache=True)
def costs(table: np.uint64, k: int) -> int:
    """1 for a gate of two inputs or more; a constant, a wire or an inverter is free."""
    read = 0
    for j in range(k):
        read += depends(table, k, j)
    return 1 if read > 1 else 0
