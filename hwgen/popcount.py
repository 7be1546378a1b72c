"""The score of one class: bias plus weighted sum of bits, through a pipelined adder tree."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Shape, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.adder_tree import AdderTree, Leaves, Range
from hwgen.block import Block


class Popcount(Block):
    """Sums the bits of `i` by an `AdderTree`; its software twin is `AdderTree.sum`.

    Members
    -------
    i: (bits) in the order of the tree's weights
    o: the sum, of the given shape
    registered: whether a register follows each level; there may be more levels than the tree has
    """

    def __init__(self, tree: AdderTree, shape: Shape, *, registered: Sequence[bool]) -> None:
        self.tree = tree
        self.registered = tuple(registered)
        self.clocked = any(self.registered) and bool(tree.weights)
        super().__init__({"i": In(len(tree.weights)), "o": Out(shape)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        tree = self.tree
        if not tree.weights:
            m.d.comb += self.o.eq(tree.bias)
            return m
        registered = [*self.registered, *[False] * (tree.n_levels - len(self.registered))]
        summands = [
            summand
            for number, leaves in enumerate(tree.leaves)
            for summand in _leaf_sums(
                m,
                self.i,
                leaves,
                prefix=f"run{number}_" if len(tree.leaves) > 1 else "",
                registered=registered[0],
            )
        ]
        if tree.bias:
            summands.append(Const(tree.bias))
        for level in range(1, len(registered)):
            ranges = tree.ranges[min(level, tree.n_levels - 1)]
            summands = _add(m, summands, ranges, level, registered=registered[level])
        m.d.comb += self.o.eq(summands[0])
        return m


def _leaf_sums(
    m: Module, bits: Value, leaves: Leaves, *, prefix: str, registered: bool
) -> list[Value]:
    """The weighted counts of a run of leaves."""
    planes = _count(m, bits, leaves, prefix=prefix, registered=registered)
    sums: list[Value] = []
    for j, span in enumerate(leaves.ranges):
        total = Signal(range(span[0], span[1] + 1), name=f"sum0_{leaves.first + j}")
        count = Cat(plane[j] for plane in planes)
        m.d.comb += total.eq(count if leaves.weight == 1 else count * leaves.weight)
        sums.append(total)
    return sums


def _count(m: Module, bits: Value, leaves: Leaves, *, prefix: str, registered: bool) -> list[Value]:
    """The counts of a run of leaves as vectors: bit 0 of all counts, bit 1 of all, and so on.

    A column holds vectors of equal significance. Full and half adders, side by side for all the
    leaves, make one vector of it and carry the others into the next column.
    """
    column: list[Value] = []
    for j, taken in enumerate(leaves.slices):
        operand = Signal(len(taken), name=f"{prefix}x{j}")
        m.d.comb += operand.eq(bits[taken.start : taken.stop])
        column.append(operand)
    planes: list[Value] = []
    while column:
        carries: list[Value] = []
        while len(column) > 1:
            suffix = f"{len(planes)}_{len(carries)}"
            total = Signal(leaves.n, name=f"{prefix}total{suffix}")
            carry = Signal(leaves.n, name=f"{prefix}carry{suffix}")
            a, b, *column = column
            if column:
                c, *column = column
                half = Signal(leaves.n, name=f"{prefix}half{suffix}")
                m.d.comb += [half.eq(a ^ b), total.eq(half ^ c), carry.eq(a & b | half & c)]
            else:
                m.d.comb += [total.eq(a ^ b), carry.eq(a & b)]
            column.append(total)
            carries.append(carry)
        plane = Signal(leaves.n, name=f"{prefix}count{len(planes)}", reset_less=True)
        domain = m.d.sync if registered else m.d.comb
        domain += plane.eq(column[0])
        planes.append(plane)
        column = carries
    return planes


def _add(
    m: Module, summands: Sequence[Value], ranges: Sequence[Range], level: int, *, registered: bool
) -> list[Value]:
    """Sums of neighbours; an odd one, and the sum of a tree that is done, goes through."""
    sums: list[Value] = []
    for j, (low, high) in enumerate(ranges):
        pair = summands[2 * j : 2 * j + 2]
        total = Signal(range(low, high + 1), name=f"sum{level}_{j}", reset_less=True)
        if len(pair) == 1 and (low == high or not registered):
            sums.append(pair[0])
            continue
        domain = m.d.sync if registered else m.d.comb
        domain += total.eq(pair[0] + pair[1] if len(pair) == 2 else pair[0])
        sums.append(total)
    return sums
