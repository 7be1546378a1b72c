"""Class sums: added bit-sliced, compared bit-sliced, and only at the end turned into numbers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from connective.evaluation.classifier import Classifier
from connective.evaluation.gates import fill, spare_for
from connective.evaluation.kernel import compiled
from connective.evaluation.vector import BITS, WORDS, load, splat, spread, store, vectors

ZERO = np.uint64(0)
OCTET = 8


class Scratch(NamedTuple):
    """What `classify` works on: bits to add, the bits of a sum, of the best and of the label."""

    bit: NDArray[np.uint64]
    plane: NDArray[np.uint64]
    best: NDArray[np.uint64]
    label: NDArray[np.uint64]
    spare: NDArray[np.uint64]


@compiled
def scratch(network: Classifier) -> Scratch:
    like, first = network.terms.table, network.terms.start
    most = np.max(first[network.start[:, -1]] - first[network.start[:, 0]])
    planes = network.start.shape[1] - 1
    return Scratch(
        vectors(most + 1, like),
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
    block: int,
    scores: NDArray[np.int64],
    labels: NDArray[np.int64],
) -> None:
    """Write a block's part of the labels (samples,) and, unless empty, scores (classes, samples).

    Of equal classes the lowest is the label. `node` holds the inputs, then room for inner gates.
    """
    gates, runs = len(network.inner.fanin), len(network.inner.table)
    fill(node, len(node) // WORDS - gates, node, network.inner, 0, runs, work.spare)
    first, end = BITS * block, min(BITS * (block + 1), len(labels))
    work.best[:] = 0
    work.label[:] = 0
    for c in range(len(network.start)):
        _add(node, network, c, work)
        _keep_greater(work.plane, c, work.best, work.label)
        if scores.shape[1]:
            _write_numbers(work.plane, network.least, scores[c, first:end])
    _write_numbers(work.label, 0, labels[first:end])


@compiled
def _add(node: NDArray[np.uint64], network: Classifier, c: int, work: Scratch) -> None:
    """Write the bits of class c's sum, lowest first, to `work.plane`.

    The bits of a column are the carries from the last one and the terms. Full adders take two at a
    time into a running bit, and leave a carry each for the next column.
    """
    start, terms, bit, plane, spare = network.start, network.terms, work.bit, work.plane, work.spare
    first = terms.start
    bits = 0
    for p in range(start.shape[1] - 1):
        here, end = start[c, p], start[c, p + 1]
        if here < end:  # most columns have carries only, and a call costs more than they do
            fill(bit, bits, node, terms, here, end, spare)
            bits += first[end] - first[here]
        if bits & 1:
            store(bit, WORDS * bits, splat(ZERO))
            bits += 1
        total = splat(ZERO)
        for i in range(0, bits, 2):
            x, y = load(bit, WORDS * i), load(bit, WORDS * (i + 1))
            store(bit, WORDS * (i // 2), (x & y) | (total & (x ^ y)))
            total = total ^ x ^ y
        store(plane, WORDS * p, total)
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
