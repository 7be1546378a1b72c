"""The gates: 512 samples at once, by truth table and without a branch on it."""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connective.canonical import table_bits
from connective.evaluation.kernel import compiled, inlined, kernel
from connective.evaluation.vector import WORDS, load, splat, store, vectors

ALL = np.uint64(2**64 - 1)


class Gates(NamedTuple):
    """Gates of two to six inputs, in runs of gates with the same truth table.

    fanin: (gates, k) as in a `Network`
    table: (runs,) as in a `Network`
    start: (runs + 1,) the gates of run r are those from start[r] to start[r + 1]
    """

    fanin: NDArray[np.uint32]
    table: NDArray[np.uint64]
    start: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        fanin: NDArray[np.uint32],
        table: NDArray[np.uint64],
        key: NDArray[np.int64] | None = None,
    ) -> Self:
        """Gates with a table each, in their order; a run ends where `key` (gates,) changes too."""
        new = np.ones(len(table), dtype=bool)
        new[1:] = table[1:] != table[:-1]
        if key is not None:
            new[1:] |= key[1:] != key[:-1]
        first = np.flatnonzero(new)
        return cls(np.array(fanin, order="C"), table[first], np.append(first, len(table)))


def widened(
    fanin: NDArray[np.uint32], table: NDArray[np.uint64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """Gates of one input as gates of two that read it twice and ignore its second copy."""
    if fanin.shape[1] == 1:
        return np.repeat(fanin, 2, axis=1), table * np.uint64(0b0101)
    return fanin, table


def _polynomials() -> NDArray[np.uint64]:
    """Masks (16, 4) of the functions of a and b as constant ⊕ a·m1 ⊕ b·m2 ⊕ a·b·m3."""
    f00, f10, f01, f11 = table_bits(np.arange(16, dtype=np.uint64), 2).T
    ones = np.stack([f00, f00 ^ f10, f00 ^ f01, f00 ^ f10 ^ f01 ^ f11], axis=1)
    return np.where(ones, ALL, np.uint64(0))


POLYNOMIALS = _polynomials()


@compiled
def spare_for(node: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scratch for `fill`."""
    spare: NDArray[np.uint64] = vectors(24, node)
    return spare


@compiled
def fill(
    target: NDArray[np.uint64],
    row: int,
    node: NDArray[np.uint64],
    gates: Gates,
    first: int,
    end: int,
    spare: NDArray[np.uint64],
) -> None:
    """Write the vectors of runs `first` to `end`, which read `node`, to `target` from `row` on."""
    fanin, table, start = gates
    row -= start[first]
    for r in range(first, end):
        if fanin.shape[1] == 2:
            m0, m1, m2, m3 = _masks(table[r])
            for g in range(start[r], start[r + 1]):
                a, b = _input(node, fanin, g, 0), _input(node, fanin, g, 1)
                store(target, WORDS * (row + g), m0 ^ (a & m1) ^ (b & (m2 ^ (a & m3))))
        else:
            for g in range(start[r], start[r + 1]):
                store(target, WORDS * (row + g), _choose(node, fanin, table[r], g, spare))


@inlined
def _masks(table: np.uint64) -> Any:
    t = np.int64(table)
    return (
        splat(POLYNOMIALS[t, 0]),
        splat(POLYNOMIALS[t, 1]),
        splat(POLYNOMIALS[t, 2]),
        splat(POLYNOMIALS[t, 3]),
    )


@compiled
def _choose(
    node: NDArray[np.uint64],
    fanin: NDArray[np.uint32],
    table: np.uint64,
    g: int,
    spare: NDArray[np.uint64],
) -> Any:
    """The vector of a gate with more than two inputs.

    Each four bits of the table name one of the sixteen functions of the first two inputs, of which
    all are computed; multiplexers choose among the functions that are named.
    """
    a, b = _input(node, fanin, g, 0), _input(node, fanin, g, 1)
    for t in range(8):
        m0, m1, m2, m3 = _masks(np.uint64(t))
        y = m0 ^ (a & m1) ^ (b & (m2 ^ (a & m3)))
        store(spare, WORDS * t, y)
        store(spare, WORDS * (15 - t), ~y)
    k = fanin.shape[1]
    leaves = 1 << (k - 3)
    x = _input(node, fanin, g, 2)
    for i in range(leaves):
        pair = np.int64(table >> np.uint64(8 * i) & np.uint64(255))
        low, high = load(spare, WORDS * (pair & 15)), load(spare, WORDS * (pair >> 4))
        store(spare, WORDS * (16 + i), low ^ ((low ^ high) & x))
    for j in range(3, k):
        x = _input(node, fanin, g, j)
        leaves //= 2
        for i in range(leaves):
            low, high = load(spare, WORDS * (16 + 2 * i)), load(spare, WORDS * (17 + 2 * i))
            store(spare, WORDS * (16 + i), low ^ ((low ^ high) & x))
    return load(spare, WORDS * 16)


@inlined
def _input(node: NDArray[np.uint64], fanin: NDArray[np.uint32], g: int, j: int) -> Any:
    return load(node, WORDS * np.int64(fanin[g, j]))


@kernel
def levels(n_inputs: int, fanin: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Logic level of each node, (nodes,): 0 for an input, else one above the highest it reads."""
    gates, k = fanin.shape
    level = np.zeros(n_inputs + gates, dtype=np.int64)
    for g in range(gates):
        highest = 0
        for j in range(k):
            highest = max(highest, level[fanin[g, j]])
        level[n_inputs + g] = highest + 1
    return level
