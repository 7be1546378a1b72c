"""Samples next to the thresholds that a network reads."""

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS
from connective.network import Network

OTHERS = 64  # samples that lend their other words
BLOCK_WORDS = 16  # bounds the memory of all that is tried


def threshold_samples(
    network: Network, others: NDArray[np.int64], *, most: int
) -> NDArray[np.int64]:
    """For each word next to a comparison that the network reads, a sample with it.

    The other words are those of one of `others` (samples, features), if possible one in which a
    neighbour of the word is answered otherwise. Where that is more than `most` samples, each has
    several words; then those of a feature that has more of them than there are samples are left.
    """
    feature, word = words_at_thresholds(network)
    blocks = [
        _turning(network, others[:OTHERS], feature[start:end], word[start:end])
        for start, end in _blocks(min(len(word), most))
    ]
    return spread(np.concatenate([others[:0], *blocks]), feature, word)


def words_at_thresholds(network: Network) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Features (words,) in order, and values of comparisons that are read, and their neighbours."""
    encoder = network.encoder
    read = network.used[: network.n_inputs] & (encoder.op != OPS.index("bit"))
    feature, value = encoder.feature[read].astype(np.int64), encoder.value[read]
    pairs = np.concatenate([np.stack([feature, value + step], axis=1) for step in (-1, 0, 1)])
    feature, word = np.unique(pairs, axis=0).T
    low, high = _ends(network)
    inside = (word >= low[feature]) & (word <= high[feature])
    return feature[inside], word[inside]


def spread(
    samples: NDArray[np.int64], feature: NDArray[np.int64], word: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Samples with each word in one of them, as many as there are words if there are so many.

    Features are in order, so that words of one feature are in different samples as far as may be.
    """
    samples = samples[: len(word)].copy()
    if len(samples):
        samples[np.arange(len(word)) % len(samples), feature] = word
    return samples


def _turning(
    network: Network,
    others: NDArray[np.int64],
    feature: NDArray[np.int64],
    word: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The one of `others` for each word, (words, features)."""
    low, high = (end[feature] for end in _ends(network))
    words = np.arange(len(word))
    tried = np.tile(others, (len(word), 1, 1))  # (words, others, features)

    def answers(step: int) -> NDArray[np.integer]:
        tried[words, :, feature] = (word + step).clip(low, high)[:, None]
        found = _answers(network, tried.reshape(-1, tried.shape[2]))
        return found.reshape(len(word), len(others), -1)

    below, own, above = (answers(step) for step in (-1, 0, 1))
    turns = ((own != below) | (own != above)).any(axis=2)
    chosen: NDArray[np.int64] = others[
        np.where(turns.any(axis=1), turns.argmax(axis=1), words % len(others))
    ]
    return chosen


def _answers(network: Network, samples: NDArray[np.int64]) -> NDArray[np.integer]:
    """What a core shows of samples, (samples, numbers)."""
    if network.head == "bits":
        return network.output_bits(samples).view(np.uint8)
    answers = network(samples)
    return answers.scores if network.head == "scores" else answers.labels[:, None]


def _ends(network: Network) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The least and the greatest word of each feature."""
    features = network.encoder.features
    return np.array([f.low for f in features]), np.array([f.high for f in features])


def _blocks(count: int) -> list[tuple[int, int]]:
    starts = range(0, count, BLOCK_WORDS)
    return [(start, min(start + BLOCK_WORDS, count)) for start in starts]
