"""Stuck-at faults of a network's nodes: at which samples they show in what a core gives.

A node that is stuck at the value that it should not have is inverted. So a network is extended by
an input for each node that inverts it, and each pair of a node and a sample is one evaluation.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective import evaluation
from connective.canonical import canonicalize
from connective.encoder import raw
from connective.network import Network
from connective.truth_table import widening

XOR = 0b0110
BLOCK_WORDS = 1 << 22  # of inputs: bounds the memory


def observed(network: Network) -> NDArray[np.int64]:
    """Nodes that an output depends on, constants left out, (nodes,)."""
    counted = network.used.copy()
    counted[network.n_inputs :] &= ~network.constant
    return np.flatnonzero(counted)


def shown_faults(
    network: Network, nodes: NDArray[np.int64], samples: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Whether a node that is stuck at 0, or at 1, shows at a sample, (2, nodes, samples).

    It shows in the label, with head `scores` in the scores, and with head `bits` in the bits.
    """
    if not len(samples):
        return np.zeros((2, len(nodes), 0), dtype=bool)
    packed = network.encoder.encode_words(samples)
    words = evaluation.output_words(packed, network.fanin, network.table, nodes.astype(np.uint32))
    values = evaluation.unpack(words, len(samples))
    shown = _shown(network, nodes, packed, len(samples))
    return np.stack([shown & values, shown & ~values])


def _shown(
    network: Network, nodes: NDArray[np.int64], packed: NDArray[np.uint64], n_samples: int
) -> NDArray[np.bool_]:
    """Whether the inversion of each node shows, (nodes, samples), at encoded samples."""
    extended = invertible(network, nodes)
    words = packed.shape[1]
    right = _answers(extended, np.pad(packed, ((0, len(nodes)), (0, 0))))
    shown = np.empty((len(nodes), n_samples), dtype=bool)
    at_once = max(1, BLOCK_WORDS // (extended.n_inputs * words))
    for start in range(0, len(nodes), at_once):
        here = np.arange(start, min(start + at_once, len(nodes)))
        inputs = np.zeros((extended.n_inputs, len(here), words), dtype=np.uint64)
        inputs[: network.n_inputs] = packed[:, None]
        inputs[network.n_inputs + here, here - start] = ~np.uint64(0)
        found = _answers(extended, inputs.reshape(extended.n_inputs, -1))
        found = found.reshape(len(here), 64 * words, -1)
        shown[here] = (found != right).any(axis=2)[:, :n_samples]
    return shown


def _answers(network: Network, packed: NDArray[np.uint64]) -> NDArray[np.integer]:
    """What a core gives for encoded samples, (64 · words, numbers)."""
    n_samples = 64 * packed.shape[1]
    if network.head == "bits":
        bits = evaluation.output_words(packed, network.fanin, network.table, network.outputs)
        return evaluation.unpack(bits, n_samples).T.view(np.uint8)
    if network.head == "scores":
        return network.scores_from_words(packed, n_samples)
    return network.predict_from_words(packed, n_samples)[:, None]


def invertible(network: Network, nodes: NDArray[np.int64]) -> Network:
    """The network without its encoder, and with inputs more that invert one of the nodes each."""
    inputs, k = network.n_inputs + len(nodes), max(2, network.k)
    inverted = np.zeros(network.n_nodes, dtype=np.int64)
    inverted[nodes] = 1
    ends = np.cumsum(inverted)  # nodes that are inverted up to each
    own = np.arange(network.n_nodes) + ends - inverted
    own[: network.n_inputs] = np.arange(network.n_inputs)
    own[network.n_inputs :] += len(nodes)
    # what inverts an input comes first of all gates, that of a gate next after it
    after = own + 1
    of_input = nodes < network.n_inputs
    after[nodes[of_input]] = inputs + np.arange(of_input.sum())
    read = np.where(inverted == 1, after, own)
    fanin = np.zeros((network.n_gates + len(nodes), k), dtype=np.int64)
    table = np.empty(len(fanin), dtype=np.uint64)
    gates = own[network.n_inputs :] - inputs
    columns = np.concatenate([network.fanin, network.fanin[:, -1:]], axis=1)[:, :k]
    fanin[gates] = read[columns]
    table[gates] = network.table * np.uint64(widening(network.k, k))
    changed = after[nodes] - inputs
    fanin[changed] = (network.n_inputs + np.arange(len(nodes)))[:, None]
    fanin[changed, 0] = own[nodes]
    table[changed] = XOR * widening(2, k)
    made = canonicalize(fanin, table)
    return replace(
        network,
        encoder=raw(inputs),
        fanin=made[0],
        table=made[1],
        outputs=read[network.outputs].astype(np.uint32),
    )
