"""The search, round by round: new points, changes tried on all threads, validation."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from connective import evaluation
from connective.canonical import canonicalize
from connective.errors import InputError
from connective.network import Network
from train.config import Refinement
from train.refinement.changes import link_all, settle, try_changes
from train.refinement.kernels import Scratch
from train.refinement.state import CONE, Circuit, Points, circuit_of

TRIED_AT_ONCE = 256  # changes that threads try against one state of the network
SCREEN = 5e-4  # a rise of the mean loss on an eighth of the points that ends a trial
GREATEST_EXPONENT = 700.0

Labelled = tuple[NDArray[np.integer], NDArray[np.int64]]
"""Samples (points, features) and labels (points,)."""


@dataclass(frozen=True, eq=False)
class Round:
    """What a round of the search left; the search can go on from it.

    made: changes; gates: those in use that are no wires; accuracy: on the validation part
    best, merit: of all rounds, the network and its accuracy less the price of its gates
    waited: rounds since it was found
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
    training: Labelled,
    validation: Labelled,
    settings: Refinement,
    *,
    tau: float,
    seed: int,
    threads: int,
    after: Round | None = None,
    report: Callable[[Round], None] = lambda done: None,
) -> Network:
    """The network with the best validation accuracy, less the price of its gates, of all rounds.

    The same arguments give the same network whatever the number of threads, and whether the search
    goes on `after` a round or begins anew. Raises `InputError` for a network without classes.
    """
    if network.head == "bits":
        raise InputError("a network with head 'bits' has no classes to be refined for")
    n_rounds = -(-settings.changes // settings.round)
    done = after or _judged(network, 0, 0, validation, settings, None)
    if after is None:
        report(done)
    with ThreadPoolExecutor(threads) as pool:
        while done.number < n_rounds and done.waited <= settings.patience:
            rng = np.random.default_rng((seed, done.number + 1))
            temperature = settings.temperature * (1 - done.number / n_rounds)
            network, made = _round(
                done.network, training, settings, tau, temperature, rng, pool, threads
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
    before: Round | None,
) -> Round:
    """The round that left this network after the one before."""
    accuracy = float((network.predict(validation[0]) == validation[1]).mean())
    gates = _gates_in_use(network)
    merit = accuracy - settings.gate_price * gates
    judged = partial(Round, number, made, gates, accuracy, network)
    if before is None or merit > before.merit:
        return judged(best=network, merit=merit, waited=0)
    best = network if merit == before.merit else before.best
    return judged(best=best, merit=before.merit, waited=before.waited + 1)


def _round(
    network: Network,
    training: Labelled,
    settings: Refinement,
    tau: float,
    temperature: float,
    rng: np.random.Generator,
    pool: ThreadPoolExecutor,
    threads: int,
) -> tuple[Network, int]:
    """The network after `settings.round` changes were tried on points drawn anew."""
    circuit, points = _state(network, training, settings.points, tau, rng)
    link_all(circuit)
    stack = np.empty(circuit.fanin.size + 1, dtype=np.int32)
    scratches = [_scratch(network, points.value.shape[1]) for _ in range(threads)]
    ends = np.linspace(0, TRIED_AT_ONCE, threads + 1).astype(int).tolist()
    gate = np.empty(TRIED_AT_ONCE, dtype=np.int64)
    fanin = np.empty((TRIED_AT_ONCE, network.k), dtype=np.int32)
    table = np.empty(TRIED_AT_ONCE, dtype=np.uint64)
    rise = np.empty(TRIED_AT_ONCE)
    tried = (SCREEN, settings.gate_price, gate, fanin, table, rise)
    made = 0
    for _ in range(0, settings.round, TRIED_AT_ONCE):
        seeds = rng.integers(0, 2**64, TRIED_AT_ONCE, dtype=np.uint64, endpoint=False)
        allowed = -temperature * np.log(rng.random(TRIED_AT_ONCE))

        def attempt(first: int, end: int, scratch: Scratch, seeds: NDArray[np.uint64]) -> None:
            try_changes(first, end, circuit, points, scratch, seeds, *tried)

        list(pool.map(attempt, ends[:-1], ends[1:], scratches, [seeds] * threads))
        made += settle(circuit, points, scratches[0], stack, *tried, allowed)
    reads, tables = canonicalize(circuit.fanin, circuit.table)
    return replace(network, fanin=reads, table=tables), made


def _state(
    network: Network, training: Labelled, n_points: int, tau: float, rng: np.random.Generator
) -> tuple[Circuit, Points]:
    """The network and its values on points drawn from the training part, in whole words."""
    samples, labels = training
    n = min(n_points, len(labels)) // 64 * 64
    if not n:
        raise InputError(f"refinement needs 64 training points, and there are {len(labels)}")
    drawn = rng.permutation(len(labels))[:n]
    packed = evaluation.pack(network.encoder.encode(samples[drawn]))
    every = np.arange(network.n_nodes, dtype=np.uint32)
    low, high = network.score_range
    score = network.scores_from_words(packed, n) - low.min()
    span = int(high.max() - low.min())
    if span / tau / 2 > GREATEST_EXPONENT:
        raise InputError(
            f"refinement.tau is {tau:g}, too little for scores that span {span}: set it to "
            f"{span / 2 / GREATEST_EXPONENT:.2g} or more"
        )
    exponential = np.exp((np.arange(span + 1) - span / 2) / tau)
    points = Points(
        value=evaluation.output_words(packed, network.fanin, network.table, every),
        score=score.astype(np.int32),
        total=exponential[score].sum(axis=1),
        label=labels[drawn],
        exponential=exponential,
        tau=tau,
    )
    return circuit_of(network), points


def _scratch(network: Network, n_words: int) -> Scratch:
    room = min(CONE, network.n_gates)
    return Scratch(
        cone=np.zeros(room, dtype=np.int32),
        word=np.zeros((room, n_words), dtype=np.uint64),
        slot=np.full(network.n_nodes, -1, dtype=np.int32),
        leaf=np.zeros(2**network.k, dtype=np.uint64),
        shift=np.zeros(network.n_classes, dtype=np.int32),
    )


def _gates_in_use(network: Network) -> int:
    """Gates of two inputs or more that an output depends on."""
    several = (network.fanin != network.fanin[:, :1]).any(axis=1)
    return int((several & network.used[network.n_inputs :]).sum())
