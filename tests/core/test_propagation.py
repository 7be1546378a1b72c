"""Samples are found that let a fault through to the label where many outputs decide together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from connective import Feature, Network, canonicalize, thermometer
from connective.faults import observed, shown_faults
from connective.kills import killing_samples
from connective.propagation import Propagation, held_words
from tests.networks import networks, random_samples


@settings(max_examples=40, deadline=None)
@given(networks(heads=["class"], max_gates=20))
def test_with_the_words_held_a_fault_goes_on_changing_the_scores(network: Network) -> None:
    rng = np.random.default_rng(0)
    nodes = observed(network)
    held = held_words(network, nodes)
    scores = replace(network, head="scores")
    samples = random_samples(rng, network, 2)
    for place, node in enumerate(nodes):
        others = np.where(held[place], samples[0], samples[1])
        tried = np.stack([samples[0], others])
        first, second = shown_faults(scores, np.array([node]), tried)[:, 0].T
        assert (first == second).all()


def lopsided() -> Network:
    """Of random gates of 48 pixels; one of three classes nearly always wins."""
    rng, n, gates = np.random.default_rng(0), 48, 240
    pixels = tuple(Feature(f"pixel_{i}", 8) for i in range(n))
    fanin = rng.permuted(np.tile(np.arange(n), (gates, 1)), axis=1)[:, :2]
    fanin, table = canonicalize(fanin, rng.integers(1, 15, gates, dtype=np.uint64))
    return Network(
        encoder=thermometer(pixels, [[128]] * n),
        fanin=fanin,
        table=table,
        outputs=np.arange(n, n + gates, dtype=np.uint32),
        groups=np.linspace(0, gates, 4, dtype=np.int64),
        weights=np.ones(gates, dtype=np.int64),
        bias=np.array([20, 0, 0]),
    )


def test_faults_that_are_outvoted_elsewhere_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    network = lopsided()
    rng = np.random.default_rng(0)
    samples = rng.integers(0, 256, (200, 48))
    found = killing_samples(network, samples[:2], samples, rng, most=400)
    nothing = samples[:0]
    monkeypatch.setattr(Propagation, "samples", lambda self, left: nothing)
    without = killing_samples(network, samples[:2], samples, np.random.default_rng(0), most=400)
    assert without.seen < found.seen
    shown = shown_faults(network, observed(network), np.concatenate([samples[:2], found.samples]))
    assert shown.any(axis=2).sum() == found.seen
