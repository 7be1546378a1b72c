"""A network of classes, arranged for the kernels.

A weight is a sum of powers of two, and an output is counted once for each of them. What counts −w
counts w inverted, less w; with the biases this leaves a constant a class, of which the least is
taken out of all classes, so that nothing is negative.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connective.evaluation.gates import ALL, Gates, levels, widened

PASS = np.uint64(0xAAAAAAAAAAAAAAAA)  # the table of a gate that says what its first input says


class Classifier(NamedTuple):
    """A network as it is computed: gates that gates read, and terms, which are only summed.

    A term is a gate whose vector goes into an adder and is not kept; what other gates read, or an
    input, becomes a term by a gate that passes it on. Gates of a level, and terms that count the
    same, are ordered by truth table, so that runs are long.

    inner: gates that read inputs and one another, numbered from the inputs on
    terms: gates that read inputs and inner gates
    start: (classes, planes + 1) offsets into the runs of terms: those of class c from start[c, p]
        to start[c, p + 1] count 2^p each
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
        fanin: NDArray[np.uint32],
        table: NDArray[np.uint64],
        outputs: NDArray[np.uint32],
        weights: NDArray[np.int64],
        groups: NDArray[np.int64],
        bias: NDArray[np.int64],
    ) -> Self:
        """From the arrays of a `Network`."""
        fanin, table = widened(fanin, table)
        read = np.arange(n_inputs + len(table)) < n_inputs
        read[fanin] = True
        gates = np.flatnonzero(read[n_inputs:])
        gates = gates[np.lexsort((table[gates], levels(n_inputs, fanin)[n_inputs:][gates]))]
        row = np.arange(len(read), dtype=np.uint32)
        row[n_inputs + gates] = n_inputs + np.arange(len(gates))
        inner = Gates.of(row[fanin[gates]], table[gates])

        classes = np.arange(len(bias))
        owner = np.repeat(classes, np.diff(groups))
        constant = bias.copy()
        np.add.at(constant, owner, np.minimum(weights, 0))
        least = constant.min()
        owner = np.append(owner, classes)
        count = np.append(np.abs(weights), constant - least)
        term, column, planes = _columns(owner, count)
        term = np.minimum(term, len(outputs))  # the classes' constants are one term

        last = ~read[outputs]  # gates that no gate reads are terms themselves
        k = fanin.shape[1]
        ones = ALL >> np.uint64(64 - 2**k)
        term_fanin = np.zeros((len(outputs) + 1, k), dtype=np.uint32)
        term_fanin[:-1] = row[outputs][:, None]
        term_fanin[:-1][last] = row[fanin[outputs[last] - n_inputs]]
        term_table = np.full(len(outputs) + 1, PASS & ones)
        term_table[:-1][last] = table[outputs[last] - n_inputs]
        term_table[:-1] ^= np.where(weights < 0, ones, np.uint64(0))
        term_table[-1] = ones

        order = np.lexsort((term_table[term], column))
        term, column = term[order], column[order]
        terms = Gates.of(term_fanin[term], term_table[term], column)
        first = np.searchsorted(column[terms.start[:-1]], np.arange(len(bias) * planes + 1))
        start = first[classes[:, None] * planes + np.arange(planes + 1)]
        return cls(inner, terms, start, int(least), (len(bias) - 1).bit_length())


def _columns(
    owner: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Terms of classes `owner` as often as their counts have ones, and the columns they stand in.

    The column of 2^p in class c is c · planes + p; the number of planes comes last.
    """
    greatest = np.zeros(owner.max() + 1, dtype=np.int64)
    np.add.at(greatest, owner, count)
    planes = max(1, int(greatest.max()).bit_length())
    terms = [np.flatnonzero(count >> p & 1) for p in range(planes)]
    plane = np.repeat(np.arange(planes), [len(t) for t in terms])
    term = np.concatenate(terms)
    return term, owner[term] * planes + plane, planes
