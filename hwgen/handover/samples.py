"""Samples for a core's own test bench, which comes without a data set."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder
from connective.kills import Kills, killing_samples
from connective.network import Network
from connective.simplify.words import random_words
from connective.turns import turning_samples

RANDOM = 256
MOST_EDGES = 256
TURNS = 128
KILLS = 640
TRIED = 4096
"""Samples at random; samples at edges, which leave out those of a feature that has more; pairs at
which the label turns; most that show further faults; between how many samples these are looked for.
"""


def bench_samples(network: Network, built: Network) -> Kills:
    """Samples decided by the network: edges in turn, at random, turns, then those that kill.

    A feature's edges are zero, its least and greatest words, and the words at which a comparison
    turns and their neighbours. At random is any word or one of these, at even odds, as with a
    threshold near the end of a range any word nearly always answers alike. Turns are pairs of
    samples that are nearly the same but have different labels. Those that kill show stuck-at faults
    of the network that was built which the others do not show.
    """
    encoder = network.encoder
    rng = np.random.default_rng(int(network.sha256, 16))
    edges = [_edges(encoder, index) for index in range(len(encoder.features))]
    n_edges = min(max(map(len, edges)), MOST_EDGES)
    at_edges = np.stack([np.resize(words, n_edges) for words in edges], axis=1)
    parts = [at_edges, _at_random(encoder, edges, rng, RANDOM)]
    tried = _at_thresholds(encoder, rng, TRIED)
    if network.head != "bits":
        parts.append(turning_samples(network, tried, rng, TURNS))
    samples = np.concatenate(parts)
    tried = np.concatenate([tried, random_words(encoder, TRIED, rng)])
    further = killing_samples(built, samples, tried, rng, most=KILLS)
    return replace(further, samples=np.concatenate([samples, further.samples]))


def _at_random(
    encoder: Encoder, edges: list[NDArray[np.int64]], rng: np.random.Generator, n: int
) -> NDArray[np.int64]:
    low, high = [f.low for f in encoder.features], [f.high for f in encoder.features]
    any_word = rng.integers(low, high, (n, len(edges)), endpoint=True)
    any_edge = np.stack([rng.choice(words, n) for words in edges], axis=1)
    return np.where(rng.integers(0, 2, any_word.shape) == 1, any_word, any_edge)


def _at_thresholds(encoder: Encoder, rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    """Samples whose words are where a comparison turns, or just below; in some, more are below.

    A word of which only bits are read is any, or zero.
    """
    high_share = rng.random(n)
    columns = []
    for index, feature in enumerate(encoder.features):
        values = encoder.value[(encoder.feature == index) & (encoder.op != OPS.index("bit"))]
        if len(values):
            above = rng.choice(values, n)
            below = above - 1
        else:
            above = rng.integers(feature.low, feature.high, n, endpoint=True)
            below = np.zeros_like(above)
        words = np.where(rng.random(n) < high_share, above, below)
        columns.append(words.clip(feature.low, feature.high))
    return np.stack(columns, axis=1)


def _edges(encoder: Encoder, index: int) -> NDArray[np.int64]:
    """The words of a feature that are worth trying, the common ones first."""
    feature = encoder.features[index]
    compared = (encoder.feature == index) & (encoder.op != OPS.index("bit"))
    values = encoder.value[compared]
    near = np.unique(np.concatenate([values - 1, values, values + 1]))
    common = [feature.low, feature.high, 0]
    words: NDArray[np.int64] = np.concatenate([common, near]).clip(feature.low, feature.high)
    return words
