"""Gates that counters take in: they are in the same stage, and one operation with their count.

So the count of three gates is kept in two registers instead of three, and a level is gone. Look-up
tables of six inputs compute each bit of that count from what the gates read, so that the gates take
none. They take what they read as bits, though: a gate before them that would otherwise be part of
their tables needs its own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow

from connective.network import Network

Integers = NDArray[np.int64]
Groups = tuple[tuple[int, ...], ...]

TAKEN, GATE_INPUTS = 3, 2
"""Gates that a counter takes in, and their inputs."""

SAVED, COST = 11, 20
"""What a gate saves that is taken in, and what one costs that it reads and that gets a table of its
own. So many twentieths of a table, by `python -m benchmarks circuits`: between a half and two
thirds the networks there hardly differ."""


def absorbed(
    network: Network,
    classes: Sequence[Integers],
    fanin: Integers,
    reads: NDArray[np.bool_],
    built: NDArray[np.bool_],
    registered: bool,
) -> list[Groups]:
    """For each class, the gates that go into counters, group by group, as places in its entries.

    Parameters
    ----------
    classes: for each, the entries of `network.outputs` that are summed
    fanin, reads: (gates, k) the nodes that gates read, and whether they depend on them
    built: (nodes,) those on which outputs depend
    registered: whether a register follows every gate, so that it has a table of its own anyway
    """
    chosen = _candidates(network, np.concatenate(classes), fanin, reads, built)
    if not registered:
        chosen = _worthwhile(network, chosen, fanin)
    return [_threes(network, entries, chosen) for entries in classes]


def _candidates(
    network: Network,
    entries: Integers,
    fanin: Integers,
    reads: NDArray[np.bool_],
    built: NDArray[np.bool_],
) -> set[int]:
    """Gates of two inputs that are summed in one column of one class, and read by nothing else."""
    nodes, first = network.outputs[entries].astype(np.int64), network.n_inputs
    gates = np.flatnonzero(built[first:])
    read = np.concatenate([fanin[gates][reads[gates]], nodes])
    fits = (nodes >= first) & (np.bincount(read, minlength=network.n_nodes)[nodes] == 1)
    fits &= np.bitwise_count(np.abs(network.weights[entries])) == 1
    fits[fits] = reads[nodes[fits] - first].sum(axis=1) == GATE_INPUTS
    return set(nodes[fits].tolist())


def _worthwhile(network: Network, candidates: set[int], fanin: Integers) -> set[int]:
    """The gates that save more than those cost that they read: a closure of the greatest weight.

    It is what a cut of least capacity leaves (Picard, Management Science 22, 1976). What is summed
    by itself has a table already.
    """
    free = {*range(network.n_inputs), *network.outputs.tolist()} - candidates
    read = {gate: {*fanin[gate - network.n_inputs].tolist()} - free for gate in candidates}
    flow, source, sink = max_flow.SimpleMaxFlow(), network.n_nodes, network.n_nodes + 1
    for gate in sorted(candidates):
        flow.add_arc_with_capacity(source, gate, SAVED)
        for node in sorted(read[gate]):
            flow.add_arc_with_capacity(gate, node, SAVED)
    for node in sorted(set().union(*read.values())):
        flow.add_arc_with_capacity(node, sink, COST)
    flow.add_arc_with_capacity(source, sink, 0)  # so that both ends are there in any case
    flow.solve(source, sink)
    return candidates & {*flow.get_source_side_min_cut()}


def _threes(network: Network, entries: Integers, chosen: set[int]) -> Groups:
    """As many of the chosen gates as fill counters, in their order, those of a weight together."""
    columns: dict[int, list[int]] = {}
    weights = np.abs(network.weights[entries]).tolist()
    for place, node in enumerate(network.outputs[entries].tolist()):
        if node in chosen:
            columns.setdefault(weights[place], []).append(place)
    return tuple(
        tuple(column[start : start + TAKEN])
        for column in columns.values()
        for start in range(0, len(column) - TAKEN + 1, TAKEN)
    )
