"""What the search keeps of a network and its points, so that a change costs its fan-out alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from connective.network import Network

CONE = 4096  # gates that one change may reach; one that reaches more is not tried


class Circuit(NamedTuple):
    """Gates, who reads them and what they are summed into; the first six are changed in place.

    Pin p is input p % k of gate p // k. The pins that read a node are a list in both directions.

    Members
    -------
    fanin, table: (gates, k) nodes and (gates,) truth tables
    first, after, before: (nodes,) first pin that reads a node; (pins,) the next and the last; or −1
    uses: (nodes,) sums and pins of gates in use that read a node: 0 for one out of use
    source_start, source_end: (gates,) the nodes of the layer before: from start to end − 1
    sum_start, sum_class, sum_weight: what a node counts in classes, from start[node] on,
        in units of 1 / classes
    """

    fanin: NDArray[np.int32]
    table: NDArray[np.uint64]
    first: NDArray[np.int32]
    after: NDArray[np.int32]
    before: NDArray[np.int32]
    uses: NDArray[np.int32]
    source_start: NDArray[np.int64]
    source_end: NDArray[np.int64]
    sum_start: NDArray[np.int64]
    sum_class: NDArray[np.int64]
    sum_weight: NDArray[np.int64]


class Points(NamedTuple):
    """Points (a multiple of 64) and the network's state on them; the first three change in place.

    value: (nodes, words) bit-sliced values; score: (classes, points) in units of 1 / classes, and
    as many more as classes follow, so that ties go to the lowest class, as in hardware; total:
    (points,) sum of the classes' exponentials; label: (points,); exponential: (range,) of score /
    tau, scaled to fit; tau: in the same units
    """

    value: NDArray[np.uint64]
    score: NDArray[np.int32]
    total: NDArray[np.float64]
    label: NDArray[np.int64]
    exponential: NDArray[np.float64]
    tau: float


def circuit_of(network: Network, layers: Sequence[int]) -> Circuit:
    """The network's gates, so many in each layer; wires move among the layer before."""
    n_inputs, k = network.n_inputs, network.k
    ends = n_inputs + np.cumsum([0, *layers])
    starts = np.array([0, *ends[:-1]])
    order = np.argsort(network.outputs, kind="stable")
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    nodes = np.arange(network.n_nodes + 1)
    return Circuit(
        fanin=network.fanin.astype(np.int32),
        table=network.table.copy(),
        first=np.full(network.n_nodes, -1, dtype=np.int32),
        after=np.full(network.n_gates * k, -1, dtype=np.int32),
        before=np.full(network.n_gates * k, -1, dtype=np.int32),
        uses=np.bincount(network.outputs, minlength=network.n_nodes).astype(np.int32),
        source_start=np.repeat(starts[:-1], layers),
        source_end=np.repeat(ends[:-1], layers),
        sum_start=np.searchsorted(network.outputs[order], nodes),
        sum_class=owner[order],
        sum_weight=network.weights[order] * network.n_classes,
    )
