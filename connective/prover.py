"""Proofs about the nodes of a network, for every word that its features can hold, by SAT."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from pysat.solvers import Glucose4

from connective.bitblast import bitblast_encoder
from connective.network import Network

MAX_PRIME_INPUTS = 4  # all prime implicants of a wider table take longer to find than they save


class Prover:
    """Answers questions about literals of a network's nodes; what is proved helps later proofs.

    Literals are those of AIGER: 0 is false, 1 is true, 2·node + 2 is a node, one more its inverse.
    Clauses are given to the solver cone by cone, as questions need them.
    """

    def __init__(self, network: Network) -> None:
        blasted, self._node = bitblast_encoder(network)
        self._encoder, self._n_bits = blasted.encoder, blasted.n_inputs
        self._fanin, self._table = blasted.fanin.tolist(), blasted.table.tolist()
        self._given = np.zeros(blasted.n_nodes, dtype=bool)
        self._given[: self._n_bits] = True
        self._true = blasted.n_nodes + 1  # node i of the blasted network is variable i + 1
        self._next = self._true + 1
        self._solver = Glucose4(bootstrap_with=[[self._true]])

    def __enter__(self) -> "Prover":
        return self

    def __exit__(self, *_: object) -> None:
        self._solver.delete()

    def equal(self, node: int, literal: int, *, conflicts: int | None = None) -> bool | None:
        """Whether a node has the value of a literal for every word; it is remembered if so.

        `None` where the solver meets more than so many conflicts before it knows.
        """
        own = 2 * node + 2
        holds = self.computes(0b10, [literal], own, conflicts=conflicts)
        if holds:
            for clause in implications([self._variable(literal)], 0b10, self._variable(own)):
                self._solver.add_clause(clause)
        return holds

    def computes(
        self, table: int, reads: Sequence[int], output: int, *, conflicts: int | None = None
    ) -> bool | None:
        """Whether the literal `output` is the table's value of the literals `reads`; as `equal`."""
        inputs, value = [self._variable(literal) for literal in reads], self._variable(output)
        selector, self._next = self._next, self._next + 1
        wrong = ~table & 2**2 ** len(reads) - 1
        for clause in implications(inputs, wrong, value):
            self._solver.add_clause([-selector, *clause])
        if conflicts is None:
            return not self._solver.solve(assumptions=[selector])
        self._solver.conf_budget(conflicts)
        refuted = self._solver.solve_limited(assumptions=[selector])
        return None if refuted is None else not refuted

    def counterexample(self) -> NDArray[np.int64]:
        """Words (features,) for which the claim that was just refuted does not hold."""
        bits = np.zeros(self._n_bits, dtype=np.int64)
        model = self._solver.get_model()[: self._n_bits]  # it ends with the last variable in use
        bits[: len(model)] = np.array(model) > 0
        words = np.add.reduceat(bits << self._encoder.value, self._encoder.offsets)
        high = np.array([feature.high for feature in self._encoder.features])
        width = np.array([feature.width for feature in self._encoder.features])
        return np.where(words > high, words - (1 << width), words)

    def _variable(self, literal: int) -> int:
        if literal < 2:
            return self._true if literal else -self._true
        node = int(self._node[literal // 2 - 1])
        for clause in self._cone(node):
            self._solver.add_clause(clause)
        return -(node + 1) if literal & 1 else node + 1

    def _cone(self, root: int) -> Iterator[list[int]]:
        """Clauses of the gates on which a node depends, those given before left out."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if self._given[node]:
                continue
            self._given[node] = True
            gate = node - self._n_bits
            reads = list(dict.fromkeys(self._fanin[gate]))
            table = self._table[gate] & 2**2 ** len(reads) - 1
            yield from implications([read + 1 for read in reads], table, node + 1)
            waiting += reads


def implications(inputs: Sequence[int], table: int, output: int) -> Iterator[list[int]]:
    """Clauses that make a variable the table's value of others; negative ones are inverted."""
    for cube, value in _cubes(len(inputs), table):
        clause = [
            -variable if bit else variable
            for variable, bit in zip(inputs, cube, strict=True)
            if bit is not None
        ]
        yield [*clause, output if value else -output]


@lru_cache(maxsize=4096)
def _cubes(n: int, table: int) -> list[tuple[tuple[int | None, ...], bool]]:
    """Values of n inputs (`None`: any) that decide a table's output, with the output."""
    found: list[tuple[tuple[int | None, ...], bool]] = []
    covered: list[int] = []
    for cube, minterms in _all_cubes(n):
        decided = table & minterms in (0, minterms)
        if decided and not any(minterms & larger == minterms for larger in covered):
            covered.append(minterms)
            found.append((cube, table & minterms != 0))
    return found


@cache
def _all_cubes(n: int) -> list[tuple[tuple[int | None, ...], int]]:
    """Cubes of n inputs with the set of their minterms, the largest first."""
    choices = (None, 0, 1) if n <= MAX_PRIME_INPUTS else (0, 1)
    cubes = sorted(product(choices, repeat=n), key=lambda cube: n - cube.count(None))
    return [(cube, _minterms(cube)) for cube in cubes]


def _minterms(cube: tuple[int | None, ...]) -> int:
    members = (
        m for m in range(2 ** len(cube)) if all(b in (None, m >> j & 1) for j, b in enumerate(cube))
    )
    return sum(1 << m for m in members)
