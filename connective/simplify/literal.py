"""Literals as in AIGER: 0 is false, 1 is true, 2·node + 2 is a node, one more is its inverse."""

import numpy as np
from numpy.typing import NDArray

FALSE, TRUE = 0, 1
NONE = -1  # of a node that is not there any more


def literals(nodes: NDArray[np.integer]) -> NDArray[np.int64]:
    return 2 * nodes.astype(np.int64) + 2


def nodes(literals: NDArray[np.int64]) -> NDArray[np.int64]:
    """The node of each literal; negative for a constant and for `NONE`."""
    return (literals >> 1) - 1


def follow(mapping: NDArray[np.int64], literals: NDArray[np.int64]) -> NDArray[np.int64]:
    """What literals become where node i becomes the literal mapping[i]."""
    node = nodes(literals)
    image = mapping[np.maximum(node, 0)] if len(mapping) else literals
    inverted = np.where(image < 0, NONE, image ^ literals & 1)
    return np.where(node < 0, literals, inverted)
