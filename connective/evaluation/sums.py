"""The class sums: added bit-sliced, compared bit-sliced, and only at the end turned into numbers.

A weight is a sum of powers of two, and an output is counted once for each of them. What counts −w
counts w inverted, less w; with the biases this leaves a constant a class, of which the least is
taken out of all classes, so that nothing is negative.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connective.evaluation.kernel import compiled
from connective.evaluation.vector import WORDS, load, splat, spread, store, vectors

ZERO, ALL = np.uint64(0), np.uint64(2**64 - 1)
OCTET = 8


class Sums(NamedTuple):
    """A class's score is `least` and the sum of its terms.

    node, flip: (terms,) the node that a term reads, and all ones where it reads it inverted; the
        node after the last is 0
    start: (classes, planes + 1) offsets into the terms: those of class c from start[c, p] to
        start[c, p + 1] count 2^p each; as many as `_padding` says
    label_bits: how many bits the number of a class has
    """

    node: NDArray[np.uint32]
    flip: NDArray[np.uint64]
    start: NDArray[np.int64]
    least: int
    label_bits: int

    @classmethod
    def of(
        cls,
        n_nodes: int,
        outputs: NDArray[np.uint32],
        weights: NDArray[np.int64],
        groups: NDArray[np.int64],
        bias: NDArray[np.int64],
    ) -> Self:
        """The sums of a network with `n_nodes` nodes."""
        classes = np.arange(len(bias))
        owner = np.repeat(classes, np.diff(groups))
        constant = bias.copy()
        np.add.at(constant, owner, np.minimum(weights, 0))
        least = int(constant.min())

        node = np.append(outputs, np.full(len(bias), n_nodes, dtype=np.uint32))
        flip = np.append(weights < 0, np.full(len(bias), True))
        count = np.append(np.abs(weights), constant - least)
        owner = np.append(owner, classes)
        greatest = np.zeros(len(bias), dtype=np.int64)
        np.add.at(greatest, owner, count)
        planes = max(1, int(greatest.max()).bit_length())

        plane, term = np.nonzero(count >> np.arange(planes)[:, None] & 1)
        column = owner[term] * planes + plane
        columns = np.arange(len(bias) * planes)
        padding = _padding(np.bincount(column, minlength=len(columns)).reshape(-1, planes)).ravel()
        column = np.append(column, np.repeat(columns, padding))
        node = np.append(node[term], np.full(padding.sum(), n_nodes, dtype=np.uint32))
        flip = np.append(flip[term], np.full(padding.sum(), False))
        order = np.argsort(column, kind="stable")
        first = np.searchsorted(column[order], np.arange(len(columns) + 1))
        start = first[classes[:, None] * planes + np.arange(planes + 1)]
        flip = np.where(flip[order], ALL, ZERO)
        return cls(node[order], flip, start, least, (len(bias) - 1).bit_length())


def _padding(terms: NDArray[np.int64]) -> NDArray[np.int64]:
    """Zeros to add to columns of `terms` (classes, planes) so that terms and carries pair up."""
    padding = np.empty_like(terms)
    carries = np.zeros(len(terms), dtype=np.int64)
    for p in range(terms.shape[1]):
        padding[:, p] = -(carries + terms[:, p]) % 4  # half are carried, in pairs
        carries = (carries + terms[:, p] + padding[:, p]) // 2
    return padding


class Scratch(NamedTuple):
    """Vectors that `classify` works on: carries, and the bits of a sum, the best sum, the label."""

    carry: NDArray[np.uint64]
    plane: NDArray[np.uint64]
    best: NDArray[np.uint64]
    label: NDArray[np.uint64]


@compiled
def scratch(sums: Sums, node: NDArray[np.uint64]) -> Scratch:
    planes = sums.start.shape[1] - 1
    return Scratch(
        vectors(len(sums.node) // 2, node),
        vectors(planes, node),
        vectors(planes, node),
        vectors(sums.label_bits, node),
    )


@compiled
def classify(
    node: NDArray[np.uint64],
    sums: Sums,
    work: Scratch,
    scores: NDArray[np.int64],
    labels: NDArray[np.int64],
) -> None:
    """Write the labels (samples,) of up to 512 samples, and scores (samples, classes) unless empty.

    Of equal classes the lowest is the label.
    """
    work.best[:] = 0
    work.label[:] = 0
    for c in range(len(sums.start)):
        _add(node, sums, c, work.carry, work.plane)
        _keep_greater(work.plane, c, work.best, work.label)
        if len(scores):
            _write_numbers(work.plane, sums.least, scores[:, c])
    _write_numbers(work.label, 0, labels)


@compiled
def _add(
    node: NDArray[np.uint64],
    sums: Sums,
    c: int,
    carry: NDArray[np.uint64],
    plane: NDArray[np.uint64],
) -> None:
    """Write the bits of class c's sum, lowest first, to `plane`.

    In each column, full adders take two bits at a time into a running one, and leave one carry for
    the next column: first from the carries of the last, then from the terms.
    """
    carries = 0
    for p in range(len(plane) // WORDS):
        total = splat(ZERO)
        for i in range(0, carries, 2):
            x, y = load(carry, WORDS * i), load(carry, WORDS * (i + 1))
            store(carry, WORDS * (i // 2), (x & y) | (total & (x ^ y)))
            total = total ^ x ^ y
        carries //= 2
        for i in range(sums.start[c, p], sums.start[c, p + 1], 2):
            x = load(node, WORDS * np.int64(sums.node[i])) ^ splat(sums.flip[i])
            y = load(node, WORDS * np.int64(sums.node[i + 1])) ^ splat(sums.flip[i + 1])
            store(carry, WORDS * carries, (x & y) | (total & (x ^ y)))
            total = total ^ x ^ y
            carries += 1
        store(plane, WORDS * p, total)


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
