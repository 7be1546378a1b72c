"""The score of one class: bias plus weighted sum of bits, through a tree of counters."""

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.adders import count, last_sum
from hwgen.block import Block
from hwgen.compressor_tree import Counters, StagedTree
from hwgen.pipe import Part, Pipe, join, whole

SCORE = -2
"""The key of the sum; bits have numbers from 0, and −1 is none."""


class Popcount(Block):
    """Sums bits by a `StagedTree`; its software twin is `CompressorTree.sum`.

    Members
    -------
    i: the bits that `staged.reads` names, each in the stage named with it
    o: the sum, `tree.width` bits but at least one, in stage `staged.read_in`
    """

    summary = (
        "Score of one class. The counters of a round and stage, rR_sN, count bits side by side in "
        "vectors: xJ is the J-th bit of each, and full adders sum them. What the counters leave is "
        "summed bit by bit in the end. sN are the registers at the beginning of stage N."
    )

    def __init__(self, staged: StagedTree) -> None:
        self.staged = staged
        self.clocked = staged.has_registers
        super().__init__({"i": In(len(staged.reads)), "o": Out(max(staged.tree.width, 1))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        tree, staged = self.staged.tree, self.staged
        if not tree.weights:
            m.d.comb += self.o.eq(tree.bias)
            return m
        pipe = Pipe(m, {**staged.last, SCORE: staged.read_in})
        for stage in range(staged.reads[0][1], staged.read_in + 1):
            inputs = self._inputs(stage)
            for number, (counters, at) in enumerate(zip(tree.rounds, staged.counters, strict=True)):
                own = Counters(counters.inputs[at == stage], counters.outputs[at == stage])
                if len(own.inputs):
                    pipe.values |= self._count(m, f"r{number}_s{stage}", own, inputs | pipe.values)
            if stage == staged.last_sum:
                pipe.values[SCORE] = whole(self._last_sum(m, inputs | pipe.values))
            if stage == staged.read_in:
                m.d.comb += self.o.eq(pipe.values[SCORE].value)
            else:
                pipe.end(stage)
        return m

    def _inputs(self, stage: int) -> dict[int, Part]:
        """The bits that are read in a stage; of those of negative weight the complements."""
        weights = self.staged.tree.weights
        return {
            bit: whole(~self.i[place]) if weights[bit] < 0 else Part(self.i, place, place + 1)
            for place, (bit, at) in enumerate(self.staged.reads)
            if at == stage
        }

    def _count(
        self, m: Module, name: str, counters: Counters, values: dict[int, Part]
    ) -> dict[int, Part]:
        """The outputs of counters side by side."""
        column = []
        for j, bits in enumerate(counters.inputs.T.tolist()):
            operand = Signal(len(bits), name=f"{name}_x{j}")
            m.d.comb += operand.eq(join(values[bit] for bit in bits))
            column.append(operand)
        planes = count(m, column, name)
        return {
            bit: Part(plane, place, place + 1)
            for plane, bits in zip(planes, counters.outputs.T.tolist(), strict=True)
            for place, bit in enumerate(bits)
            if bit >= 0
        }

    def _last_sum(self, m: Module, values: dict[int, Part]) -> Value:
        tree = self.staged.tree
        columns = [
            [Const(1, 1)] * one + [values[bit].value for bit in column]
            for one, column in zip(tree.ones, tree.rest, strict=True)
        ]
        return Cat(last_sum(m, columns, "last"))
