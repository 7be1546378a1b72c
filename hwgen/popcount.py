"""The score of one class: bias plus weighted sum of bits, through a pipelined adder tree."""

from collections.abc import Sequence
from itertools import pairwise

from amaranth.hdl import Cat, Const, Module, Shape, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.adder_tree import AdderTree, Leaves
from hwgen.block import Block


class Popcount(Block):
    """Sums the bits of `i` by an `AdderTree`; its software twin is `AdderTree.sum`.

    Members
    -------
    i: bits in the order of the tree's weights
    o: the sum, of the given shape
    registered: whether a register follows each level; there may be more levels than the tree has
    """

    summary = (
        "Score of one class. Full adders in vectors count the bits of all leaves side by side: "
        "count0 has bit 0 of all counts, count1 bit 1, ... A tree of adders sums the counts."
    )

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
        summands: list[Value] = [Const(tree.constant)] if tree.constant else []
        for leaves in tree.leaves:
            planes = self._count(m, leaves)
            summands += _shifted(m, leaves, planes, first=len(summands))
        for level in range(1, max(tree.n_levels, len(self.registered))):
            if level < len(tree.greatest):
                values = _neighbours(summands)
                widths = [greatest.bit_length() for greatest in tree.greatest[level]]
                shapes = [Shape(width) for width in widths]
            elif level == len(tree.greatest) and tree.offset < 0:
                values, shapes = [summands[0] - -tree.offset], [self.o.shape()]
            elif self._ends(level):
                values, shapes = summands, [summands[0].shape()]
            else:
                continue
            summands = []
            for j, (value, shape) in enumerate(zip(values, shapes, strict=True)):
                total = Signal(shape, name=f"sum{level}_{j}", reset_less=True)
                domain = m.d.sync if self._ends(level) else m.d.comb
                domain += total.eq(value)
                summands.append(total)
        m.d.comb += self.o.eq(summands[0])
        return m

    def _ends(self, level: int) -> bool:
        """Whether a register follows a level."""
        return level < len(self.registered) and self.registered[level]

    def _count(self, m: Module, leaves: Leaves) -> list[Value]:
        """Counts of the leaves as vectors: bit 0 of all counts, bit 1 of all, and so on.

        A column holds vectors of equal significance. Full and half adders, side by side for all
        the leaves, make one vector of it and carry the others into the next column.
        """
        prefix = f"times{2**leaves.power}_" if len(self.tree.leaves) > 1 else ""
        column: list[Value] = []
        for j, taken in enumerate(leaves.slices):
            operand = Signal(len(taken), name=f"{prefix}x{j}")
            m.d.comb += operand.eq(self._inputs(leaves, taken))
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
            domain = m.d.sync if self._ends(0) else m.d.comb
            domain += plane.eq(column[0])
            planes.append(plane)
            column = carries
        return planes

    def _inputs(self, leaves: Leaves, taken: range) -> Value:
        """Some of the leaves' inputs, neighbours of one sign as one slice."""
        positions = leaves.positions[taken.start : taken.stop]
        negative = [self.tree.weights[i] < 0 for i in positions]
        starts = [
            j
            for j in range(len(positions))
            if not j or positions[j] != positions[j - 1] + 1 or negative[j] != negative[j - 1]
        ]
        parts: list[Value] = []
        for start, stop in pairwise([*starts, len(positions)]):
            bits = self.i[positions[start] : positions[stop - 1] + 1]
            parts.append(~bits if negative[start] else bits)
        n_ones = len(taken) - len(positions)
        return Cat(*parts, Const(2**n_ones - 1, n_ones))


def _shifted(m: Module, leaves: Leaves, planes: Sequence[Value], *, first: int) -> list[Value]:
    """The counts of the leaves by their power of two, one signal each."""
    summands: list[Value] = []
    for j, greatest in enumerate(leaves.greatest):
        count = Cat(plane[j] for plane in planes[: greatest.bit_length()])
        summand = Signal(leaves.power + len(count), name=f"sum0_{first + j}")
        m.d.comb += summand.eq(Cat(Const(0, leaves.power), count))
        summands.append(summand)
    return summands


def _neighbours(summands: Sequence[Value]) -> list[Value]:
    """Sums of the first two, the next two, and so on; an odd one stays."""
    pairs = [summands[i : i + 2] for i in range(0, len(summands), 2)]
    return [pair[0] + pair[1] if len(pair) == 2 else pair[0] for pair in pairs]
