"""Corners are where they are said to be, for networks of every shape."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Network
from connective.bitblast import bitblast_ties
from connective.corners import Corners, corners
from connective.encoder import OPS
from connective.ties import find_ties
from tests.networks import networks, plain_scores, random_network, random_samples

AMPLE, FEW = 4096, 8


def of(network: Network, most: int) -> Corners:
    typical = random_samples(np.random.default_rng(0), network, 20)
    return corners(network, typical, most=most)


def kind(found: Corners, name: str) -> list[list[int]]:
    start = 0
    for own, count in found.counts.items():
        if own == name:
            return found.samples[start : start + count].tolist()
        start += count
    return []


def all_samples(network: Network) -> list[list[int]]:
    words = [range(f.low, f.high + 1) for f in network.encoder.features]
    return [list(sample) for sample in product(*words)]


def tied(scores: list[int]) -> set[tuple[int, int]]:
    first = [c for c, score in enumerate(scores) if score == max(scores)]
    return set(combinations(first, 2))


@settings(max_examples=30, deadline=None)
@given(networks(heads=["class", "bits"]), st.sampled_from([FEW, AMPLE]))
def test_corners_are_words_of_the_network_and_no_more_than_asked_for(
    network: Network, most: int
) -> None:
    found = of(network, most)
    network.encoder.words(found.samples)  # refuses what is out of range
    assert len(found.samples) == sum(found.counts.values()) <= most
    assert kind(found, "all zeros") == [[0] * len(network.encoder.features)]
    payloads = network.encoder.payloads(found.samples[:2])
    assert payloads == [0, 2**network.encoder.payload_width - 1]


@settings(max_examples=30, deadline=None)
@given(networks())
def test_each_bit_walks_alone_and_each_threshold_is_met_on_both_sides(network: Network) -> None:
    found, encoder = of(network, AMPLE), network.encoder
    walked = encoder.payloads(np.array(kind(found, "walking ones")))
    assert sorted(walked) == [1 << bit for bit in range(encoder.payload_width)]
    met = kind(found, "thresholds")
    for row in np.flatnonzero(network.used[: network.n_inputs]):
        feature, value = int(encoder.feature[row]), int(encoder.value[row])
        if OPS[encoder.op[row]] != "bit":
            near = {value - 1, value, value + 1}
            own = encoder.features[feature]
            near &= set(range(own.low, own.high + 1))
            assert near <= {sample[feature] for sample in met}


@pytest.mark.parametrize("seed", range(6))
def test_each_pair_of_classes_ties_or_provably_never_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, layers=[20, 12], classes=4, weighted=seed % 2 == 1, skips=True)
    if network.encoder.payload_width > 14:
        network = random_network(rng, layers=[20, 12], classes=4, n_inputs=4)
    every = all_samples(network)
    possible = set().union(*(tied(plain_scores(network, sample)) for sample in every[:20000]))
    ties = find_ties(network, random_samples(rng, network, 50), rng)
    assert ties.left == []
    assert set(ties.found) >= possible
    assert not possible & set(ties.impossible)
    assert len(ties.found) + len(ties.impossible) == 6
    for pair, sample in ties.found.items():
        assert pair in tied(plain_scores(network, sample.tolist()))


def test_ties_that_no_way_meets_are_found_by_sat() -> None:
    network = random_network(np.random.default_rng(7), layers=[30, 12], n_inputs=12)
    samples = random_samples(np.random.default_rng(0), network, 2)
    one_place = samples[:1].repeat(2, axis=0)  # ways from here lead nowhere
    ties = find_ties(network, one_place, np.random.default_rng(0))
    assert len(ties.found) + len(ties.impossible) == 3
    assert ties.found
    for (a, b), sample in ties.found.items():
        scores = plain_scores(network, sample.tolist())
        assert scores[a] == scores[b] == max(scores)


@settings(max_examples=30, deadline=None)
@given(networks())
def test_the_best_classes_are_those_that_none_beats(network: Network) -> None:
    samples = random_samples(np.random.default_rng(1), network, 100)
    blasted = bitblast_ties(network)
    bits = network.encoder.payloads(samples)
    width = network.encoder.payload_width
    words = np.array([[payload >> bit & 1 for bit in range(width)] for payload in bits])
    packed = np.packbits(words.astype(bool), axis=1, bitorder="little")
    assert packed.tolist() == network.encoder.payload_bytes(samples).tolist()
    scores = np.array([plain_scores(network, sample) for sample in samples.tolist()])
    best = scores == scores.max(axis=1, keepdims=True)
    assert blasted.output_bits(samples).tolist() == best.tolist()


def test_few_corners_meet_as_many_thresholds_as_they_can() -> None:
    network = random_network(np.random.default_rng(3), layers=[60, 30], n_inputs=24)
    few, ample = of(network, 30), of(network, AMPLE)
    assert few.counts["thresholds"] < ample.counts["thresholds"]
    words = np.unique(np.array(kind(ample, "thresholds")), axis=0)
    assert len(words)
    assert len(np.unique(np.array(kind(few, "walking ones")), axis=0)) == few.counts["walking ones"]
