import numpy as np
import pytest

from connective.canonical import table_bits
from hwgen.formula import Formula, formula, support


def evaluated(expression: Formula, k: int) -> int:
    """The truth table of an expression: x_j as integers whose bit m is bit j of m."""
    ones = (1 << 2**k) - 1
    inputs = [sum((m >> j & 1) << m for m in range(2**k)) for j in range(k)]
    return expression.apply(inputs) & ones


@pytest.mark.parametrize("k", [1, 2, 3])
def test_an_expression_computes_its_table(k: int) -> None:
    for table in range(1, 2 ** (2**k) - 1):
        expression = formula(table, k)
        assert expression is not None
        assert evaluated(expression, k) == table


@pytest.mark.parametrize("k", [4, 5, 6])
def test_an_expression_of_many_inputs_computes_its_table(k: int) -> None:
    rng = np.random.default_rng(k)
    for table in rng.integers(1, 2 ** (2**k) - 1, 50, dtype=np.uint64).tolist():
        expression = formula(table, k)
        assert expression is not None
        assert evaluated(expression, k) == table


@pytest.mark.parametrize("k", range(1, 7))
def test_constants_have_no_expression(k: int) -> None:
    assert formula(0, k) is None
    assert formula((1 << 2**k) - 1, k) is None


def test_gates_of_two_inputs_are_written_as_a_person_would() -> None:
    def text(expression: Formula) -> str:
        if not expression.parts:
            return "ab"[expression.variable]
        parts = [text(part) for part in expression.parts]
        joined = parts[0] if len(parts) == 1 else f"({expression.operator.join(parts)})"
        return f"~{joined}" if expression.operator == "~" else joined

    written = {table: text(e) for table in range(1, 15) if (e := formula(table, 2))}
    assert written == {
        1: "~(a|b)",
        2: "(a&~b)",
        3: "~b",
        4: "(~a&b)",
        5: "~a",
        6: "(a^b)",
        7: "~(a&b)",
        8: "(a&b)",
        9: "~(a^b)",
        10: "a",
        11: "(a|~b)",
        12: "b",
        13: "(~a|b)",
        14: "(a|b)",
    }


@pytest.mark.parametrize("k", [1, 2, 3])
def test_support_is_the_inputs_that_decide(k: int) -> None:
    for table in range(2 ** (2**k)):
        cube = table_bits(np.array([table], dtype=np.uint64), k).reshape((2,) * k)
        decides = [(cube != np.flip(cube, k - 1 - j)).any() for j in range(k)]
        assert support(table, k) == tuple(np.flatnonzero(decides))
