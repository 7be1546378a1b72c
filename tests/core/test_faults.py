"""Stuck-at faults show where plain Python says so, and samples are found that show them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Network
from connective.faults import observed, shown_faults
from connective.kills import killing_samples
from connective.simplify.words import random_words
from tests.networks import networks, random_network, random_samples


def given_with(network: Network, sample: np.ndarray, stuck: int, value: int) -> list[int]:
    """What a core gives of a sample when a node is stuck at a value, by the definition."""
    nodes: list[int] = []
    for bit in network.encoder.encode(sample[None])[:, 0]:
        nodes.append(value if len(nodes) == stuck else int(bit))
    for fanin, table in zip(network.fanin, network.table, strict=True):
        minterm = sum(nodes[node] << j for j, node in enumerate(fanin))
        bit = int(table) >> minterm & 1
        nodes.append(value if len(nodes) == stuck else bit)
    outputs = [nodes[node] for node in network.outputs]
    if network.head == "bits":
        return outputs
    scores = [int(b) for b in network.bias]
    for c in range(network.n_classes):
        for o in range(network.groups[c], network.groups[c + 1]):
            scores[c] += int(network.weights[o]) * outputs[o]
    return scores if network.head == "scores" else [scores.index(max(scores))]


@settings(max_examples=40, deadline=None)
@given(networks(heads=["class", "scores", "bits"], max_gates=20), st.sampled_from([1, 5, 65]))
def test_a_fault_shows_where_it_changes_what_is_given(network: Network, n: int) -> None:
    samples = random_samples(np.random.default_rng(n), network, n)
    nodes = observed(network)
    shown = shown_faults(network, nodes, samples)
    assert shown.shape == (2, len(nodes), n)
    for s in {0, n - 1}:
        right = given_with(network, samples[s], -1, 0)
        for at, node in enumerate(nodes.tolist()):
            for value in (0, 1):
                wrong = given_with(network, samples[s], node, value)
                assert shown[value, at, s] == (wrong != right)


def test_nodes_come_in_blocks_of_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(np.random.default_rng(0), layers=[40, 40], n_inputs=12)
    samples = random_samples(np.random.default_rng(1), network, 100)
    whole = shown_faults(network, observed(network), samples)
    monkeypatch.setattr("connective.faults.BLOCK_WORDS", 1000)
    assert (shown_faults(network, observed(network), samples) == whole).all()


def test_nearly_all_faults_that_any_word_shows_are_seen_with_few_samples() -> None:
    network = random_network(np.random.default_rng(5), layers=[40, 24], n_inputs=8, classes=3)
    rng = np.random.default_rng(0)
    every = random_words(network.encoder, 20_000, rng)
    nodes = observed(network)
    possible = shown_faults(network, nodes, every).any(axis=2)
    few = every[:2]
    tried = random_words(network.encoder, 2000, rng)
    found = killing_samples(network, few, tried, rng, most=100)
    assert found.faults == possible.size
    assert 0.95 * possible.sum() < found.seen <= possible.sum()
    assert shown_faults(network, nodes, few).any(axis=2).sum() < found.seen // 2
    both = np.concatenate([few, found.samples])
    shown = shown_faults(network, nodes, both).any(axis=2)
    assert shown.sum() == found.seen
    assert len(found.samples) < 40


def test_no_more_samples_are_added_than_may_be() -> None:
    network = random_network(np.random.default_rng(5), layers=[40, 24], n_inputs=8, classes=3)
    rng = np.random.default_rng(0)
    samples = random_samples(rng, network, 500)
    found = killing_samples(network, samples[:1], samples, rng, most=3)
    assert len(found.samples) == 3
    assert 0 < found.seen < found.faults


def test_networks_without_a_choice_of_class_get_no_more_samples() -> None:
    for head, classes in (("bits", 1), ("class", 1)):
        network = random_network(np.random.default_rng(1), layers=[9], head=head, classes=classes)
        rng = np.random.default_rng(0)
        samples = random_samples(rng, network, 5)
        assert len(killing_samples(network, samples, samples, rng, most=9).samples) == 0
