"""What a core computes, as operations and the nets between them: what can be put into stages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder
from connective.network import Network
from hwgen.absorption import Groups, absorbed
from hwgen.compressor_tree import CompressorTree
from hwgen.delays import LEVELS, Delays
from hwgen.family import Family
from hwgen.formula import support
from hwgen.graph import Graph
from hwgen.ranking import Ranking, ranking_of
from hwgen.retiming import Dataflow
from hwgen.tournament import Entrant, Margin, Match, margin_of, tournament

Integers = NDArray[np.int64]

ARRIVAL = 0
"""The operation that is a sample's arrival; its results are the words and their plain bits."""
UNBUILT = -1
BIT, GE = OPS.index("bit"), OPS.index("ge")


@dataclass(frozen=True, eq=False)
class Operations:
    """Comparisons, gates, counters, additions and matches, and the nets between them.

    Members
    -------
    dataflow: of all of them
    node: (nodes,) the operation of each node: `ARRIVAL` for a plain bit and a constant row,
        `UNBUILT` for what no output depends on, a counter for a gate that this takes in
    same: (nodes,) the first input row that asks the same, and the node itself for gates
    varies: (nodes,) whether a register may hold it: it is built and neither constant nor taken in
    reads: (gates, k) the inputs on which each gate's table depends: none of a constant's
    output_entries: the entries of `Network.outputs` that are built, class by class
    trees: for each class that is built, how its bits are summed
    counters: for each such class, for each round, the operations of the counters
    additions: for each such class, the operations that add what the counters leave
    scores: for each such class, the score as an entrant
    matches: of the argmax, in order
    margin: how far the winner leads, if that is asked for
    ranking: the best classes in their order, if they are
    """

    dataflow: Dataflow
    node: Integers
    same: Integers
    varies: NDArray[np.bool_]
    reads: NDArray[np.bool_]
    output_entries: Integers
    trees: tuple[CompressorTree, ...]
    counters: tuple[tuple[Integers, ...], ...]
    additions: tuple[tuple[int, ...], ...]
    scores: tuple[Entrant, ...]
    matches: tuple[Match, ...]
    margin: Margin | None
    ranking: Ranking | None


def operations(
    network: Network,
    *,
    family: Family,
    registered: bool = False,
    delays: Delays = LEVELS,
    scores: bool = False,
    margin: bool = False,
    reject_below: int | None = None,
    best: int | None = None,
) -> Operations:
    """The operations of a network's core, with what leaves it beside the label.

    Each takes as long as `delays` says. A gate that a counter takes in is part of its operation;
    which ones are depends on whether all gates would be `registered`.
    A network of one class without scores has none: its label is known.
    """
    graph = Graph(delays)
    same = _same_rows(network.encoder, network.n_nodes)
    n_classes = network.n_classes if network.n_classes > 1 or scores else 0
    entries = _output_entries(network, n_classes)
    fanin = same[network.fanin]
    reads = _dependences(network)
    built = _built(network, fanin, reads, same[network.outputs[entries]])
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    classes = [entries[owner[entries] == c] for c in range(n_classes)]
    taken: list[Groups] = [()] * len(classes)
    if classes and family.takes_in_gates(registered=registered):
        taken = absorbed(network, classes, fanin, reads, built, registered)
    pairs = zip(classes, taken, strict=True)
    inside = {int(network.outputs[own[i]]) for own, groups in pairs for g in groups for i in g}
    node, node_net, behind = _nodes(graph, network, fanin, reads, built, inside)
    node[:] = node[same]
    varies = (node_net != UNBUILT) & (np.array([*graph.bits, 0])[node_net] > 0)

    trees, counters, additions, entrants = [], [], [], []
    for c, own in enumerate(classes):
        summed = same[network.outputs[own]]
        weights, bias = tuple(network.weights[own].tolist()), int(network.bias[c])
        tree = CompressorTree(weights, bias, family.counter, first=taken[c])
        inputs = [behind[n] if n in behind else [int(node_net[n])] for n in summed.tolist()]
        rounds, added, nets = _sum(graph, tree, inputs)
        for number, places in enumerate(taken[c]):
            node[summed[list(places)]] = rounds[0][number]
        trees.append(tree)
        counters.append(rounds)
        additions.append(added)
        low = tree.offset
        entrants.append(Entrant(nets, c, c + 1, low, low + sum(map(abs, tree.weights))))
    asked = margin or reject_below is not None
    matches = tournament(graph, entrants, seconds=asked)
    results = {matches[-1].winner.nets[0]} if matches else set()
    lead = margin_of(graph, matches[-1], margin, reject_below) if asked else None
    if lead:
        results |= set(lead.nets)
    ranking = ranking_of(graph, entrants, best) if best else None
    if ranking:
        results.add(ranking.net)
    if scores:
        results |= {net for entrant in entrants for net in entrant.nets}
    if network.head == "bits":
        results = set(node_net[same[network.outputs[entries]]].tolist())
    graph.add(sorted(results - {UNBUILT}))
    return Operations(
        dataflow=graph.dataflow(),
        node=node,
        same=same,
        varies=varies,
        reads=reads,
        output_entries=entries,
        trees=tuple(trees),
        counters=tuple(counters),
        additions=tuple(additions),
        scores=tuple(entrants),
        matches=tuple(matches),
        margin=lead,
        ranking=ranking,
    )


def _dependences(network: Network) -> NDArray[np.bool_]:
    tables, index = np.unique(network.table, return_inverse=True)
    depends = np.zeros((len(tables), network.k), dtype=bool)
    for row, table in enumerate(tables.tolist()):
        depends[row, list(support(table, network.k))] = True
    return depends[index]


def _same_rows(encoder: Encoder, n_nodes: int) -> Integers:
    rows = np.stack([encoder.feature, encoder.op, encoder.value], axis=1).astype(np.int64)
    _, first, index = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    same = np.arange(n_nodes)
    same[: len(rows)] = first[index.ravel()]
    return same


def _output_entries(network: Network, n_classes: int) -> Integers:
    """Class by class, by weight and, so that gates of a kind stand together, by table."""
    if network.head == "bits":
        return np.arange(len(network.outputs))
    nodes = network.outputs
    table = np.concatenate([np.zeros(network.n_inputs, dtype=np.uint64), network.table])
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    order = np.lexsort((nodes, table[nodes], network.weights, owner))
    entries: Integers = order[(network.weights[order] != 0) & (n_classes > 0)]
    return entries


def _built(
    network: Network, fanin: Integers, reads: NDArray[np.bool_], outputs: Integers
) -> NDArray[np.bool_]:
    """The nodes that an output depends on, (nodes,)."""
    built = np.zeros(network.n_nodes, dtype=bool)
    built[outputs] = True
    level = network.level[network.n_inputs :]
    for number in range(network.depth, 0, -1):
        gates = np.flatnonzero((level == number) & built[network.n_inputs :])
        built[fanin[gates][reads[gates]]] = True
    return built


def _nodes(
    graph: Graph,
    network: Network,
    fanin: Integers,
    reads: NDArray[np.bool_],
    built: NDArray[np.bool_],
    inside: set[int],
) -> tuple[Integers, Integers, dict[int, list[int]]]:
    """The operation and the net of each node, (nodes,).

    Gates `inside` of others have none yet, but the nets that they read.
    """
    encoder = network.encoder
    operation = np.full(network.n_nodes, UNBUILT)
    net = np.full(network.n_nodes, UNBUILT)
    words, behind = dict[int, int](), dict[int, list[int]]()
    for row in np.flatnonzero(built[: network.n_inputs]).tolist():
        feature = int(encoder.feature[row])
        spec = encoder.features[feature]
        is_one = encoder.op[row] == GE and encoder.value[row] == spec.low
        if encoder.op[row] == BIT or is_one:
            operation[row] = ARRIVAL
        else:
            if feature not in words:
                words[feature] = graph.drive(ARRIVAL, spec.width)
            operation[row] = graph.add([words[feature]], "comparison", spec.width)
        net[row] = graph.drive(int(operation[row]), int(not is_one))
    n_reads = reads.sum(axis=1).tolist()
    for gate in np.flatnonzero(built[network.n_inputs :]).tolist():
        node = network.n_inputs + gate
        own = np.unique(net[fanin[gate][reads[gate]]]).tolist()
        if node in inside:
            behind[node] = own
            continue
        varies = n_reads[gate] > 0  # a constant takes no time and no register
        operation[node] = graph.add(own, "gate" if varies else None, n_reads[gate])
        net[node] = graph.drive(int(operation[node]), int(varies))
    return operation, net, behind


def _sum(
    graph: Graph, tree: CompressorTree, inputs: list[list[int]]
) -> tuple[tuple[Integers, ...], tuple[int, ...], tuple[int, ...]]:
    """The counters by round, the additions, and the nets of the score.

    `inputs` has for each bit the nets that are read for it.
    """
    nets = list(inputs)
    rounds = []
    for counters in tree.rounds:
        operations = []
        for bits, count in zip(counters.inputs.tolist(), counters.outputs.tolist(), strict=True):
            read = sorted({net for bit in bits for net in nets[bit]})
            operation = graph.add(read, "counter", len(bits))
            operations.append(operation)
            nets += [[graph.drive(operation)] for bit in count if bit >= 0]
        rounds.append(np.array(operations))
    additions = []
    for addition in tree.additions:
        added = sorted({net for bit in addition.reads for net in nets[bit]})
        operation = graph.add(added, "addition", addition.size)
        additions.append(operation)
        for bit in (*addition.sums, *addition.carries):
            if bit == len(nets):
                nets.append([graph.drive(operation)])
    score = {net for bit in tree.total if bit >= 0 for net in nets[bit]}
    return tuple(rounds), tuple(additions), tuple(sorted(score))
