"""Sums that are built of adders, taken apart to what they add.

A claim such as 4·c + 2·b + a = (a sum of inputs) is rewritten from its outputs on: bits that are
functions of the same two or three others are replaced where, for each value of these, what the bits
count together is what those count. Each replacement is checked by all of its cases, so that the
result holds whoever chose it; half and full adders are found, however their gates are written.

Where no sum is above a limit, bits near its top need not be right in all cases. A replacement may
then be wrong in cases in which what replaces the bits is above the limit by itself. From there on
the rewriting is in integers, not modulo the width. If it ends in a sum of inputs that keeps the
limit, the form before that does too, and so on back to the last such replacement, whose wrong cases
therefore do not occur, and then to the one before it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
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


def linear(graph: AndGraph, literals: Sequence[int], *, limit: int | None = None) -> Linear:
    """Σ 2^i · literal i, modulo 2^(how many), as a sum of fewest adders' inputs.

    What is left where no adder is found are variables of gates, not of inputs alone. With a `limit`
    that the sum of inputs turns out to keep, cases above it are left out.
    """
    modulus = 1 << len(literals)
    form = _Form(modulus)
    at_zero = _at_zero(graph)
    for power, literal in enumerate(literals):
        form.add(literal ^ at_zero[literal >> 1], 1 << power)
    cuts = _Cuts(graph, at_zero)
    _rewrite(form, cuts, graph.n_inputs)
    if limit is not None and not form.is_of(graph.n_inputs):
        within = form.copy()
        _rewrite(within, cuts, graph.n_inputs, limit)
        if within.is_of(graph.n_inputs) and within.greatest() <= limit:
            form = within
    result = _Form(modulus)
    result.constant = form.constant % modulus
    for variable, coefficient in form.terms.items():
        result.add(2 * variable ^ at_zero[variable], coefficient)
    return Linear(result.constant, result.terms, modulus)


def _at_zero(graph: AndGraph) -> list[int]:
    """The value of each variable where all inputs are 0.

    While a sum is rewritten, that is the 0 of a variable, so that the coefficients of carries are
    positive, however their gates are written.
    """
    values = [0] * (1 + graph.n_inputs)
    for a, b in graph.ands:
        values.append((values[a >> 1] ^ a & 1) & (values[b >> 1] ^ b & 1))
    return values


def _rewrite(form: "_Form", cuts: "_Cuts", n_inputs: int, limit: int | None = None) -> None:
    """Replace variables of gates until none can be."""
    waiting = True
    while waiting:
        waiting = False
        for variable in sorted((v for v in form.terms if v > n_inputs), reverse=True):
            if variable in form.terms:
                waiting |= _replace(form, variable, cuts, limit)


class _Form:
    """A linear form that grows and shrinks, of integers where it has no modulus."""

    def __init__(self, modulus: int | None) -> None:
        self.modulus = modulus
        self.constant = 0
        self.terms: dict[int, int] = {}

    def reduced(self, number: int) -> int:
        return number if self.modulus is None else number % self.modulus

    def add(self, literal: int, coefficient: int) -> None:
        if literal & 1:  # 1 − x
            self.constant = self.reduced(self.constant + coefficient)
            coefficient = -coefficient
        variable = literal >> 1
        if variable:
            total = self.reduced(self.terms.pop(variable, 0) + coefficient)
            if total:
                self.terms[variable] = total

    def replace(
        self, group: Sequence[int], constant: int, leaves: Cut, steps: Sequence[int]
    ) -> None:
        """Put a constant and a step for each leaf in the place of a group of variables."""
        for variable in group:
            del self.terms[variable]
        self.constant = self.reduced(self.constant + constant)
        for leaf, step in zip(leaves, steps, strict=True):
            self.add(2 * leaf, step)

    def copy(self) -> "_Form":
        form = _Form(self.modulus)
        form.constant, form.terms = self.constant, dict(self.terms)
        return form

    def to_integers(self) -> None:
        """Take the integers nearest to 0 that it stands for, of ± half the modulus the positive."""
        if self.modulus is not None:
            half = self.modulus // 2
            self.terms = {v: c - self.modulus * (c > half) for v, c in self.terms.items()}
            self.modulus = None

    def is_of(self, n_inputs: int) -> bool:
        """Whether it has no variables but the first ones."""
        return max(self.terms, default=0) <= n_inputs

    def greatest(self) -> int:
        """What integers are at most."""
        return self.constant + sum(max(c, 0) for c in self.terms.values())

    def least(self, known: Mapping[int, int]) -> int:
        """What integers are at least, where some variables are known."""
        return self.constant + sum(
            known[v] * c if v in known else min(c, 0) for v, c in self.terms.items()
        )


def _replace(form: _Form, variable: int, cuts: "_Cuts", limit: int | None) -> bool:
    """Replace a variable, with others if need be, by leaves of one of its cuts."""
    for leaves in cuts.of(variable):
        group = [v for v in cuts.known_over(leaves) if v in form.terms]
        counted = [
            sum(form.terms[v] * (cuts.of(v)[leaves] >> case & 1) for v in group)
            for case in range(1 << len(leaves))
        ]
        constant = counted[0]
        steps = [counted[1 << place] - constant for place in range(len(leaves))]
        wrong = (
            case
            for case, total in enumerate(counted)
            if form.reduced(constant + sum(s for p, s in enumerate(steps) if case >> p & 1) - total)
        )
        if (first := next(wrong, None)) is None:
            form.replace(group, constant, leaves, steps)
            return True
        if limit is not None:
            tried = form.copy()
            tried.replace(group, constant, leaves, steps)
            tried.to_integers()
            cases = ({v: c >> p & 1 for p, v in enumerate(leaves)} for c in (first, *wrong))
            if all(tried.least(known) > limit for known in cases):
                form.replace(group, constant, leaves, steps)
                form.to_integers()
                return True
    return False


class _Cuts:
    """For each variable, sets of up to three others that decide it, and its truth table of each.

    With 0 for what each variable is where all inputs are 0.
    """

    def __init__(self, graph: AndGraph, at_zero: Sequence[int]) -> None:
        self._cuts: list[dict[Cut, int]] = [{(): 0}]
        self._over: dict[Cut, list[int]] = defaultdict(list)
        for variable in range(1, graph.n_inputs + 1):
            self._cuts.append({(variable,): VARIABLES[0]})
        for variable, literals in enumerate(graph.ands, graph.n_inputs + 1):
            a, b = (literal ^ at_zero[literal >> 1] for literal in literals)
            found: dict[Cut, int] = {}
            for first, table in self._cuts[a >> 1].items():
                for second, other in self._cuts[b >> 1].items():
                    leaves = tuple(sorted({*first, *second}))
                    if len(leaves) <= MAX_LEAVES and leaves not in found:
                        both = _over(first, table, leaves, a) & _over(second, other, leaves, b)
                        found[leaves] = both ^ ONES * at_zero[variable]
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
    return Linear(form.constant, form.terms, given.modulus)


def difference(first: Linear, second: Linear) -> Counter[int]:
    """By variable, where two forms differ modulo that of the first; the constant under 0."""
    terms: Counter[int] = Counter(first.terms)
    terms.subtract(second.terms)
    terms[0] = first.constant - second.constant
    return Counter({v: c % first.modulus for v, c in terms.items() if c % first.modulus})
