"""Samples as a stream of checked blocks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK_BYTES = 1 << 25
MAX_ROWS = 1 << 14


@dataclass(frozen=True, eq=False)
class Block:
    """Words (samples, features) in their features' ranges, and classes (samples,) if known."""

    words: NDArray[np.integer]
    labels: NDArray[np.int64] | None


@dataclass(frozen=True, eq=False)
class Samples:
    """Blocks that can be read once; `count` is how many samples they hold, if that is known."""

    name: str
    count: int | None
    blocks: Iterator[Block]


def rows_of(row_bytes: int) -> int:
    """How many rows of that size make a block."""
    return max(1, min(MAX_ROWS, BLOCK_BYTES // max(row_bytes, 1)))
