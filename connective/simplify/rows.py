"""Rows of an encoder that say the same in several words."""

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder
from connective.simplify.literal import TRUE, literals

GE, EQ, BIT = (OPS.index(name) for name in ("ge", "eq", "bit"))


def equal_rows(encoder: Encoder) -> NDArray[np.int64]:
    """The literal that each row equals, (rows,): of the first row of its kind, or a constant.

    Comparisons with the ends of a word's range and its highest bit are all one comparison ≥.
    """
    low = np.array([f.low for f in encoder.features])[encoder.feature]
    high = np.array([f.high for f in encoder.features])[encoder.feature]
    op, value = encoder.op.astype(np.int64), encoder.value.copy()
    inverted = np.zeros(len(op), dtype=np.int64)

    width = np.array([f.width for f in encoder.features])[encoder.feature]
    top = (op == BIT) & (value == width - 1)
    op[top], value[top], inverted[top] = GE, (low + (high - low + 1) // 2)[top], (low < 0)[top]
    lowest, highest = (op == EQ) & (value == low), (op == EQ) & (value == high)
    op[lowest], value[lowest], inverted[lowest] = GE, low[lowest] + 1, 1
    op[highest] = GE

    row = np.stack([encoder.feature.astype(np.int64), op, value], axis=1)
    _, first, index = np.unique(row, axis=0, return_index=True, return_inverse=True)
    twin = first[index.reshape(-1)]
    literal = literals(twin) ^ inverted ^ inverted[twin]
    return np.where((op == GE) & (value <= low), TRUE, literal)
