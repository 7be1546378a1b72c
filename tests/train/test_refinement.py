"""The search keeps its books right, and what it returns is no worse."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from connective import InputError, Network, evaluation, fixed_point
from connective.canonical import canonicalize
from tests.networks import networks, random_network, random_samples
from train.config import Refinement
from train.data.yin_yang import FEATURES, draw_points
from train.refinement.changes import link_all, settle, try_changes
from train.refinement.search import Round, _scratch, _state, refine

TAU = 0.7


def mean_loss(network: Network, points: tuple[NDArray[np.int64], NDArray[np.int64]]) -> float:
    logits = network.scores(points[0]) / TAU
    return float(
        (np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(logits)), points[1]]).mean()
    )


@settings(deadline=None, max_examples=40)
@given(networks(max_gates=60), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.05, np.inf]))
def test_values_scores_and_losses_stay_those_of_the_network(
    network: Network, seed: int, allowed: float
) -> None:
    if not network.n_gates:
        return
    rng = np.random.default_rng(seed)
    samples = random_samples(rng, network, 640)
    labels = rng.integers(0, network.n_classes, 640)
    circuit, points = _state(network, (samples, labels), 640, TAU, np.random.default_rng(1))
    order = np.random.default_rng(1).permutation(640)
    samples, labels = samples[order], labels[order]
    link_all(circuit)
    stack = np.empty(circuit.fanin.size + 1, dtype=np.int32)
    scratch = _scratch(network, 10)
    gate, table, rise = np.empty(8, int), np.empty(8, np.uint64), np.empty(8)
    fanin = np.empty((8, network.k), dtype=np.int32)
    tried = (np.inf, 0.0, gate, fanin, table, rise)
    now = network
    for _ in range(6):
        seeds = rng.integers(0, 2**63, 8, dtype=np.uint64)
        try_changes(0, 8, circuit, points, scratch, seeds, *tried)
        before = mean_loss(now, (samples, labels))
        made = settle(circuit, points, scratch, stack, *tried, np.full(8, allowed))
        reads, tables = canonicalize(circuit.fanin, circuit.table)
        now = replace(network, fanin=reads, table=tables)
        if made == 1:
            after = mean_loss(now, (samples, labels))
            assert np.isclose(rise[rise <= allowed], after - before, atol=1e-9).any()
    packed = evaluation.pack(now.encoder.encode(samples))
    every = np.arange(now.n_nodes, dtype=np.uint32)
    assert (points.value == evaluation.output_words(packed, now.fanin, now.table, every)).all()
    scores = now.scores(samples) - network.score_range[0].min()
    assert (points.score == scores).all()
    assert points.total == pytest.approx(points.exponential[scores].sum(axis=1))
    fresh = circuit._replace(
        first=np.full_like(circuit.first, -1),
        uses=np.bincount(now.outputs, minlength=now.n_nodes).astype(np.int32),
    )
    link_all(fresh)
    assert circuit.uses.tolist() == fresh.uses.tolist()


def yin_yang(n: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return draw_points(n, "disc", np.random.default_rng(seed))


@pytest.fixture(scope="module")
def network() -> Network:
    """Forty gates at random over the words of Yin-Yang."""
    drawn = random_network(np.random.default_rng(4), layers=[40, 40], n_inputs=24, classes=4)
    return replace(drawn, encoder=fixed_point(FEATURES))


def accuracy(network: Network, points: tuple[NDArray[np.int64], NDArray[np.int64]]) -> float:
    return float((network.predict(points[0]) == points[1]).mean())


SETTINGS = Refinement(changes=6000, round=2000, points=4096)


def test_a_random_network_learns_whatever_the_threads(network: Network) -> None:
    training, validation, test = yin_yang(20_000, 1), yin_yang(2000, 2), yin_yang(5000, 3)
    refined = [
        refine(network, training, validation, SETTINGS, tau=1.0, seed=5, threads=threads)
        for threads in (1, 3)
    ]
    assert refined[0].sha256 == refined[1].sha256
    assert accuracy(refined[0], test) > accuracy(network, test) + 0.1
    assert refined[0].depth <= network.depth


def test_the_best_round_on_the_validation_part_is_returned(network: Network) -> None:
    rounds: list[Round] = []
    training, validation = yin_yang(200, 1), yin_yang(2000, 2)  # so few points are overfitted
    settings = Refinement(changes=12_000, round=2000, points=192, patience=3)
    best = refine(
        network, training, validation, settings, tau=0.3, seed=1, threads=2, report=rounds.append
    )
    assert rounds[0].network is network
    assert accuracy(best, validation) == max(done.accuracy for done in rounds)
    after_best = [done.accuracy for done in rounds][::-1].index(accuracy(best, validation))
    assert after_best <= 4


def test_gates_go_where_they_have_a_price(network: Network) -> None:
    training, validation = yin_yang(20_000, 1), yin_yang(2000, 2)
    gates = []
    for price in (0.0, 0.01):
        settings = Refinement(changes=6000, round=2000, points=4096, gate_price=price)
        rounds: list[Round] = []
        refine(
            network, training, validation, settings, tau=1.0, seed=5, threads=1,
            report=rounds.append,
        )  # fmt: skip
        gates.append(rounds[-1].gates)
    assert gates[1] < gates[0] / 2


def test_what_cannot_be_refined_is_refused(network: Network) -> None:
    points = yin_yang(100, 1)
    bits = random_network(np.random.default_rng(0), layers=[4], head="bits")
    with pytest.raises(InputError, match="no classes to be refined for"):
        refine(bits, points, points, SETTINGS, tau=1.0, seed=0, threads=1)
    few = (points[0][:50], points[1][:50])
    with pytest.raises(InputError, match="needs 64 training points, and there are 50"):
        refine(network, few, points, SETTINGS, tau=1.0, seed=0, threads=1)
    with pytest.raises(InputError, match=r"refinement.tau is 1e-05, too little"):
        refine(network, points, points, SETTINGS, tau=1e-5, seed=0, threads=1)
