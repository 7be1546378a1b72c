"""Questions about literals of an AND graph: simulation, SAT by Glucose, equivalence by ABC."""

from collections.abc import Iterable, Sequence

from pysat.solvers import Glucose4

from connective.errors import ToolError
from connective.folder import temporary_folder
from connective.formats.aiger import binary_circuit
from connective.formats.and_graph import AndGraph
from connective.tools import abc

Pair = tuple[int, int]
"""Two literals that are claimed to be equal."""


def simulate(graph: AndGraph, inputs: Sequence[int], *, width: int) -> list[int]:
    """The value of each literal as an integer of one bit a pattern; inputs (inputs,) likewise."""
    ones = (1 << width) - 1
    values = [0, ones]
    for word in inputs:
        values += (word, word ^ ones)
    for a, b in graph.ands:
        both = values[a] & values[b]
        values += (both, both ^ ones)
    return values


def satisfy(
    graph: AndGraph, literal: int, *, conflicts: int
) -> tuple[bool | None, list[bool] | None]:
    """Whether a literal can be 1, `None` if too many conflicts, and inputs that make it so."""
    if literal < 2:
        return bool(literal), [False] * graph.n_inputs if literal else None
    with Glucose4() as solver:
        for variable in _cone(graph, literal >> 1):
            for clause in _clauses(variable, *graph.ands[variable - graph.n_inputs - 1]):
                solver.add_clause(clause)
        solver.conf_budget(conflicts)
        found = solver.solve_limited(assumptions=[_dimacs(literal)])
        if not found:
            return found, None
        model = {v for v in solver.get_model() if v > 0}
    return True, [i in model for i in range(1, graph.n_inputs + 1)]


def all_equal(graph: AndGraph, pairs: Iterable[Pair], *, timeout: float) -> bool | None:
    """Whether the literals of each pair are equal for all inputs; `None` if ABC cannot tell."""
    left = [pair for pair in pairs if pair[0] != pair[1]]
    if not left:
        return True
    if any(a ^ b == 1 for a, b in left):
        return False
    with temporary_folder() as folder:
        files = [folder / "first.aig", folder / "second.aig"]
        for file, literals in zip(files, zip(*left, strict=True), strict=True):
            file.write_bytes(binary_circuit(graph, literals))
        try:
            return abc.equivalent(*files, log=folder / "abc.log", timeout=timeout)
        except ToolError as error:
            raise ToolError(str(error).partition("; its log")[0]) from None


def _cone(graph: AndGraph, variable: int) -> list[int]:
    """The ANDs on which a variable depends."""
    seen, waiting = set(), [variable]
    while waiting:
        variable = waiting.pop()
        if variable > graph.n_inputs and variable not in seen:
            seen.add(variable)
            waiting += (literal >> 1 for literal in graph.ands[variable - graph.n_inputs - 1])
    return sorted(seen)


def _clauses(variable: int, a: int, b: int) -> list[list[int]]:
    left, right = _dimacs(a), _dimacs(b)
    return [[-variable, left], [-variable, right], [variable, -left, -right]]


def _dimacs(literal: int) -> int:
    return -(literal >> 1) if literal & 1 else literal >> 1
