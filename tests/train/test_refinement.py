"""The search keeps its books right, its choices are the best there are, and so is its result."""

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
from train.refinement.changes import link_all, propose, settle
from train.refinement.coordinates import choose
from train.refinement.kernels import Scratch
from train.refinement.search import Sweep, _scratch, _state, refine
from train.refinement.state import Circuit, Points
from train.refinement.tables import costs

TAU = 0.7


def mean_loss(network: Network, points: tuple[NDArray[np.int64], NDArray[np.int64]]) -> float:
    """Where a class leads the next by a part of a gate, for ties go to the lowest class."""
    lead = -np.arange(network.n_classes) / network.n_classes
    logits = (network.scores(points[0]) + lead) / TAU
    return float(
        (np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(logits)), points[1]]).mean()
    )


def swept(
    network: Network, layers: list[int], rng: np.random.Generator, n: int = 640
) -> tuple[Circuit, Points, Scratch, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """A network on random points, ready for its gates to be given a choice."""
    samples = random_samples(rng, network, n)
    labels = rng.integers(0, network.n_classes, n)
    circuit, points, order = _state(network, layers, (samples, labels), n, TAU, rng)
    link_all(circuit)
    return circuit, points, _scratch(network, n // 64), (samples[order], labels[order])


def now(network: Network, circuit: Circuit) -> Network:
    reads, tables = canonicalize(circuit.fanin, circuit.table)
    return replace(network, fanin=reads, table=tables)


@settings(deadline=None, max_examples=40)
@given(
    networks(max_gates=60),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e-2]),
    st.sampled_from([0.0, 1e-2]),
)
def test_values_scores_and_losses_stay_those_of_the_network(
    network: Network, seed: int, temperature: float, price: float
) -> None:
    if not network.n_gates:
        return
    rng = np.random.default_rng(seed)
    layers = [network.n_gates - network.n_gates // 2, network.n_gates // 2]
    circuit, points, scratch, labelled = swept(network, layers, rng)
    stack = np.empty(circuit.fanin.size + 1, dtype=np.int32)
    for _ in range(6):
        gate = rng.integers(0, network.n_gates, 4)
        seeds = rng.integers(0, 2**63, 4, dtype=np.uint64)
        fanin, table = np.empty((4, network.k), dtype=np.int32), np.empty(4, dtype=np.uint64)
        chosen = (temperature, price, gate, seeds, fanin, table, np.empty(4))
        propose(0, 4, circuit, points, scratch, *chosen)
        before = mean_loss(now(network, circuit), labelled)
        made = settle(circuit, points, scratch, stack, *chosen)
        if made == 1 and not price:
            after = mean_loss(now(network, circuit), labelled)
            assert np.isclose(chosen[-1], after - before, atol=1e-6).any()
        if not temperature and not price:
            assert mean_loss(now(network, circuit), labelled) <= before + 1e-6
    latest = now(network, circuit)
    packed = evaluation.pack(latest.encoder.encode(labelled[0]))
    every = np.arange(latest.n_nodes, dtype=np.uint32)
    values = evaluation.output_words(packed, latest.fanin, latest.table, every)
    assert (points.value == values).all()
    ordered = np.sort(points.score, axis=0)
    assert (ordered[1:] > ordered[:-1]).all()
    assert (points.score.argmax(axis=0) == latest.predict(labelled[0])).all()
    scores = latest.scores(labelled[0]) - network.score_range[0].min()
    assert (points.score // network.n_classes == scores.T).all()
    assert points.total == pytest.approx(points.exponential[points.score].sum(axis=0))
    fresh = circuit._replace(
        first=np.full_like(circuit.first, -1),
        uses=np.bincount(latest.outputs, minlength=latest.n_nodes).astype(np.int32),
    )
    link_all(fresh)
    assert circuit.uses.tolist() == fresh.uses.tolist()


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("price", [0.0, 0.02])
def test_no_other_wire_and_table_has_a_lower_loss(k: int, price: float) -> None:
    rng = np.random.default_rng(k)
    network = random_network(rng, layers=[6, 6], n_inputs=5, k=k)
    circuit, points, scratch, labelled = swept(network, [6, 6], rng)
    fanin, seed = np.empty(k, dtype=np.int32), np.zeros(1, dtype=np.uint64)
    better = 0
    for gate in range(12):
        table = choose(circuit, points, scratch, gate, 0.0, 640 * price, seed, fanin)

        def loss(reads: NDArray[np.int32], table: int, gate: int = gate) -> float:
            tables, wires = network.table.copy(), network.fanin.copy()
            tables[gate], wires[gate] = table, reads
            other = replace(network, fanin=canonicalize(wires, tables)[0],
                            table=canonicalize(wires, tables)[1])  # fmt: skip
            return mean_loss(other, labelled) + price * costs(np.uint64(table), k)

        chosen = loss(fanin, int(table))
        better += chosen < loss(network.fanin[gate], int(network.table[gate])) - 1e-4
        for _ in range(200):
            other = fanin.copy()
            if gate < 6:
                other[rng.integers(k)] = rng.integers(0, 5)
            flipped = int(table) ^ int(rng.integers(0, 2**2**k))
            assert loss(fanin, flipped) >= chosen - 1e-4
    assert better > 6


def test_choices_at_a_temperature_have_the_probabilities_of_their_losses() -> None:
    rng = np.random.default_rng(0)
    network = random_network(rng, layers=[3], n_inputs=3, k=1)
    circuit, points, scratch, labelled = swept(network, [3], rng)
    fanin, seed = np.empty(1, dtype=np.int32), np.array([7], dtype=np.uint64)
    losses, counts = np.empty((3, 4)), np.zeros((3, 4))
    for source, table in np.ndindex(3, 4):
        wires, tables = network.fanin.copy(), network.table.copy()
        wires[0], tables[0] = source, table
        reads, made = canonicalize(wires, tables)
        losses[source, table] = mean_loss(replace(network, fanin=reads, table=made), labelled)
    temperature = np.ptp(losses) / 3
    for _ in range(20_000):
        table = choose(circuit, points, scratch, 0, 640 * temperature, 0.0, seed, fanin)
        counts[fanin[0], table] += 1
    expected = np.exp(-losses / temperature)
    expected /= expected.sum()
    assert counts / 20_000 == pytest.approx(expected, abs=0.012)


def test_gates_out_of_use_are_tried_anew() -> None:
    drawn = random_network(np.random.default_rng(4), layers=[60, 40], n_inputs=24, classes=4)
    fanin = drawn.fanin.copy()
    fanin[60:] = 24 + fanin[60:] % 5  # five of the first layer are in use
    reads, tables = canonicalize(fanin, drawn.table)
    network = replace(drawn, encoder=fixed_point(FEATURES), fanin=reads, table=tables)
    refined = refine(
        network, [60, 40], lambda _: yin_yang(4000, 1), yin_yang(1000, 2), SETTINGS,
        tau=1.0, seed=5, threads=1,
    )  # fmt: skip
    assert network.used[24:84].sum() <= 5
    assert refined.used[24:84].sum() > 15


def yin_yang(n: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return draw_points(n, "disc", np.random.default_rng(seed))


@pytest.fixture(scope="module")
def network() -> Network:
    """Forty gates at random over the words of Yin-Yang."""
    drawn = random_network(np.random.default_rng(4), layers=[40, 40], n_inputs=24, classes=4)
    return replace(drawn, encoder=fixed_point(FEATURES))


def accuracy(network: Network, points: tuple[NDArray[np.int64], NDArray[np.int64]]) -> float:
    return float((network.predict(points[0]) == points[1]).mean())


SETTINGS = Refinement(sweeps=4, points=4096)
LAYERS = [40, 40]


def test_a_random_network_learns_whatever_the_threads(network: Network) -> None:
    training, validation, test = yin_yang(20_000, 1), yin_yang(2000, 2), yin_yang(5000, 3)
    refined = [
        refine(
            network,
            LAYERS,
            lambda _: training,
            validation,
            SETTINGS,
            tau=1.0,
            seed=5,
            threads=threads,
        )
        for threads in (1, 3)
    ]
    assert refined[0].sha256 == refined[1].sha256
    assert accuracy(refined[0], test) > accuracy(network, test) + 0.1
    assert refined[0].depth <= network.depth


def test_the_best_sweep_on_the_validation_part_is_returned(network: Network) -> None:
    sweeps: list[Sweep] = []
    training, validation = yin_yang(200, 1), yin_yang(2000, 2)  # so few points are overfitted
    settings = Refinement(sweeps=20, points=192, patience=3)
    best = refine(
        network,
        LAYERS,
        lambda _: training,
        validation,
        settings,
        tau=0.3,
        seed=1,
        threads=2,
        report=sweeps.append,
    )
    assert sweeps[0].network is network
    assert accuracy(best, validation) == max(done.accuracy for done in sweeps)
    after_best = [done.accuracy for done in sweeps][::-1].index(accuracy(best, validation))
    assert after_best <= 4


def test_gates_go_where_they_have_a_price(network: Network) -> None:
    training, validation = yin_yang(20_000, 1), yin_yang(2000, 2)
    gates = []
    for price in (0.0, 0.01):
        settings = Refinement(sweeps=4, points=4096, gate_price=price)
        sweeps: list[Sweep] = []
        refine(
            network, LAYERS, lambda _: training, validation, settings, tau=1.0, seed=5, threads=1,
            report=sweeps.append,
        )  # fmt: skip
        gates.append(sweeps[-1].gates)
    assert gates[1] < gates[0] / 2


def test_what_cannot_be_refined_is_refused(network: Network) -> None:
    points = yin_yang(100, 1)
    bits = random_network(np.random.default_rng(0), layers=[4], head="bits")
    with pytest.raises(InputError, match="no classes to be refined for"):
        refine(bits, [4], lambda _: points, points, SETTINGS, tau=1.0, seed=0, threads=1)
    few = (points[0][:50], points[1][:50])
    with pytest.raises(InputError, match="needs 64 training points, and there are 50"):
        refine(network, LAYERS, lambda _: few, points, SETTINGS, tau=1.0, seed=0, threads=1)
    with pytest.raises(InputError, match=r"refinement.tau is 1e-05, too little"):
        refine(network, LAYERS, lambda _: points, points, SETTINGS, tau=1e-5, seed=0, threads=1)
