"""The passes that make the weighted sums of the classes as small as they can be written."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.certificate import Keep
from connective.network import Network
from connective.simplify.literal import literals
from connective.simplify.step import Step, unchanged
from connective.simplify.tables import ONES


def merge_sums(network: Network, keep: Keep) -> Step:
    """Count each node at most once a class, by a weight that is not 0.

    Where only labels are kept, what a node counts in most classes is taken from all of them, and
    the biases are lowered together until the least score of all is 0.
    """
    if network.head == "bits":
        return unchanged(network)
    n_classes = network.n_classes
    owner = np.repeat(np.arange(n_classes), np.diff(network.groups))
    entry, index = np.unique(network.outputs * np.int64(n_classes) + owner, return_inverse=True)
    weight = np.zeros(len(entry), dtype=np.int64)
    np.add.at(weight, index, network.weights)
    node, owner = np.divmod(entry[weight != 0], n_classes)
    weight = weight[weight != 0]
    if keep == "label":
        node, owner, weight = _without_common(node, owner, weight, n_classes)
    order = np.lexsort((node, owner))
    bias = network.bias
    if keep == "label":
        low = bias.copy()
        np.add.at(low, owner, np.minimum(weight, 0))
        bias = bias - low.min()
    after = replace(
        network,
        outputs=node[order].astype(np.uint32),
        weights=weight[order],
        groups=np.append(0, np.cumsum(np.bincount(owner, minlength=n_classes))),
        bias=bias,
    )
    return replace(unchanged(network), after=after)


def _without_common(
    node: NDArray[np.int64], owner: NDArray[np.int64], weight: NDArray[np.int64], n_classes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Entries from which each node's most frequent weight is taken, where that is not 0."""
    pair, count = np.unique(np.stack([node, weight]), axis=1, return_counts=True)
    by_node = np.lexsort((-count, pair[0]))
    frequent, first = np.unique(pair[0][by_node], return_index=True)
    common, times = pair[1][by_node][first], count[by_node][first]
    zeros = n_classes - np.bincount(np.searchsorted(frequent, node), minlength=len(frequent))
    chosen, common = frequent[times > zeros], common[times > zeros]
    # Such a node is in more than half of the classes, so these rows are no more than twice as many.
    full = np.repeat(-common[:, None], n_classes, axis=1)
    ours = np.isin(node, chosen)
    full[np.searchsorted(chosen, node[ours]), owner[ours]] += weight[ours]
    row, column = np.nonzero(full)
    return (
        np.append(node[~ours], chosen[row]),
        np.append(owner[~ours], column),
        np.append(weight[~ours], full[row, column]),
    )


def make_positive(network: Network) -> Step:
    """Invert gates that are only counted down, and in the tables of their readers."""
    if network.head == "bits":
        return unchanged(network)
    highest = np.full(network.n_nodes, np.iinfo(np.int64).min)
    np.maximum.at(highest, network.outputs, network.weights)
    inverted = (highest < 0) & (highest > np.iinfo(np.int64).min)
    inverted[: network.n_inputs] = False
    full = np.uint64(2 ** (2**network.k) - 1)
    table = np.where(inverted[network.n_inputs :], network.table ^ full, network.table)
    for j in range(network.k):
        ones, shift = ONES[j], np.uint64(1 << j)
        other = (table & ones) >> shift | (table & ~ones) << shift
        table = np.where(inverted[network.fanin[:, j]], other, table)
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    counted = inverted[network.outputs]
    bias = network.bias.copy()
    np.add.at(bias, owner[counted], network.weights[counted])
    weights = np.where(counted, -network.weights, network.weights)
    after = replace(network, table=table, weights=weights, bias=bias)
    turned = literals(np.arange(network.n_nodes)) + inverted
    return replace(unchanged(network), after=after, forward=turned, origin=turned)
