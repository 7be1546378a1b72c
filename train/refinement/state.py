"""What the search keeps of a network and its points, so that a change costs its fan-out alone."""

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
    sources, source_start, source_end: nodes by stage, and where those begin and end, (gates,)
        each, to which a gate's wires may move
    sum_start, sum_class, sum_weight: what a node counts in classes, from start[node] on
    """

    fanin: NDArray[np.int32]
    table: NDArray[np.uint64]
    first: NDArray[np.int32]
    after: NDArray[np.int32]
    before: NDArray[np.int32]
    uses: NDArray[np.int32]
    sources: NDArray[np.int32]
    source_start: NDArray[np.int64]
    source_end: NDArray[np.int64]
    sum_start: NDArray[np.int64]
    sum_class: NDArray[np.int64]
    sum_weight: NDArray[np.int64]


class Points(NamedTuple):
    """Points (a multiple of 64) and the network's state on them; the first three change in place.

    value: (nodes, words) bit-sliced values; score: (points, classes) above the least of all;
    total: (points,) sum of the classes' exponentials; label: (points,); exponential: (range,) of
    score / tau, scaled to fit
    """

    value: NDArray[np.uint64]
    score: NDArray[np.int32]
    total: NDArray[np.float64]
    label: NDArray[np.int64]
    exponential: NDArray[np.float64]
    tau: float


def circuit_of(network: Network) -> Circuit:
    """The network's gates as the search changes them.

    A wire moves among the nodes one stage before its gate, where a gate's stage is as late as its
    readers let it be: the layers as they were trained.
    """
    n_inputs, k = network.n_inputs, network.k
    stage = _stages(network)
    members = [np.flatnonzero(stage == s) for s in range(network.depth + 1)]
    starts = np.cumsum([0, *map(len, members)])
    before = stage[n_inputs:] - 1
    earlier = np.zeros(network.n_gates, dtype=np.int64)
    for s in range(network.depth):
        gates = np.flatnonzero(before == s)
        earlier[gates] = np.searchsorted(members[s], n_inputs + gates)
    order = np.argsort(network.outputs, kind="stable")
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    nodes = np.arange(network.n_nodes + 1)
    circuit = Circuit(
        fanin=network.fanin.astype(np.int32),
        table=network.table.copy(),
        first=np.full(network.n_nodes, -1, dtype=np.int32),
        after=np.full(network.n_gates * k, -1, dtype=np.int32),
        before=np.full(network.n_gates * k, -1, dtype=np.int32),
        uses=np.bincount(network.outputs, minlength=network.n_nodes).astype(np.int32),
        sources=np.concatenate(members).astype(np.int32),
        source_start=starts[before],
        source_end=starts[before] + earlier,
        sum_start=np.searchsorted(network.outputs[order], nodes),
        sum_class=owner[order],
        sum_weight=network.weights[order],
    )
    return circuit


def _stages(network: Network) -> NDArray[np.int64]:
    """0 for input bits; for a gate the latest level that its readers leave it, (nodes,)."""
    stage = np.full(network.n_nodes, network.depth, dtype=np.int64)
    level = network.level
    for number in range(network.depth, 0, -1):
        gates = np.flatnonzero(level[network.n_inputs :] == number)
        reads = network.fanin[gates]
        limit = np.repeat(stage[network.n_inputs + gates, None] - 1, network.k, axis=1)
        np.minimum.at(stage, reads, limit)
    stage[: network.n_inputs] = 0
    return stage
