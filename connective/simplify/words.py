"""Words that exercise an encoder: every outcome of a feature's comparisons comes equally often."""

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder

EQ, BIT = OPS.index("eq"), OPS.index("bit")


def random_words(encoder: Encoder, n_samples: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Words (samples, features): any where bits are read, else one from between two thresholds."""
    words = np.empty((n_samples, len(encoder.features)), dtype=np.int64)
    order = np.argsort(encoder.feature, kind="stable")
    ends = np.searchsorted(encoder.feature[order], np.arange(len(encoder.features) + 1))
    for i, feature in enumerate(encoder.features):
        rows = order[ends[i] : ends[i + 1]]
        op, value = encoder.op[rows], encoder.value[rows]
        if (op == BIT).any():
            words[:, i] = rng.integers(feature.low, feature.high + 1, n_samples)
            continue
        starts = np.concatenate([[feature.low], value, value[op == EQ] + 1])
        starts = np.unique(starts[starts <= feature.high])
        words[:, i] = rng.choice(starts, n_samples)
    return words
