"""Which literals of an AND graph are equal: guessed by simulation, decided by ABC."""

from collections.abc import Iterable

import numpy as np

from connective.formats.and_graph import AndGraph
from sim.proof.lemma import Lemma
from sim.proof.solver import Pair, all_equal, satisfy, simulate

PATTERN_BYTES = 256
CONFLICTS = 10_000
XOR = 0b0110


class Matching:
    """Claims that literals are equal. What refutes one is a pattern for the next guess."""

    def __init__(self, graph: AndGraph) -> None:
        self._graph = graph
        rng = np.random.default_rng(0)
        random = (rng.bytes(PATTERN_BYTES) for _ in range(graph.n_inputs))
        self._patterns = [int.from_bytes(pattern, "little") for pattern in random]
        self._width = 8 * PATTERN_BYTES
        self._claims: list[Pair] = []

    def alike(self, variables: Iterable[int]) -> dict[int, int]:
        """For each variable the literal, of the first variable, that it equals in all patterns."""
        values = simulate(self._graph, self._patterns, width=self._width)
        first: dict[int, int] = {0: 0, values[1]: 1}
        found = {}
        for variable in sorted(variables):
            literal = 2 * variable
            if values[literal] not in first:
                first[values[literal]] = literal
                first[values[literal ^ 1]] = literal ^ 1
            found[variable] = first[values[literal]]
        return found

    def claim(self, pairs: Iterable[Pair]) -> None:
        """That the literals of each pair are equal, instead of what was claimed before."""
        self._claims = list(pairs)

    def settle(self, lemma: Lemma, timeout: float) -> None:
        """Decide a lemma that says all that is claimed."""
        left = [pair for pair in self._claims if pair[0] != pair[1]]
        lemma.holds = all_equal(self._graph, left, timeout=timeout)
        if left:
            method, _, _ = lemma.method.partition(";")
            lemma.method = f"{method}; equivalence by ABC for {len(left)} of {len(self._claims)}"

    def refine(self) -> bool:
        """Learn patterns for which claims do not hold; whether any was found."""
        learnt = 0
        for first, second in self._claims:
            if first == second:
                continue
            differs = self._graph.function(XOR, [first, second])
            _, inputs = satisfy(self._graph, differs, conflicts=CONFLICTS)
            if inputs:
                for place, value in enumerate(inputs):
                    self._patterns[place] |= value << self._width
                self._width += 1
                learnt += 1
        return bool(learnt)
