"""Networks of classes: sums are added and compared bit-sliced, and only then turned into numbers.

A weight is a sum of powers of two, and an output is counted once for each of them. What counts −w
counts w inverted, less w; with the biases this leaves a constant a class, of which the least is
taken out of all classes, so that nothing is negative.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connective.evaluation.gates import ALL, Gates, fill, spare_for
from connective.evaluation.kernel import compiled
from connective.evaluation.vector import WORDS, load, splat, spread, store, vectors

ZERO = np.uint64(0)
PASS = np.uint64(0xAAAAAAAAAAAAAAAA)  # the table of a gate that says what its first input says
OCTET = 8


class Classifier(NamedTuple):
    """A network as it is computed: gates that gates read, and terms, which are only summed.

    A term is a gate whose vector goes into an adder and is never written down; what other gates
    read, or an input, becomes a term by a gate that passes it on.

    inner: gates that read inputs and one another, numbered from the inputs on
    terms: gates that read inputs and inner gates
    start: (classes, planes + 1) offsets into the terms: those of class c from start[c, p] to
        start[c, p + 1] count 2^p each
    least: what is added to all sums
    label_bits: how many bits the number of a class has
    """

    inner: Gates
    terms: Gates
    start: NDArray[np.int64]
    least: int
    label_bits: int

    @classmethod
    def of(
        cls,
        n_inputs: int,
        gates: Gates,
        outputs: NDArray[np.uint32],
        weights: NDArray[np.int64],
        groups: NDArray[np.int64],
        bias: NDArray[np.int64],
    ) -> Self:
        """From the arrays of a `Network`."""
        read = np.arange(n_inputs + len(gates.table)) < n_inputs
        read[gates.fanin] = True
        row = (np.cumsum(read) - 1).astype(np.uint32)
        inner = Gates(row[gates.fanin[read[n_inputs:]]], gates.table[read[n_inputs:]])

        classes = np.arange(len(bias))
        owner = np.repeat(classes, np.diff(groups))
        constant = bias.copy()
        np.add.at(constant, owner, np.minimum(weights, 0))
        least = int(constant.min())
        term, start = _columns(
            np.append(np.arange(len(outputs)), np.full(len(bias), len(outputs))),
            np.append(owner, classes),
            np.append(np.abs(weights), constant - least),
        )
        terms = _terms(n_inputs, gates, read, row, outputs, weights < 0)
        terms = Gates(terms.fanin[term], terms.table[term])
        return cls(inner, terms, start, least, (len(bias) - 1).bit_length())


def _terms(
    n_inputs: int,
    gates: Gates,
    read: NDArray[np.bool_],
    row: NDArray[np.uint32],
    outputs: NDArray[np.uint32],
    inverted: NDArray[np.bool_],
) -> Gates:
    """A gate for each output, and last one that is 1."""
    k = gates.fanin.shape[1]
    ones = ALL >> np.uint64(64 - 2**k)
    fanin = np.zeros((len(outputs) + 1, k), dtype=np.uint32)
    table = np.full(len(fanin), PASS & ones)
    fanin[:-1] = row[outputs][:, None]
    last = np.flatnonzero(~read[outputs])
    gate = outputs[last] - n_inputs
    fanin[last], table[last] = row[gates.fanin[gate]], gates.table[gate]
    table[:-1] ^= np.where(inverted, ones, ZERO)
    table[-1] = ones
    return Gates(fanin, table)


def _columns(
    term: NDArray[np.int64], owner: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Terms as often as their counts have ones, by class and power of two, and `start`."""
    classes = int(owner[-1]) + 1
    greatest = np.zeros(classes, dtype=np.int64)
    np.add.at(greatest, owner, count)
    planes = max(1, int(greatest.max()).bit_length())
    counted = [np.flatnonzero(count >> p & 1) for p in range(planes)]
    index = np.concatenate(counted)
    column = owner[index] * planes + np.repeat(np.arange(planes), [len(c) for c in counted])
    order = np.argsort(column, kind="stable")
    first = np.searchsorted(column[order], np.arange(classes * planes + 1))
    return term[index[order]], first[np.arange(classes)[:, None] * planes + np.arange(planes + 1)]


class Scratch(NamedTuple):
    """What `classify` works on: bits to add, the bits of a sum, of the best and of the label."""

    bit: NDArray[np.uint64]
    plane: NDArray[np.uint64]
    best: NDArray[np.uint64]
    label: NDArray[np.uint64]
    spare: NDArray[np.uint64]


@compiled
def scratch(network: Classifier) -> Scratch:
    like = network.terms.table
    planes = network.start.shape[1] - 1
    return Scratch(
        vectors(np.max(network.start[:, -1] - network.start[:, 0]) + 1, like),
        vectors(planes, like),
        vectors(planes, like),
        vectors(network.label_bits, like),
        spare_for(like),
    )


@compiled
def classify(
    node: NDArray[np.uint64],
    network: Classifier,
    work: Scratch,
    scores: NDArray[np.int64],
    labels: NDArray[np.int64],
) -> None:
    """Write the labels (samples,) of up to 512 samples, and scores (samples, classes) unless empty.

    Of equal classes the lowest is the label. `node` holds the inputs, then room for inner gates.
    """
    gates = len(network.inner.table)
    fill(node, len(node) // WORDS - gates, node, network.inner, 0, gates, work.spare)
    work.best[:] = 0
    work.label[:] = 0
    for c in range(len(network.start)):
        _add(node, network, c, work)
        _keep_greater(work.plane, c, work.best, work.label)
        if len(scores):
            _write_numbers(work.plane, network.least, scores[:, c])
    _write_numbers(work.label, 0, labels)


@compiled
def _add(node: NDArray[np.uint64], network: Classifier, c: int, work: Scratch) -> None:
    """Write the bits of class c's sum, lowest first, to `work.plane`.

    The bits of a column are the carries from the last one and the terms. Full adders take two at a
    time into a running bit, and leave a carry each for the next column.
    """
    start, bit, spare = network.start, work.bit, work.spare
    bits = 0
    for p in range(start.shape[1] - 1):
        fill(bit, bits, node, network.terms, start[c, p], start[c, p + 1], spare)
        bits += start[c, p + 1] - start[c, p]
        if bits & 1:
            store(bit, WORDS * bits, splat(ZERO))
            bits += 1
        total = splat(ZERO)
        for i in range(0, bits, 2):
            x, y = load(bit, WORDS * i), load(bit, WORDS * (i + 1))
            store(bit, WORDS * (i // 2), (x & y) | (total & (x ^ y)))
            total = total ^ x ^ y
        store(work.plane, WORDS * p, total)
        bits //= 2


@compiled
def _keep_greater(
    plane: NDArray[np.uint64], c: int, best: NDArray[np.uint64], label: NDArray[np.uint64]
) -> None:
    """Where class c's sum is greater than the best so far, it is the best, and c the label."""
    greater = splat(ZERO)
    for p in range(len(plane) // WORDS):
        x, y = load(plane, WORDS * p), load(best, WORDS * p)
        greater = (x & ~y) | (greater & ~(x ^ y))
    for p in range(len(plane) // WORDS):
        x, y = load(plane, WORDS * p), load(best, WORDS * p)
        store(best, WORDS * p, y ^ ((x ^ y) & greater))
    for p in range(len(label) // WORDS):
        x, y = splat(ZERO - np.uint64(c >> p & 1)), load(label, WORDS * p)
        store(label, WORDS * p, y ^ ((x ^ y) & greater))


@compiled
def _write_numbers(plane: NDArray[np.uint64], least: int, numbers: NDArray[np.int64]) -> None:
    """Write `least` plus the numbers whose bits are the planes, lowest first; up to 512."""
    octet, number = np.empty(64, dtype=np.uint8), np.empty(64, dtype=np.int64)
    for start in range(0, len(numbers), 64):
        number[:] = least
        for base in range(0, len(plane), OCTET * WORDS):
            octets = splat(np.uint8(0))
            for p in range(min(OCTET, (len(plane) - base) // WORDS)):
                word = plane[base + WORDS * p + start // 64]
                octets = octets | (spread(word) & splat(np.uint8(1 << p)))
            store(octet, 0, octets)
            for s in range(64):
                number[s] += np.int64(octet[s]) << (base // WORDS)
        for s in range(min(64, len(numbers) - start)):
            numbers[start + s] = number[s]
