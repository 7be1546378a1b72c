"""Truth tables of probabilities, applied to a block of columns and differentiated. Numba.

A table is the multilinear function with its bits at the corners, equation (1) of the paper for two
inputs and its like for more: a tree of interpolations, the first input nearest to the leaves.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@njit(nogil=True, fastmath=True, cache=True)
def apply_pair(table: Floats, pin: Floats, y: Floats) -> None:
    """y (columns,) of a table (4,) for inputs (2, columns)."""
    k0 = table[0]
    ka = table[1] - k0
    kb = table[2] - k0
    kab = table[3] - table[2] - ka
    for w in range(len(y)):
        y[w] = k0 + ka * pin[0, w] + (kb + kab * pin[0, w]) * pin[1, w]


@njit(nogil=True, fastmath=True, cache=True)
def pair_gradients(
    table: Floats, pin: Floats, grad: Floats, grad_table: Floats, grad_pin: Floats
) -> None:
    """Gradients of the table (4,) and of the inputs (2, columns) for that of y (columns,)."""
    ka = table[1] - table[0]
    kb = table[2] - table[0]
    kab = table[3] - table[2] - ka
    s0 = sa = sb = sab = np.float32(0)
    for w in range(len(grad)):
        g, first, second = grad[w], pin[0, w], pin[1, w]
        s0 += g
        sa += g * first
        sb += g * second
        sab += g * first * second
        grad_pin[0, w] = g * (ka + kab * second)
        grad_pin[1, w] = g * (kb + kab * first)
    grad_table[0] = s0 - sa - sb + sab
    grad_table[1] = sa - sab
    grad_table[2] = sb - sab
    grad_table[3] = sab


@njit(nogil=True, fastmath=True, cache=True)
def apply_tree(table: Floats, pin: Floats, tree: Floats) -> None:
    """Fill a tree (2^k, columns) whose row 1 is y, for a table (2^k,) and inputs (k, columns).

    Row r has the children 2r and 2r + 1, and the last rows two bits of the table each: the last
    input chooses at the root, the first between bits.
    """
    k, columns = len(pin), tree.shape[1]
    size = len(table) // 2
    for r in range(size):
        first, rise = table[2 * r], table[2 * r + 1] - table[2 * r]
        for w in range(columns):
            tree[size + r, w] = first + rise * pin[0, w]
    for j in range(1, k):
        size //= 2
        for r in range(size, 2 * size):
            for w in range(columns):
                low = tree[2 * r, w]
                tree[r, w] = low + (tree[2 * r + 1, w] - low) * pin[j, w]


@njit(nogil=True, fastmath=True, cache=True)
def tree_gradients(
    table: Floats,
    tree: Floats,
    pin: Floats,
    grad: Floats,
    slope: Floats,
    grad_table: Floats,
    grad_pin: Floats,
) -> None:
    """As `pair_gradients` for a tree that was filled; slope is room like it."""
    k, columns = len(pin), len(grad)
    for j in range(k):
        for w in range(columns):
            grad_pin[j, w] = 0
    for w in range(columns):
        slope[1, w] = grad[w]
    size = 1
    for j in range(k - 1, 0, -1):
        for r in range(size, 2 * size):
            for w in range(columns):
                g = slope[r, w]
                high = g * pin[j, w]
                slope[2 * r, w] = g - high
                slope[2 * r + 1, w] = high
                grad_pin[j, w] += g * (tree[2 * r + 1, w] - tree[2 * r, w])
        size *= 2
    for r in range(size):
        rise = table[2 * r + 1] - table[2 * r]
        both = high_only = np.float32(0)
        for w in range(columns):
            g = slope[size + r, w]
            both += g
            high_only += g * pin[0, w]
            grad_pin[0, w] += g * rise
        grad_table[2 * r] = both - high_only
        grad_table[2 * r + 1] = high_only
