"""Samples at which the answer turns: a wrong bit shows there that is outvoted elsewhere."""

import numpy as np
from numpy.typing import NDArray

from connective.network import Network

STEPS = 32  # halvings of the way from one sample to another


def turning_samples(
    network: Network, samples: NDArray[np.int64], rng: np.random.Generator, n_pairs: int
) -> NDArray[np.int64]:
    """Pairs of samples (2 · pairs, features) that differ little, with different labels.

    Each pair lies where the label first found to turn does, on a way between two of `samples` that
    have different labels, any two labels as likely. There are none if all have the same label.
    """
    labels = network.predict(samples)
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    if len(members) < 2:
        return samples[:0]
    ends = [rng.choice(len(members), 2, replace=False) for _ in range(n_pairs)]
    pairs = np.array([[rng.choice(members[label]) for label in pair] for pair in ends])
    first, last = samples[pairs[:, 0]], samples[pairs[:, 1]]
    offset = rng.random(first.shape)

    def at(share: NDArray[np.float64]) -> NDArray[np.int64]:
        return between(first, last, share, offset)

    before, after = np.zeros(n_pairs), np.ones(n_pairs)
    for _ in range(STEPS):
        middle = (before + after) / 2
        same = network.predict(at(middle)) == labels[pairs[:, 0]]
        before, after = np.where(same, middle, before), np.where(same, after, middle)
    return np.concatenate([at(before), at(after)])


def between(
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    share: NDArray[np.float64],
    offset: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Words at shares (samples,) of the way from `first` to `last`, (samples, features) each.

    Offsets from 0 to 1, of each word, see to it that not all words turn at once.
    """
    words = np.floor(first + (last - first) * share[:, None] + offset).astype(np.int64)
    inside: NDArray[np.int64] = words.clip(np.minimum(first, last), np.maximum(first, last))
    return inside
