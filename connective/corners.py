"""Samples at the corners of what a network takes, where a wrong wire or threshold shows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Encoder
from connective.network import Network
from connective.simplify.words import random_words
from connective.thresholds import OTHERS, spread, threshold_samples
from connective.ties import Ties, find_ties

MOST = 4096
TYPICAL, RANDOM = 4096, 1024  # samples between which ties are looked for: those given, at random


@dataclass(frozen=True, eq=False)
class Corners:
    """Words (samples, features), how many of each kind in their order, and the ties."""

    samples: NDArray[np.int64]
    counts: dict[str, int]
    ties: Ties


def corners(network: Network, typical: NDArray[np.integer], *, most: int = MOST) -> Corners:
    """At most so many corners, 8 or more, of a network: the same ones for the same arguments.

    All zeros and all ones; ones that walk through the bits of each word, the other words zero; for
    each threshold that the network reads its value and both neighbours, the other words those of a
    tie or of one of the `typical` samples (samples, features), if possible so that the answer turns
    there; ties for the first place between each two classes. Where that is more than `most`,
    several words of a sample walk, or are at thresholds, and ties are left out.
    """
    encoder, rng = network.encoder, np.random.default_rng(0)
    features = encoder.features
    between = np.concatenate([typical[:TYPICAL], random_words(encoder, RANDOM, rng)])
    ties = find_ties(network, between, rng)
    tied = np.array(list(ties.found.values()), dtype=np.int64).reshape(-1, len(features))
    zeros = np.zeros((most, len(features)), dtype=np.int64)
    ones = np.array([[-1 if feature.signed else feature.high for feature in features]])
    share = (most - 2) // 3
    others = np.concatenate([tied[: OTHERS // 2], rng.choice(between, OTHERS)])
    kinds = {
        "all zeros": zeros[:1],
        "all ones": ones,
        "walking ones": spread(zeros[:share], *_walking(encoder)),
        "thresholds": threshold_samples(network, others, most=share),
        "ties": tied[:share],
    }
    counts = {name: len(samples) for name, samples in kinds.items() if len(samples)}
    return Corners(np.concatenate(list(kinds.values())), counts, ties)


def _walking(encoder: Encoder) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Features (words,) in order, and their words with a single one."""
    width = np.array([feature.width for feature in encoder.features])
    feature = np.arange(len(width)).repeat(width)
    bit = np.arange(len(feature)) - encoder.offsets[feature]
    signed = np.array([feature.signed for feature in encoder.features])[feature]
    return feature, np.where(signed & (bit == width[feature] - 1), -1, 1) << bit
