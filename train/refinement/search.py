"""The search, sweep by sweep: new points, all gates in turn on all threads, validation."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective import evaluation
from connective.canonical import canonicalize
from connective.errors import InputError
from connective.network import Network
from train.config import Refinement
from train.refinement.changes import link_all, propose, settle
from train.refinement.coordinates import OFFERED
from train.refinement.kernels import Scratch
from train.refinement.state import CONE, Circuit, Points, circuit_of
from train.refinement.sums import PANEL, TILE

AT_ONCE = 32  # gates for which threads choose with the others as they are
GREATEST_EXPONENT = 700.0

Labelled = tuple[NDArray[np.integer], NDArray[np.int64]]
"""Samples (points, features) and labels (points,)."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep of the search left; the search can go on from it.

    made: changes; gates: those in use that are no wires; accuracy: on the validation part
    best, merit: of all sweeps, the network and its accuracy less the price of its gates
    waited: sweeps since it was found
    """

    number: int
    made: int
    gates: int
    accuracy: float
    network: Network
    best: Network
    merit: float
    waited: int


def refine(
    network: Network,
    layers: Sequence[int],
    training: Callable[[int], Labelled],
    validation: Labelled,
    settings: Refinement,
    *,
    tau: float,
    seed: int,
    threads: int,
    after: Sweep | None = None,
    report: Callable[[Sweep], None] = lambda done: None,
) -> Network:
    """The network with the best validation accuracy, less the price of its gates, of all sweeps.

    `layers` are the gates of each layer, whose wires move among the layer before; `training` gives
    the points of a sweep, by its number.
    The same arguments give the same network whatever the number of threads, and whether the search
    goes on `after` a sweep or begins anew. Raises `InputError` for a network without classes.
    """
    if network.head == "bits":
        raise InputError("a network with head 'bits' has no classes to be refined for")
    done = after or _judged(network, 0, 0, validation, settings, None)
    if after is None:
        report(done)
    with ThreadPoolExecutor(threads) as pool:
        while done.number < settings.sweeps and done.waited <= settings.patience:
            rng = np.random.default_rng((seed, done.number + 1))
            temperature = settings.temperature * (1 - done.number / settings.sweeps) ** 2
            network, made = _sweep(
                done.network,
                layers,
                training(done.number + 1),
                settings,
                tau,
                temperature,
                rng,
                pool,
                threads,
            )
            done = _judged(network, done.number + 1, made, validation, settings, done)
            report(done)
    return done.best


def _judged(
    network: Network,
    number: int,
    made: int,
    validation: Labelled,
    settings: Refinement,
    before: Sweep | None,
) -> Sweep:
    """The sweep that left this network after the one before."""
    accuracy = float((network.predict(validation[0]) == validation[1]).mean())
    gates = _gates_in_use(network)
    merit = accuracy - settings.gate_price * gates
    judged = partial(Sweep, number, made, gates, accuracy, network)
    if before is None or merit > before.merit:
        return judged(best=network, merit=merit, waited=0)
    best = network if merit == before.merit else before.best
    return judged(best=best, merit=before.merit, waited=before.waited + 1)


def _sweep(
    network: Network,
    layers: Sequence[int],
    training: Labelled,
    settings: Refinement,
    tau: float,
    temperature: float,
    rng: np.random.Generator,
    pool: ThreadPoolExecutor,
    threads: int,
) -> tuple[Network, int]:
    """The network after all gates had a choice, on points drawn anew; how many took another."""
    network = _stir(network, layers, rng)
    circuit, points, _ = _state(network, layers, training, settings.points, tau, rng)
    link_all(circuit)
    stack = np.empty(circuit.fanin.size + 1, dtype=np.int32)
    scratches = [_scratch(network, points.value.shape[1]) for _ in range(threads)]
    made = 0
    used = np.flatnonzero(circuit.uses[network.n_inputs :])
    for gates in np.split(rng.permutation(used), np.arange(AT_ONCE, len(used), AT_ONCE)):
        n = len(gates)
        seeds = rng.integers(0, 2**64, n, dtype=np.uint64, endpoint=False)
        fanin, table = np.empty((n, network.k), dtype=np.int32), np.empty(n, dtype=np.uint64)
        chosen = (temperature, settings.gate_price, gates, seeds, fanin, table, np.empty(n))
        ends = np.linspace(0, n, threads + 1).astype(int).tolist()

        def choose(first: int, end: int, scratch: Scratch, chosen: Any = chosen) -> None:
            propose(first, end, circuit, points, scratch, *chosen)

        list(pool.map(choose, ends[:-1], ends[1:], scratches))
        made += settle(circuit, points, scratches[0], stack, *chosen)
    reads, tables = canonicalize(circuit.fanin, circuit.table)
    return replace(network, fanin=reads, table=tables), made


def _stir(network: Network, layers: Sequence[int], rng: np.random.Generator) -> Network:
    """The network with random wires and tables in gates out of use, for others to find useful."""
    idle = np.flatnonzero(~network.used[network.n_inputs :])
    ends = network.n_inputs + np.cumsum([0, *layers])
    layer = np.repeat(np.arange(len(layers)), layers)[idle]
    starts = np.array([0, *ends])[layer]
    fanin, table = network.fanin.astype(np.int32), network.table.copy()
    fanin[idle] = rng.integers(starts[:, None], ends[layer][:, None], (len(idle), network.k))
    table[idle] = rng.integers(0, 2**2**network.k, len(idle), dtype=np.uint64)
    reads, tables = canonicalize(fanin, table)
    return replace(network, fanin=reads, table=tables)


def _state(
    network: Network,
    layers: Sequence[int],
    training: Labelled,
    n_points: int,
    tau: float,
    rng: np.random.Generator,
) -> tuple[Circuit, Points, NDArray[np.int64]]:
    """The network, its values on points drawn from the training part, and which they are.

    Their number is a multiple of 64; those that are surest of their label come last.
    """
    samples, labels = training
    n = min(n_points, len(labels)) // 64 * 64
    if not n:
        raise InputError(f"refinement needs 64 training points, and there are {len(labels)}")
    drawn = rng.permutation(len(labels))[:n]
    packed = evaluation.pack(network.encoder.encode(samples[drawn]))
    low, high = network.score_range
    span = int(high.max() - low.min())
    if span / tau / 2 > GREATEST_EXPONENT:
        raise InputError(
            f"refinement.tau is {tau:g}, too little for scores that span {span}: set it to "
            f"{span / 2 / GREATEST_EXPONENT:.2g} or more"
        )
    units = np.arange((span + 1) * network.n_classes)
    exponential = np.exp((units / network.n_classes - span / 2) / tau)
    score = _scores(network, packed, n)
    total = exponential[score].sum(axis=1)
    certainty = exponential[score[np.arange(n), labels[drawn]]] / total
    order = np.argsort(certainty, kind="stable")  # so that points that matter little lie together
    drawn = drawn[order]
    packed = evaluation.pack(network.encoder.encode(samples[drawn]))
    every = np.arange(network.n_nodes, dtype=np.uint32)
    points = Points(
        value=evaluation.output_words(packed, network.fanin, network.table, every),
        score=np.ascontiguousarray(score[order].T.astype(np.int32)),
        total=total[order],
        label=labels[drawn],
        exponential=exponential,
        tau=tau * network.n_classes,
    )
    return circuit_of(network, layers), points, drawn


def _scores(network: Network, packed: NDArray[np.uint64], n: int) -> NDArray[np.int64]:
    """Sums (points, classes) above the least of all, as the argmax sees them: no two are equal.

    Of equal sums the lowest class wins, so each class leads the next by a unit, of which a sum has
    as many as there are classes.
    """
    sums = network.scores_from_words(packed, n) - network.score_range[0].min()
    return sums * network.n_classes + np.arange(network.n_classes)[::-1]


def _scratch(network: Network, n_words: int) -> Scratch:
    room = min(CONE, network.n_gates)
    places = -(-64 * n_words // TILE) * TILE
    panels = -(-(OFFERED + network.k) // (2 * PANEL)) * 2  # they are summed in pairs
    return Scratch(
        cone=np.zeros(room, dtype=np.int32),
        word=np.zeros((room, n_words), dtype=np.uint64),
        slot=np.full(network.n_nodes, -1, dtype=np.int32),
        leaf=np.zeros(2**network.k, dtype=np.uint64),
        shift=np.zeros(network.n_classes, dtype=np.int32),
        change=np.zeros(64 * n_words, dtype=np.float32),
        busy=np.zeros(n_words, dtype=np.int32),
        weight=np.zeros(places, dtype=np.float32),
        context=np.zeros(places, dtype=np.uint8),
        order=np.zeros(places, dtype=np.int32),
        panel=np.zeros((panels, places), dtype=np.uint64),
        lane=np.zeros(2 * PANEL, dtype=np.float32),
        sums=np.zeros((panels * PANEL, 2 ** (network.k - 1))),
    )


def _gates_in_use(network: Network) -> int:
    """Gates of two inputs or more that an output depends on."""
    several = (network.fanin != network.fanin[:, :1]).any(axis=1)
    return int((several & network.used[network.n_inputs :]).sum())
