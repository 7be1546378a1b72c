"""Coverage says of samples what plain Python counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Feature, Network, thermometer
from connective.coverage import cover
from connective.results import Stalls
from tests.networks import networks, plain_scores, random_network, random_samples


def values(network: Network, samples: np.ndarray) -> list[set[int]]:
    """The values of each gate at the samples, by the definition."""
    seen: list[set[int]] = [set() for _ in range(network.n_gates)]
    for bits in network.encoder.encode(samples).T:
        nodes = [int(bit) for bit in bits]
        for gate, (fanin, table) in enumerate(zip(network.fanin, network.table, strict=True)):
            minterm = sum(nodes[node] << j for j, node in enumerate(fanin))
            nodes.append(int(table) >> minterm & 1)
            seen[gate].add(nodes[-1])
    return seen


@settings(max_examples=40, deadline=None)
@given(networks(heads=["class", "bits"]), st.sampled_from([1, 3, 64, 70]))
def test_gates_sums_and_ties_are_counted(network: Network, n: int) -> None:
    samples = random_samples(np.random.default_rng(n), network, n)
    found = cover(network, samples, None)
    counted = network.used[network.n_inputs :] & ~network.constant
    both = [len(seen) == 2 for seen in values(network, samples)]
    assert found.gates == counted.sum()
    assert found.gates_both == (counted & np.array(both, dtype=bool)).sum()
    assert found.gates_both + found.gates_fixed <= found.gates
    if network.head == "bits":
        assert (found.sums, found.pairs, found.ties) == ([], 0, 0)
        return
    scores = [plain_scores(network, sample) for sample in samples.tolist()]
    for c, own in enumerate(zip(*scores, strict=True)):
        assert (found.sums[c].least, found.sums[c].greatest) == (min(own), max(own))
        assert found.sums[c].possible_least <= min(own)
        assert found.sums[c].possible_greatest >= max(own)
    first = [{c for c, s in enumerate(row) if s == max(row)} for row in scores]
    assert found.ties == sum(len(classes) > 1 for classes in first)
    pairs = {(a, b) for classes in first for a in classes for b in classes if a < b}
    assert found.tied_pairs == len(pairs)
    assert found.pairs == network.n_classes * (network.n_classes - 1) // 2


def test_a_gate_that_cannot_change_is_proved_to_and_one_that_did_not_is_not() -> None:
    encoder = thermometer([Feature("x", 4)], [[5, 9]])
    network = Network(
        encoder,
        fanin=np.array([[0, 1], [0, 1]]),
        table=np.array([0b0100, 0b1000]),  # ≥ 9 but not ≥ 5, which is never; both
        outputs=np.array([2, 3]),
        weights=np.array([1, 1]),
        groups=np.array([0, 1, 2]),
        bias=np.array([0, 0]),
    )
    low = cover(network, np.array([[1], [7]]), None)
    assert (low.gates, low.gates_both, low.gates_fixed) == (2, 0, 1)
    all_words = cover(network, np.arange(16)[:, None], None)
    assert (all_words.gates, all_words.gates_both, all_words.gates_fixed) == (2, 1, 1)
    assert all_words.sums[1].share == 1.0


def test_more_samples_than_a_block_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(np.random.default_rng(2), layers=[30, 30], n_inputs=12)
    samples = random_samples(np.random.default_rng(0), network, 1000)
    stalls = Stalls(input_idle=1, input_held=2, output_held=3)
    whole = cover(network, samples, stalls)
    monkeypatch.setattr("connective.coverage.BLOCK_SAMPLES", 192)
    assert cover(network, samples, stalls) == whole
    assert whole.stalls == stalls
