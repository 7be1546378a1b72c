"""The score of one class: bias plus weighted sum of bits, through a tree of counters."""

from amaranth.hdl import Const, Module, Signal
from amaranth.lib.wiring import In, Out

from hwgen.adders import add_columns, count
from hwgen.compressor_tree import ONE, ZERO, Addition, Counters, StagedTree
from hwgen.pipe import Part, Pipe, join, whole
from hwgen.staged import Staged, ends


class Popcount(Staged):
    """Sums bits by a `StagedTree`; its software twin is `CompressorTree.sum`.

    Members
    -------
    i: the bits that `staged.reads` names, each in the stage named with it
    o: the sum, `tree.width` bits but at least one, in stage `staged.read_in`
    """

    summary = (
        "Score of one class. The counters of a round and stage, rR_sN, count bits side by side in "
        "vectors: xJ is the J-th bit of each, and full adders sum them. What the counters leave is "
        "added bit by bit, addA by addA. sN are the registers at the beginning of stage N."
    )

    def __init__(self, staged: StagedTree, *, gated: bool = False) -> None:
        self.staged = staged
        ports = {"i": In(len(staged.reads)), "o": Out(max(staged.tree.width, 1))}
        super().__init__(ports, ends=ends(staged.born, staged.last), gated=gated)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        tree, staged = self.staged.tree, self.staged
        if not tree.weights:
            m.d.comb += self.o.eq(tree.bias)
            return m
        pipe = Pipe(m, staged.last, self.loads)
        constants = {ZERO: whole(Const(0, 1)), ONE: whole(Const(1, 1))}
        for stage in range(staged.reads[0][1], staged.read_in + 1):
            inputs = constants | self._inputs(stage)
            for number, (counters, at) in enumerate(zip(tree.rounds, staged.counters, strict=True)):
                own = Counters(counters.inputs[at == stage], counters.outputs[at == stage])
                if len(own.inputs):
                    pipe.values |= self._count(m, f"r{number}_s{stage}", own, inputs | pipe.values)
            for number, addition in enumerate(tree.additions):
                if staged.additions[number] == stage:
                    pipe.values |= _add(m, f"add{number}", addition, inputs | pipe.values)
            if stage < staged.read_in:
                pipe.end(stage)
        values = inputs | pipe.values
        m.d.comb += self.o.eq(join(values[bit] for bit in tree.total))
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


def _add(m: Module, name: str, addition: Addition, values: dict[int, Part]) -> dict[int, Part]:
    """The bits that an addition computes."""
    columns = [
        [values[bit].value for bit in column if total not in column]
        for column, total in zip(addition.columns, addition.sums, strict=True)
    ]
    sums, carries = add_columns(m, columns, name)
    computed = [*addition.sums, *addition.carries]
    found = zip(computed, [*sums, *carries], strict=False)  # carries above the sum are dropped
    return {bit: whole(value) for bit, value in found if bit >= 0 and bit not in values}
