"""What samples exercise of a network: its gates, its class sums, and the rule on ties."""

import numpy as np
from numpy.typing import NDArray

from connective import evaluation
from connective.network import Network
from connective.prover import Prover
from connective.results import Coverage, Stalls, SumRange

BLOCK_SAMPLES = 1 << 14  # bounds the memory of all nodes' values
ASKED, CONFLICTS = 256, 500  # gates of which it is asked whether they have one value only
FALSE, TRUE = 0, 1


def cover(network: Network, samples: NDArray[np.integer], stalls: Stalls | None) -> Coverage:
    """What words (samples, features), one or more, exercise, beside the stalls that were seen.

    Of gates with one value at all samples it is asked, within bounds, whether that is all they can
    have.
    """
    classes = 0 if network.head == "bits" else network.n_classes
    zero, one = np.zeros((2, network.n_nodes), dtype=bool)
    least, greatest = np.full(classes, np.iinfo(np.int64).max), np.full(classes, -(2**63))
    tied, pairs = 0, np.zeros((classes, classes), dtype=bool)
    for start in range(0, len(samples), BLOCK_SAMPLES):
        block = samples[start : start + BLOCK_SAMPLES]
        some_zero, some_one = _values(network, block)
        zero |= some_zero
        one |= some_one
        if classes:
            scores = network.scores(block)
            least = np.minimum(least, scores.min(axis=0))
            greatest = np.maximum(greatest, scores.max(axis=0))
            first = scores == scores.max(axis=1, keepdims=True)
            first = first[first.sum(axis=1) > 1]
            tied += len(first)
            pairs |= first.T.astype(np.float32) @ first.astype(np.float32) > 0
    counted = network.used[network.n_inputs :] & ~network.constant
    both = (zero & one)[network.n_inputs :]
    bounds = (least, greatest, *network.score_range) if classes else ()
    return Coverage(
        gates=int(counted.sum()),
        gates_both=int((counted & both).sum()),
        gates_fixed=_fixed(network, network.n_inputs + np.flatnonzero(counted & ~both), one),
        sums=[
            SumRange(least=a, greatest=b, possible_least=low, possible_greatest=high)
            for a, b, low, high in zip(*(bound.tolist() for bound in bounds), strict=True)
        ],
        ties=tied,
        tied_pairs=int(np.triu(pairs, 1).sum()),
        pairs=classes * (classes - 1) // 2,
        stalls=stalls,
    )


def _values(
    network: Network, samples: NDArray[np.integer]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each node is 0, and whether it is 1, at any of the samples, (nodes,) each."""
    nodes = np.arange(network.n_nodes, dtype=np.uint32)
    packed = network.encoder.encode_words(samples)
    words = evaluation.output_words(packed, network.fanin, network.table, nodes)
    real = np.full(words.shape[1], ~np.uint64(0))
    real[-1] = np.uint64(2 ** ((len(samples) - 1) % 64 + 1) - 1)  # the last word is not full
    return np.any(~words & real, axis=1), np.any(words & real, axis=1)


def _fixed(network: Network, nodes: NDArray[np.int64], one: NDArray[np.bool_]) -> int:
    """How many nodes are proved to have the value at all samples that was seen of them."""
    if not len(nodes):
        return 0
    with Prover(network) as prover:
        return sum(
            prover.equal(node, TRUE if one[node] else FALSE, conflicts=CONFLICTS) is True
            for node in nodes[:ASKED].tolist()
        )
