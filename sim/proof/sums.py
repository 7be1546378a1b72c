"""Sums that are built of adders, taken apart to what they add.

A claim such as 4·c + 2·b + a = (a sum of inputs) is rewritten from its outputs on: bits that are
functions of the same two or three others are replaced where, for each value of these, what the bits
count together is what those count. Each replacement is checked by all of its cases, so that the
result holds whoever chose it; half and full adders are found, however their gates are written.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from connective.formats.and_graph import AndGraph

MAX_LEAVES = 3
ONES = 0xFF
EVERY = 1 << 64  # a modulus that others divide
VARIABLES = (0xAA, 0xCC, 0xF0)  # as truth tables over three leaves
Cut = tuple[int, ...]


@dataclass(frozen=True)
class Linear:
    """constant + Σ coefficient · variable, modulo `modulus`; no coefficient is 0."""

    constant: int
    terms: dict[int, int]
    modulus: int


def linear(graph: AndGraph, literals: Sequence[int]) -> Linear:
    """Σ 2^i · literal i, modulo 2^(how many), as a sum of fewest adders' inputs.

    What is left where no adder is found are variables of gates, not of inputs alone.
    """
    modulus = 1 << len(literals)
    form = _Form(modulus)
    for power, literal in enumerate(literals):
        form.add(literal, 1 << power)
    cuts = _Cuts(graph)
    waiting = True
    while waiting:
        waiting = False
        for variable in sorted((v for v in form.terms if v > graph.n_inputs), reverse=True):
            if variable in form.terms:
                waiting |= _replace(form, variable, cuts)
    return Linear(form.constant, dict(form.terms), modulus)


class _Form:
    """A linear form that grows and shrinks."""

    def __init__(self, modulus: int) -> None:
        self.modulus = modulus
        self.constant = 0
        self.terms: dict[int, int] = {}

    def add(self, literal: int, coefficient: int) -> None:
        if literal & 1:  # 1 − x
            self.constant = (self.constant + coefficient) % self.modulus
            coefficient = -coefficient
        variable = literal >> 1
        if variable:
            total = (self.terms.pop(variable, 0) + coefficient) % self.modulus
            if total:
                self.terms[variable] = total


def _replace(form: _Form, variable: int, cuts: "_Cuts") -> bool:
    """Replace a variable, with others if need be, by leaves of one of its cuts."""
    for leaves in cuts.of(variable):
        group = [v for v in cuts.known_over(leaves) if v in form.terms]
        counted = [
            sum(form.terms[v] * (cuts.of(v)[leaves] >> case & 1) for v in group)
            for case in range(1 << len(leaves))
        ]
        constant = counted[0]
        steps = [counted[1 << place] - constant for place in range(len(leaves))]
        if all(
            (constant + sum(step for p, step in enumerate(steps) if case >> p & 1) - total)
            % form.modulus
            == 0
            for case, total in enumerate(counted)
        ):
            for v in group:
                del form.terms[v]
            form.constant = (form.constant + constant) % form.modulus
            for leaf, step in zip(leaves, steps, strict=True):
                form.add(2 * leaf, step)
            return True
    return False


class _Cuts:
    """For each variable, sets of up to three others that decide it, and its truth table of each."""

    def __init__(self, graph: AndGraph) -> None:
        self._cuts: list[dict[Cut, int]] = [{(): 0}]
        self._over: dict[Cut, list[int]] = defaultdict(list)
        for variable in range(1, graph.n_inputs + 1):
            self._cuts.append({(variable,): VARIABLES[0]})
        for variable, (a, b) in enumerate(graph.ands, graph.n_inputs + 1):
            found: dict[Cut, int] = {}
            for first, table in self._cuts[a >> 1].items():
                for second, other in self._cuts[b >> 1].items():
                    leaves = tuple(sorted({*first, *second}))
                    if len(leaves) <= MAX_LEAVES and leaves not in found:
                        found[leaves] = _over(first, table, leaves, a) & _over(
                            second, other, leaves, b
                        )
            for leaves in found:
                self._over[leaves].append(variable)
            self._cuts.append({**found, (variable,): VARIABLES[0]})

    def of(self, variable: int) -> dict[Cut, int]:
        """Without the trivial one, that a variable decides itself."""
        return {cut: t for cut, t in self._cuts[variable].items() if cut != (variable,)}

    def known_over(self, leaves: Cut) -> list[int]:
        return self._over[leaves]


def _over(own: Cut, table: int, leaves: Cut, literal: int) -> int:
    """A literal's table over a superset of its variable's leaves."""
    places = [leaves.index(leaf) for leaf in own]
    result = 0
    for case in range(1 << MAX_LEAVES):
        index = sum((case >> place & 1) << j for j, place in enumerate(places))
        result |= (table >> index & 1) << case
    return result ^ ONES if literal & 1 else result


def class_sum(weights: Sequence[int], literals: Sequence[int], bias: int) -> Linear:
    """bias + Σ weight · literal, in the form that `linear` gives, modulo what no sum reaches."""
    form = _Form(EVERY)
    form.constant = bias % EVERY
    for weight, literal in zip(weights, literals, strict=True):
        form.add(literal, weight)
    return Linear(form.constant, form.terms, EVERY)


def substituted(given: Linear, literals: dict[int, int]) -> Linear:
    """A form with literals in the place of its variables."""
    form = _Form(given.modulus)
    form.constant = given.constant
    for variable, coefficient in given.terms.items():
        form.add(literals[variable], coefficient)
    return Linear(form.constant, form.terms, form.modulus)


def difference(first: Linear, second: Linear) -> Counter[int]:
    """By variable, where two forms differ modulo that of the first; the constant under 0."""
    terms: Counter[int] = Counter(first.terms)
    terms.subtract(second.terms)
    terms[0] = first.constant - second.constant
    return Counter({v: c % first.modulus for v, c in terms.items() if c % first.modulus})
