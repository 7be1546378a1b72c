"""The gates: 512 samples at once, by truth table and without a branch on it."""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connective.canonical import table_bits
from connective.evaluation.kernel import compiled, inlined, kernel
from connective.evaluation.vector import WORDS, load, splat, store, vectors

ALL = np.uint64(2**64 - 1)


class Gates(NamedTuple):
    """fanin (gates, k), k from 2 to 6, and tables (gates,) as in a `Network`."""

    fanin: NDArray[np.uint32]
    table: NDArray[np.uint64]

    @classmethod
    def of(cls, fanin: NDArray[np.uint32], table: NDArray[np.uint64]) -> Self:
        """A network's gates; one input is read twice, and what it says the second time ignored.

        Always copies, because Numba compiles for arrays that are read-only once more.
        """
        if fanin.shape[1] == 1:
            return cls(np.repeat(fanin, 2, axis=1), table * np.uint64(0b0101))
        return cls(np.array(fanin, order="C"), np.array(table))


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
    """Write the vectors of gates `first` to `end`, which read `node`, to `target` from `row` on."""
    fanin, table = gates
    for g in range(first, end):
        y = _value(node, fanin, table, g, spare)
        store(target, WORDS * (row + g - first), y)


@inlined
def _value(
    node: NDArray[np.uint64],
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    g: int,
    spare: NDArray[np.uint64],
) -> Any:
    """The vector of gate g."""
    if fanin.shape[1] == 2:
        return _function(table[g], _input(node, fanin, g, 0), _input(node, fanin, g, 1))
    return _choose(node, fanin, table, g, spare)


@compiled
def _choose(
    node: NDArray[np.uint64],
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    g: int,
    spare: NDArray[np.uint64],
) -> Any:
    """The vector of a gate with more than two inputs.

    Each four bits of the table name one of the sixteen functions of the first two inputs, of which
    all are computed; multiplexers choose among the functions that are named.
    """
    a, b = _input(node, fanin, g, 0), _input(node, fanin, g, 1)
    for t in range(8):
        y = _function(np.uint64(t), a, b)
        store(spare, WORDS * t, y)
        store(spare, WORDS * (15 - t), ~y)
    k = fanin.shape[1]
    leaves = 1 << (k - 3)
    x = _input(node, fanin, g, 2)
    for i in range(leaves):
        pair = np.int64(table[g] >> np.uint64(8 * i) & np.uint64(255))
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


@inlined
def _function(table: np.uint64, a: Any, b: Any) -> Any:
    t = np.int64(table)
    m0, m1 = splat(POLYNOMIALS[t, 0]), splat(POLYNOMIALS[t, 1])
    m2, m3 = splat(POLYNOMIALS[t, 2]), splat(POLYNOMIALS[t, 3])
    return m0 ^ (a & m1) ^ (b & (m2 ^ (a & m3)))


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
