"""Sums written bit by bit, so that synthesis keeps the structure: it makes one sum of all `+`."""

from collections.abc import Sequence

from amaranth.hdl import Const, Module, Signal, Value

LUT_INPUTS = 6


def count(m: Module, column: Sequence[Value], name: str) -> list[Value]:
    """The count of some bits, lowest bit first, by full and half adders.

    Bits may be vectors of equal length, each of whose places is counted apart. Wires are called
    NAME_half, NAME_sum and NAME_carry with a number.
    """
    return add_columns(m, [column], name)


def add_columns(m: Module, columns: Sequence[Sequence[Value]], name: str) -> list[Value]:
    """The sum of bits of which those in column p count 2^p, as `count` does it."""
    left = [list(column) for column in columns]
    result: list[Value] = []
    adders = 0
    for power, column in enumerate(left):  # which grows while it is gone through
        while len(column) > 1:
            a, b, *column = column
            total = Signal(len(a), name=f"{name}_sum{adders}")
            carry = Signal(len(a), name=f"{name}_carry{adders}")
            if column:
                c, *column = column
                half = Signal(len(a), name=f"{name}_half{adders}")
                m.d.comb += [half.eq(a ^ b), total.eq(half ^ c), carry.eq(a & b | half & c)]
            else:
                m.d.comb += [total.eq(a ^ b), carry.eq(a & b)]
            column.append(total)
            if power + 1 == len(left):
                left.append([])
            left[power + 1].append(carry)
            adders += 1
        result.append(column[0] if column else Const(0, 1))
    return result


def last_sum(
    m: Module, columns: Sequence[Sequence[Value]], name: str, *, pairs: bool
) -> list[Value]:
    """The sum of bits of which those in column p count 2^p, modulo 2^columns, lowest bit first.

    It goes from the lowest column up. With `pairs` it takes up to six bits of a column and the one
    above, of which each bit of their sum is one look-up table; otherwise three of one column.
    """
    left = [list(column) for column in columns]
    result: list[Value] = []
    counters = 0
    for power, column in enumerate(left):
        above = left[power + 1 :]
        while len(column) > 1:
            taken, column = _split(column, LUT_INPUTS if pairs else 3)
            both = [taken]
            if pairs and above:
                # so many that the sum is no wider than three bits
                upper, above[0][:] = _split(above[0], {2: 2, 3: 2, 4: 1, 5: 1, 6: 0}[len(taken)])
                both += [upper] if upper else []
            total = add_columns(m, both, f"{name}{counters}")
            column.append(total[0])
            for bit, higher in zip(total[1:], above, strict=False):
                higher.append(bit)
            counters += 1
        result.append(column[0] if column else Const(0, 1))
    return result


def _split(column: Sequence[Value], n: int) -> tuple[list[Value], list[Value]]:
    return list(column[:n]), list(column[n:])
