"""The pass that folds constants, wires and inverters into readers and merges equal gates."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from connective.network import Network
from connective.simplify.gates import fold_gates
from connective.simplify.literal import follow, literals, nodes
from connective.simplify.rows import equal_rows
from connective.simplify.step import Step, selection


class Gates(NamedTuple):
    fanin: NDArray[np.uint32]  # (gates, k)
    table: NDArray[np.uint64]  # (gates,)


def fold(network: Network, equal: NDArray[np.int64] | None = None) -> Step:
    """Fold what is known of single nodes: no gate is left that is a constant, a wire or a twin.

    `equal` (nodes,) gives a literal that each node is known to equal, of a node not after it;
    otherwise only rows of the encoder are compared. Output bits that are constants or inverses of
    a node keep a gate that makes them; where there are classes, they go into weights and biases.
    """
    own = literals(np.arange(network.n_nodes))
    if equal is None:
        equal = own.copy()
        equal[: network.n_inputs] = equal_rows(network.encoder)
    fanin, table, literal, fate = fold_gates(network.n_inputs, network.fanin, network.table, equal)
    kept = literal == own
    kept[: network.n_inputs] = True  # which rows are read is for `prune` to say
    place = selection(network, kept)
    forward = follow(place, literal)
    stays = kept[network.n_inputs :]
    gates = Gates(nodes(place[fanin[stays]]).astype(np.uint32), table[stays])
    output = follow(forward, literals(network.outputs))
    if network.head == "bits":
        after, added = _with_bits(network, gates, output)
    else:
        after, added = _with_sums(network, gates, output), output[:0]
    origin = own[kept]
    origin = np.concatenate([origin, follow(origin, added)])
    return Step(network, after, literal, forward, origin, fate)


def _with_sums(network: Network, gates: Gates, output: NDArray[np.int64]) -> Network:
    """The sums over output literals: 1 − x counts the weight once and takes x away."""
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    inverted = (output >= 2) & (output & 1 == 1)
    bias = network.bias.copy()
    np.add.at(bias, owner, network.weights * (inverted | (output == 1)))
    stays = output >= 2
    return replace(
        network,
        fanin=gates.fanin,
        table=gates.table,
        outputs=nodes(output[stays]).astype(np.uint32),
        weights=np.where(inverted, -network.weights, network.weights)[stays],
        groups=np.append(0, np.cumsum(np.bincount(owner[stays], minlength=len(bias)))),
        bias=bias,
    )


def _with_bits(
    network: Network, gates: Gates, output: NDArray[np.int64]
) -> tuple[Network, NDArray[np.int64]]:
    """The network with output literals, and those for which it got a gate of their own."""
    wanted, index = np.unique(output, return_inverse=True)
    new = (wanted < 2) | (wanted & 1 == 1)
    node = np.where(new, network.n_inputs + len(gates.fanin) + np.cumsum(new) - 1, nodes(wanted))
    added = wanted[new]
    reads = np.maximum(nodes(added), 0).astype(np.uint32)  # node 0 for a constant
    full = np.uint64(2 ** (2**network.k) - 1)
    inverter = full // np.uint64(3)  # true where input 0 is false
    after = replace(
        network,
        fanin=np.append(gates.fanin, np.repeat(reads[:, None], network.k, axis=1), axis=0),
        table=np.append(
            gates.table, np.choose(np.minimum(added, 2), [np.uint64(0), full, inverter])
        ),
        outputs=node[index].astype(np.uint32),
    )
    return after, added
