"""The gates: 512 samples at once, by truth table and without a branch on it."""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connective.canonical import table_bits
from connective.evaluation.kernel import compiled, kernel
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
def fill(node: NDArray[np.uint64], n_inputs: int, gates: Gates) -> None:
    """Compute the gates' vectors, which follow those of the inputs in `node`."""
    if gates.fanin.shape[1] == 2:
        for g in range(len(gates.table)):
            y = _function(gates.table[g], node, gates.fanin[g])
            store(node, WORDS * (n_inputs + g), y)
    else:
        _fill_tables(node, n_inputs, gates.fanin, gates.table)


@compiled
def _function(table: np.uint64, node: NDArray[np.uint64], fanin: NDArray[np.uint32]) -> Any:
    mask = POLYNOMIALS[np.int64(table)]
    a = load(node, WORDS * np.int64(fanin[0]))
    b = load(node, WORDS * np.int64(fanin[1]))
    return splat(mask[0]) ^ (a & splat(mask[1])) ^ (b & (splat(mask[2]) ^ (a & splat(mask[3]))))


@compiled
def _fill_tables(
    node: NDArray[np.uint64], n_inputs: int, fanin: NDArray[np.uint32], table: NDArray[np.uint64]
) -> None:
    """Each four bits of a table name a function of two inputs; multiplexers choose among them."""
    k = fanin.shape[1]
    function, leaf = vectors(16, node), vectors(16, node)
    for g in range(len(table)):
        for t in range(8):
            y = _function(np.uint64(t), node, fanin[g])
            store(function, WORDS * t, y)
            store(function, WORDS * (15 - t), ~y)
        leaves = 1 << (k - 2)
        for i in range(leaves):
            name = np.int64(table[g] >> np.uint64(4 * i) & np.uint64(15))
            store(leaf, WORDS * i, load(function, WORDS * name))
        for j in range(2, k):
            x = load(node, WORDS * np.int64(fanin[g, j]))
            leaves //= 2
            for i in range(leaves):
                low, high = load(leaf, WORDS * 2 * i), load(leaf, WORDS * (2 * i + 1))
                store(leaf, WORDS * i, low ^ ((low ^ high) & x))
        store(node, WORDS * (n_inputs + g), load(leaf, 0))


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
