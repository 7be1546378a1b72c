"""Truth tables as short expressions of `&`, `|`, `^` and `~`, derived from the table's bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, Self, TypeVar


class Bitwise(Protocol):
    """What an expression is applied to: an integer, a Boolean array, a vector of wires."""

    def __and__(self, other: Self, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...
    def __xor__(self, other: Self, /) -> Self: ...
    def __invert__(self) -> Self: ...


Operand = TypeVar("Operand", bound=Bitwise)


@dataclass(frozen=True)
class Formula:
    """An input's number, or an operator over formulas: `~` over one, `&`, `|`, `^` over two."""

    operator: str
    parts: tuple["Formula", ...] = ()
    variable: int = 0

    @property
    def cost(self) -> int:
        """Operators in the expression."""
        return bool(self.parts) + sum(part.cost for part in self.parts)

    def apply(self, operands: Sequence[Operand]) -> Operand:
        """The value of the expression over the table's inputs, `operands[j]` for x_j."""
        if not self.parts:
            return operands[self.variable]
        values = [part.apply(operands) for part in self.parts]
        match self.operator:
            case "~":
                return ~values[0]
            case "&":
                return values[0] & values[1]
            case "|":
                return values[0] | values[1]
            case _:
                return values[0] ^ values[1]


@cache
def formula(table: int, k: int) -> Formula | None:
    """The expression of a truth table over k inputs in LUT-INIT order; None for a constant.

    Of the table's own expression and the complement of its complement's the shorter is taken, and
    of two equally short ones that whose core is 0 where all inputs are: NAND is `~(a & b)`.
    """
    ones = (1 << 2**k) - 1
    if table in (0, ones):
        return None
    direct, opposite = _split(table, k), _split(table ^ ones, k)
    inverted = Formula("~", (opposite,))
    prefer_inverted = inverted.cost - (table & 1) < direct.cost
    return inverted if prefer_inverted else direct


def support(table: int, k: int) -> tuple[int, ...]:
    """The inputs on which a truth table over k inputs depends."""
    minterms = range(2**k)
    return tuple(
        j for j in range(k) if any((table >> m ^ table >> (m ^ 1 << j)) & 1 for m in minterms)
    )


def _split(table: int, k: int) -> Formula:
    """The expression by the cofactors of the last input, x: f = x·high + ~x·low."""
    half = 2 ** (k - 1)
    ones = (1 << half) - 1
    low, high = table & ones, table >> half
    x = Formula("x", variable=k - 1)
    if low == high ^ ones:
        rest = formula(low, k - 1)
        if rest is None:
            return x if high else Formula("~", (x,))
        return Formula("^", (rest, x))
    low_part, high_part = formula(low, k - 1), formula(high, k - 1)
    if low == high:
        assert low_part is not None, "a constant has no expression"
        return low_part
    not_x = Formula("~", (x,))
    if high_part is None:
        assert low_part is not None
        return Formula("|", (low_part, x)) if high else Formula("&", (low_part, not_x))
    if low_part is None:
        return Formula("|", (high_part, not_x)) if low else Formula("&", (high_part, x))
    return Formula("|", (Formula("&", (high_part, x)), Formula("&", (low_part, not_x))))
