"""Samples at which two classes tie for the first place, where the rule on ties decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from connective.bitblast import bitblast_ties
from connective.network import Network
from connective.prover import Prover
from connective.turns import between

ROUNDS = 16
WAYS, STEPS = 4, 512  # that are tried for a pair of classes in a round, and samples on each
NEAREST = 16  # samples at which a class does best: the ends of ways
PAIRS = 64  # that are looked for in a round, and asked of the solver
CONFLICTS = 2000  # of a question to the solver

Pair = tuple[int, int]
AND = 0b1000


@dataclass(frozen=True, eq=False)
class Ties:
    """For each pair of classes, the lower one first, a sample with a tie of theirs, or why none.

    Members
    -------
    found: a sample (features,) at which both have the greatest score
    impossible: pairs of which it is proved that they tie at no sample
    left: pairs of which neither is known
    """

    found: dict[Pair, NDArray[np.int64]]
    impossible: list[Pair]
    left: list[Pair]


def find_ties(network: Network, samples: NDArray[np.integer], rng: np.random.Generator) -> Ties:
    """Look for ties on ways between `samples` (samples, features), then ask a SAT solver.

    The search is bounded, and so are the solver's conflicts: pairs may be left.
    """
    if network.head == "bits":
        return Ties({}, [], [])
    left = list(combinations(range(network.n_classes), 2))
    words = samples.astype(np.int64)
    scores = network.scores(words)
    found = {pair: words[i] for pair, i in _ties(scores)}
    for _ in range(ROUNDS):
        left = [pair for pair in left if pair not in found]
        for pair in [left[i] for i in rng.permutation(len(left))[:PAIRS]]:
            if pair not in found:
                tried = _ways(words, scores, pair, rng)
                found = {p: tried[i] for p, i in _ties(network.scores(tried))} | found
    left = [pair for pair in left if pair not in found]
    impossible, further = _ask(network, left[:PAIRS])
    found |= further
    left = [pair for pair in left if pair not in found and pair not in impossible]
    return Ties(dict(sorted(found.items())), impossible, left)


def _ties(scores: NDArray[np.int64]) -> Iterator[tuple[Pair, int]]:
    """Pairs of classes that tie for the first place in scores (samples, classes), and where."""
    first = scores == scores.max(axis=1, keepdims=True)
    rows = np.flatnonzero(first.sum(axis=1) > 1)
    tied = first[rows].astype(np.float32)
    for a, b in np.argwhere(np.triu(tied.T @ tied, 1)):
        yield (int(a), int(b)), int(rows[(first[rows, a] & first[rows, b]).argmax()])


def _ways(
    samples: NDArray[np.int64], scores: NDArray[np.int64], pair: Pair, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Samples on ways from where one class of a pair does best to where the other does."""
    lead = scores - scores.max(axis=1, keepdims=True) + rng.random(len(scores))[:, None]
    ends = (np.argsort(-lead[:, c], kind="stable")[:NEAREST] for c in pair)
    first, last = (samples[rng.choice(end, WAYS)].repeat(STEPS, axis=0) for end in ends)
    offset = rng.random((WAYS, samples.shape[1])).repeat(STEPS, axis=0)
    return between(first, last, np.tile(np.linspace(0, 1, STEPS), WAYS), offset)


def _ask(network: Network, pairs: list[Pair]) -> tuple[list[Pair], dict[Pair, NDArray[np.int64]]]:
    """Pairs that a solver proves to tie nowhere, and samples at which it finds that others do."""
    impossible: list[Pair] = []
    found: dict[Pair, NDArray[np.int64]] = {}
    if not pairs:
        return impossible, found
    blasted = bitblast_ties(network)
    best = [2 * int(node) + 2 for node in blasted.outputs]
    with Prover(blasted) as prover:
        for a, b in pairs:
            never = prover.computes(AND, [best[a], best[b]], 0, conflicts=CONFLICTS)
            if never:
                impossible.append((a, b))
            elif never is False:
                found[a, b] = prover.counterexample()
    return impossible, found
