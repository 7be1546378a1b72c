"""Samples at which the label turns."""

import numpy as np

from connective.turns import turning_samples
from hwgen.handover.samples import bench_samples
from tests.networks import random_network, random_samples
from tests.sim.proof.faults import thermometer_network


def test_pairs_have_different_labels_and_one_threshold_lies_between() -> None:
    network = thermometer_network()
    rng = np.random.default_rng(0)
    found = turning_samples(network, random_samples(rng, network, 200), rng, 50)
    before, after = found[:50], found[50:]
    assert (network.predict(before) != network.predict(after)).all()
    assert (np.abs(before - after).max(axis=1) == 1).all()
    assert ((before != after).sum(axis=1) == 1).mean() > 0.9


def test_a_network_with_one_answer_has_none() -> None:
    network = random_network(np.random.default_rng(0), layers=[8], classes=1)
    rng = np.random.default_rng(0)
    assert len(turning_samples(network, random_samples(rng, network, 20), rng, 5)) == 0
    assert len(bench_samples(network, network).samples)
