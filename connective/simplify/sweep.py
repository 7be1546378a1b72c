"""The pass that merges nodes which are equal for every word, found by simulation, proved by SAT."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from connective import evaluation
from connective.network import Network
from connective.prover import Prover
from connective.simplify.fold import fold
from connective.simplify.literal import FALSE, literals
from connective.simplify.step import Step
from connective.simplify.words import random_words

SAMPLES = 4096
CONFLICTS = 500  # of one question to the solver; a pair that takes more is left as it is
MAX_ROUNDS = 16

Progress = Callable[[int, int], None]
"""Takes how many pairs are decided, and of how many that are candidates as yet."""


def merge_equal(network: Network, progress: Progress = lambda done, of: None) -> Step:
    """Merge nodes, of rows or gates, that have one value, or opposite ones, for every word.

    Candidates are the nodes that random words do not tell apart. Each is proved by SAT under the
    encoder's constraint before it is merged; a counterexample becomes a further sample.
    """
    equal = literals(np.arange(network.n_nodes))
    samples = random_words(network.encoder, SAMPLES, np.random.default_rng(0))
    settled = np.zeros(network.n_nodes, dtype=bool)
    with Prover(network) as prover:
        for _ in range(MAX_ROUNDS):
            pairs = [pair for pair in _candidates(network, samples) if not settled[pair[0]]]
            counterexamples = []
            for done, (node, literal) in enumerate(pairs, 1):
                holds = prover.equal(node, literal, conflicts=CONFLICTS)
                if holds is False:
                    counterexamples.append(prover.counterexample())
                else:
                    settled[node] = True
                if holds:
                    equal[node] = literal
                progress(done, len(pairs))
            if not counterexamples:
                break
            samples = np.concatenate([samples, counterexamples])
    return fold(network, equal)


def _candidates(network: Network, samples: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Nodes with the literal that no sample tells them from: of a node before, or a constant."""
    packed = evaluation.pack(network.encoder.encode(samples))
    every = np.arange(network.n_nodes)
    words = evaluation.output_words(packed, network.fanin, network.table, every.astype(np.uint32))
    inverted = (words[:, 0] & np.uint64(1)).astype(np.int64)
    words = words ^ -inverted.view(np.uint64)[:, None]
    words[:, -1] &= np.uint64(2 ** ((len(samples) - 1) % 64 + 1) - 1)
    signature = np.ascontiguousarray(words).view(f"V{words.shape[1] * 8}")[:, 0]
    _, first, index = np.unique(signature, return_index=True, return_inverse=True)
    twin = first[index]
    constant = ~words.any(axis=1)
    literal = np.where(constant, FALSE, literals(twin) ^ inverted[twin]) ^ inverted
    level = network.level
    chosen = constant | (twin < every) & (level[twin] <= level)  # no merger makes a path longer
    return zip(np.flatnonzero(chosen).tolist(), literal[chosen].tolist(), strict=True)
