"""A network as gates alone: comparators, weighted sums and argmax bit by bit.

It is the golden side of proofs, so it is written straight from what a `Network` means.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from connective.canonical import canonicalize
from connective.encoder import OPS, Encoder
from connective.errors import InputError
from connective.network import MAX_FANIN, Network
from connective.truth_table import variable, widening

Nodes = NDArray[np.int64]

# A gate's inputs as truth tables; tables over them are cut to the gate's own width.
A, B, C = (variable(j, MAX_FANIN) for j in range(3))
ALL = (1 << 2**MAX_FANIN) - 1
PARITY = A ^ B ^ C
MAJORITY = A & B | A & C | B & C
MULTIPLEXER = A & ~C & ALL | B & C
GREATER = A & ~B & ALL | (A | ~B & ALL) & C  # A > B, or as great and C: what the lower bits say
LESS = ~A & ALL & B | (~A & ALL | B) & C


def bitblast_encoder(network: Network) -> tuple[Network, NDArray[np.int64]]:
    """The same network with its encoder's comparators as gates, and where its nodes went.

    The input bits of the result are all bits of the feature words, feature 0 and bit 0 first. Its
    gates are two constants, comparators, then the network's own in their order. The second result
    is the node of the result that each node of the network became, (nodes,).
    """
    gates, node = _encoded(network, k=max(2, network.k))
    encoder = _all_bits(network.encoder)
    fanin, table = gates.canonical()
    blasted = replace(
        network,
        encoder=encoder,
        fanin=fanin,
        table=table,
        outputs=node[network.outputs].astype(np.uint32),
    )
    return blasted, node


def bitblast(network: Network, *, scores: bool = False) -> Network:
    """A network of head `bits` that computes the label from the bits of the feature words.

    Input bits are as in `bitblast_encoder`. Outputs are the label, lowest bit first and at least
    one; or with `scores` each class's score in two's complement, class by class, lowest bit first,
    all of the fewest bits that hold every class's range. A network that has head `bits` already
    keeps its outputs.
    """
    if network.head == "bits":
        if scores:
            raise InputError("a network with head 'bits' has no scores")
        return bitblast_encoder(network)[0]
    gates, node = _encoded(network, k=max(3, network.k))
    sums = _class_sums(network, node[network.outputs], gates)
    return _of_bits(network, sums.ravel() if scores else _argmax(sums, gates), gates)


def _of_bits(network: Network, outputs: Nodes, gates: "_Gates") -> Network:
    fanin, table = gates.canonical()
    return Network(
        encoder=_all_bits(network.encoder),
        fanin=fanin,
        table=table,
        outputs=outputs.astype(np.uint32),
        weights=np.ones(len(outputs), dtype=np.int64),
        groups=np.zeros(1, dtype=np.int64),
        bias=np.empty(0, dtype=np.int64),
        head="bits",
    )


def bitblast_ties(network: Network) -> Network:
    """A network of head `bits` with an output for each class: no other class has a greater score.

    Two of them are 1 where the two classes tie for the first place. Input bits are as in
    `bitblast_encoder`.
    """
    gates, node = _encoded(network, k=max(3, network.k))
    sums = _class_sums(network, node[network.outputs], gates)
    best = np.full(len(sums), gates.one)
    for c, score in enumerate(sums):
        others = np.delete(np.arange(len(sums)), c)
        beaten = _greater(sums[others], score, gates)
        for other in beaten:
            best[c] = gates.add(~A & ALL & B, other, best[c])[0]
    return _of_bits(network, best, gates)


class _Gates:
    """Gates of k inputs in topological order, appended many at a time."""

    def __init__(self, n_inputs: int, k: int) -> None:
        self.n_nodes = n_inputs
        self._k = k
        self._fanin: list[Nodes] = []
        self._table: list[NDArray[np.uint64]] = []
        self.zero, self.one = self.add([0, ALL], 0)

    def add(self, table: ArrayLike, *inputs: ArrayLike) -> Nodes:
        """The new gates' nodes; tables, periodic in 64 bits, and inputs broadcast to one gate each.

        A table does not depend on inputs that are not given.
        """
        tables, *columns = np.broadcast_arrays(np.asarray(table, dtype=np.uint64), *inputs)
        columns += columns[-1:] * (self._k - len(columns))
        self._table.append(tables.ravel() & np.uint64((1 << 2**self._k) - 1))
        self._fanin.append(np.stack([column.ravel() for column in columns], axis=1))
        first, self.n_nodes = self.n_nodes, self.n_nodes + tables.size
        return np.arange(first, self.n_nodes)

    def canonical(self) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
        return canonicalize(np.concatenate(self._fanin), np.concatenate(self._table))


def _encoded(network: Network, *, k: int) -> tuple[_Gates, Nodes]:
    """Comparators and the network's gates on the bits of the words; the node of each node."""
    gates = _Gates(network.encoder.payload_width, k)
    rows = _rows(network.encoder, gates)
    table = network.table * np.uint64(widening(network.k, MAX_FANIN))
    node = np.concatenate([rows, gates.n_nodes + np.arange(network.n_gates)])
    gates.add(table, *node[network.fanin].T)
    return gates, node


def _all_bits(encoder: Encoder) -> Encoder:
    widths = np.array([feature.width for feature in encoder.features])
    feature = np.repeat(np.arange(len(widths), dtype=np.uint32), widths)
    bit = np.arange(len(feature)) - encoder.offsets[feature]
    op = np.full(len(feature), OPS.index("bit"), dtype=np.uint8)
    return Encoder(encoder.features, feature, op, bit)


def _rows(encoder: Encoder, gates: _Gates) -> Nodes:
    """The node of each row of the encoder: a bit of a word, or a comparator from the lowest bit up.

    Signed words are compared in offset binary, which is two's complement with its top bit inverted.
    """
    node: Nodes = encoder.offsets[encoder.feature] + encoder.value
    compared = encoder.op != OPS.index("bit")
    features = encoder.feature[compared]
    first_bit = encoder.offsets[features]
    width = np.array([feature.width for feature in encoder.features])[features]
    signed = np.array([feature.signed for feature in encoder.features])[features]
    low = np.array([feature.low for feature in encoder.features])[features]
    value = encoder.value[compared] - low
    equal = encoder.op[compared] == OPS.index("eq")

    result = np.full(len(features), gates.one)
    for bit in range(width.max(initial=0)):
        wanted = (value >> bit & 1).astype(bool)
        inverted = signed & (bit == width - 1) ^ (equal & ~wanted)
        literal = np.where(inverted, np.uint64(~A & ALL), np.uint64(A))
        both, either = literal & np.uint64(B), literal | np.uint64(B)
        table = np.where(equal | wanted, both, either)
        here = (bit < width) & (equal | wanted | (result != gates.one))  # else it is true as yet
        result[here] = gates.add(table[here], (first_bit + bit)[here], result[here])
    node[compared] = result
    return node


def _class_sums(network: Network, nodes: Nodes, gates: _Gates) -> Nodes:
    """Scores in two's complement, (classes, width), lowest bit first."""
    low, high = (
        int(bound) for bound in (network.score_range[0].min(), network.score_range[1].max())
    )
    width = 1 + max((bound if bound >= 0 else ~bound).bit_length() for bound in (low, high))
    sums = np.empty((network.n_classes, width), dtype=np.int64)
    for c in range(network.n_classes):
        group = slice(network.groups[c], network.groups[c + 1])
        weights, bits = network.weights[group], nodes[group].copy()
        negative = weights < 0  # −w·x = w·(not x) − w
        bits[negative] = gates.add(~A & ALL, bits[negative])
        constant = int(network.bias[c] + weights[negative].sum())
        carries = bits[:0]
        for power in range(width):
            counted = bits[np.abs(weights) >> power & 1 == 1]
            one = np.full(constant >> power & 1, gates.one)
            sums[c, power], carries = _count(np.concatenate([one, counted, carries]), gates)
    return sums


def _count(bits: Nodes, gates: _Gates) -> tuple[int, Nodes]:
    """Add bits of one power of two by full adders: their sum, and the carries to the next power."""
    carries = [bits[:0]]
    while len(bits) > 1:
        if len(bits) == 2:
            bits = np.append(bits, gates.zero)
        adders = len(bits) // 3
        summands = bits[: 3 * adders].reshape(3, adders)
        carries.append(gates.add(MAJORITY, *summands))
        bits = np.concatenate([bits[3 * adders :], gates.add(PARITY, *summands)])
    return int(bits[0]) if len(bits) else int(gates.zero), np.concatenate(carries)


def _argmax(sums: Nodes, gates: _Gates) -> Nodes:
    """The label's bits, lowest first: a later class wins only if it is greater."""
    best, *others = sums
    label = np.full(max((len(sums) - 1).bit_length(), 1), gates.zero)
    for c, score in enumerate(others, 1):
        greater = _greater(score, best, gates)
        best = gates.add(MULTIPLEXER, best, score, greater)
        name = np.where(c >> np.arange(len(label)) & 1, gates.one, gates.zero)
        label = gates.add(MULTIPLEXER, label, name, greater)
    return label


def _greater(a: Nodes, b: Nodes, gates: _Gates) -> Nodes:
    """Whether a > b, scores (…, width) that broadcast, in two's complement."""
    greater = gates.zero
    for bit in range(a.shape[-1] - 1):
        greater = gates.add(GREATER, a[..., bit], b[..., bit], greater)
    return gates.add(LESS, a[..., -1], b[..., -1], greater)  # the sign bit counts negative
