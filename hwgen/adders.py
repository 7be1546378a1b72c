"""Sums written bit by bit, so that synthesis keeps the structure: it makes one sum of all `+`."""

from collections.abc import Sequence

from amaranth.hdl import Const, Module, Signal, Value


def count(m: Module, column: Sequence[Value], name: str) -> list[Value]:
    """The count of some bits, lowest bit first, by full and half adders.

    Bits may be vectors of equal length, each of whose places is counted apart. Wires are called
    NAME_half, NAME_sum and NAME_carry with a number.
    """
    columns = [list(column)]
    result: list[Value] = []
    adders = 0
    for power, left in enumerate(columns):  # which grows while it is gone through
        while len(left) > 1:
            a, b, *left = left
            total = Signal(len(a), name=f"{name}_sum{adders}")
            carry = Signal(len(a), name=f"{name}_carry{adders}")
            if left:
                c, *left = left
                half = Signal(len(a), name=f"{name}_half{adders}")
                m.d.comb += [half.eq(a ^ b), total.eq(half ^ c), carry.eq(a & b | half & c)]
            else:
                m.d.comb += [total.eq(a ^ b), carry.eq(a & b)]
            left.append(total)
            if power + 1 == len(columns):
                columns.append([])
            columns[power + 1].append(carry)
            adders += 1
        result.append(left[0])
    return result


def add_columns(
    m: Module, columns: Sequence[Sequence[Value]], name: str
) -> tuple[list[Value], list[Value]]:
    """Adds bits of which those in column p count 2^p: a bit a column, and carries above the last.

    Full adders take three bits at a time, from the lowest column up, and always the bit that was
    summed last: for six inputs of a look-up table such a chain gave a tenth fewer of them than
    adders that take the earliest bits, and was no deeper.
    """
    sums: list[Value] = []
    carries: list[Value] = []
    adders = 0
    for column in columns:
        left, carries = [*carries, *column], []
        while len(left) > 1:
            taken, left = left[:3], left[3:]
            total, carry = count(m, taken, f"{name}_{adders}")
            left.insert(0, total)
            carries.insert(0, carry)
            adders += 1
        sums.append(left[0] if left else Const(0, 1))
    return sums, carries
