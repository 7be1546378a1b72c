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


def last_sum(m: Module, columns: Sequence[Sequence[Value]], name: str) -> list[Value]:
    """The sum modulo 2^columns of bits of which those in column p count 2^p, lowest bit first.

    Full adders take three bits at a time, from the lowest column up, and always the bit that was
    summed last: for six inputs of a look-up table such a chain gave a tenth fewer of them than
    adders that take the earliest bits, and was no deeper.
    """
    left = [list(column) for column in columns]
    result: list[Value] = []
    adders = 0
    for power, column in enumerate(left):
        while len(column) > 1:
            taken, column = column[:3], column[3:]
            total, *carry = count(m, taken, f"{name}{adders}")
            column.insert(0, total)
            for bit, higher in zip(carry, left[power + 1 :], strict=False):
                higher.insert(0, bit)
            adders += 1
        result.append(column[0] if column else Const(0, 1))
    return result
