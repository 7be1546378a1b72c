"""Parts of a data set in which every class has its share."""

import numpy as np
from numpy.typing import NDArray


def stratified_split(
    labels: NDArray[np.int64], fraction: float, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the points that stay and of those that go, `fraction` of them; both shuffled.

    The share of a class that goes is within one point of `fraction`, and one point stays at least.
    """
    counts = np.bincount(labels)
    ends = np.floor(np.cumsum(counts) * fraction + 0.5).astype(np.int64)
    going = np.minimum(np.diff(ends, prepend=0), np.maximum(counts - 1, 0))
    shuffled = generator.permutation(len(labels))
    by_class = np.argsort(labels[shuffled], kind="stable")
    rank = np.empty(len(labels), dtype=np.int64)  # of a shuffled point among those of its class
    rank[by_class] = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    goes = rank < going[labels[shuffled]]
    return shuffled[~goes], shuffled[goes]
