"""Random numbers within kernels: splitmix64. Numba."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def uniform(seed: NDArray[np.uint64]) -> float:
    """A number above 0 and below 1."""
    return (np.float64(_next(seed) >> np.uint64(12)) + 0.5) / 4503599627370496.0


@njit(nogil=True, cache=True)
def below(seed: NDArray[np.uint64], n: int) -> int:
    """A whole number from 0 to n − 1."""
    return int((_next(seed) >> np.uint64(32)) * np.uint64(n) >> np.uint64(32))


@njit(nogil=True, cache=True)
def _next(seed: NDArray[np.uint64]) -> np.uint64:
    seed[0] += np.uint64(0x9E3779B97F4A7C15)
    z = seed[0]
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)
