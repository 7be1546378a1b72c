"""One logic level: gates grouped by truth table, each group one operation on vectors."""

from collections.abc import Mapping, Sequence

import numpy as np
from amaranth.hdl import Const, Module, Signal, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from hwgen.formula import formula, support
from hwgen.pipe import Part, Pipe, Timed, bits, join, whole
from hwgen.staged import Staged, ends

LETTERS = "abcdef"


class LogicLevel(Staged):
    """Gates in the stages in which they compute, and registers up to where they are read.

    Members
    -------
    i: the nodes `reads` in their stages
    o: the nodes `gives`, all of them gates of this level, in their stages
    gates: (gates,) nodes
    stage: (gates,) when each computes
    fanin: (gates, k) nodes, which are among `reads` in the gate's stage as far as its table needs
    table: (gates,) truth tables in LUT-INIT order
    copies: of the gates' registers, as `Pipe` has them
    """

    summary = (
        "One logic level. y_T_sN are the gates with truth table T that compute in stage N: its bit "
        "x_0 + 2 x_1 + 4 x_2 + ... is the output, a_T_sN is x_0 of all of them, b_T_sN is x_1, "
        "... sN are the registers at the beginning of stage N."
    )

    def __init__(
        self,
        gates: NDArray[np.integer],
        stage: NDArray[np.integer],
        fanin: NDArray[np.integer],
        table: NDArray[np.uint64],
        *,
        reads: Sequence[Timed],
        gives: Sequence[Timed],
        gated: bool = False,
        copies: Mapping[int, Mapping[int, tuple[int, int]]] | None = None,
    ) -> None:
        self.gates, self.stage, self.fanin, self.table = gates, stage, fanin, table
        self.reads, self.gives, self.copies = tuple(reads), tuple(gives), copies
        self._last: dict[int, int] = {}
        for node, last in gives:
            self._last[node] = max(self._last.get(node, 0), last)
        constant = {t: not support(t, fanin.shape[1]) for t in np.unique(table).tolist()}
        born = {
            gate: own
            for gate, own, t in zip(gates.tolist(), stage.tolist(), table.tolist(), strict=True)
            if not constant[t]
        }
        ports = {"i": In(len(reads)), "o": Out(len(gives))}
        super().__init__(ports, ends=ends(born, self._last), gated=gated)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        pipe = Pipe(m, self._last, self.loads, self.copies)
        wanted = set(self.gives)
        given: dict[Timed, Part] = {}
        inputs: dict[int, dict[int, Part]] = {}
        for position, (node, stage) in enumerate(self.reads):
            inputs.setdefault(stage, {})[node] = Part(self.i, position, position + 1)
        end = max(self._last.values(), default=0)
        for stage in range(int(self.stage.min(initial=end)), end + 1):
            pipe.values |= self._compute(m, stage, inputs.get(stage, {}))
            given |= {
                (node, stage): value
                for node, value in pipe.values.items()
                if (node, stage) in wanted
            }
            pipe.end(stage)
        m.d.comb += self.o.eq(join(given[timed] for timed in self.gives))
        return m

    def _compute(self, m: Module, stage: int, inputs: dict[int, Part]) -> dict[int, Part]:
        """The gates of a stage by their nodes."""
        own = self.stage == stage
        values: dict[int, Part] = {}
        for table in np.unique(self.table[own]).tolist():
            members = np.flatnonzero(own & (self.table == table))
            value = self._group(m, f"{table:x}_s{stage}", table, self.fanin[members], inputs)
            nodes = self.gates[members].tolist()
            if value is None:
                values |= dict.fromkeys(nodes, whole(Const(table & 1, 1)))
                continue
            y = Signal(len(members), name=f"y_{table:x}_s{stage}")
            m.d.comb += y.eq(value)
            values |= zip(nodes, bits(y), strict=True)
        return values

    def _group(
        self,
        m: Module,
        suffix: str,
        table: int,
        fanin: NDArray[np.integer],
        inputs: dict[int, Part],
    ) -> Value | None:
        """The outputs of all gates of one table over fanin (gates, k); None for constants."""
        n_gates, k = fanin.shape
        expression = formula(table, k)
        if expression is None:
            return None
        operands: list[Value] = [Const(0)] * k
        for j in support(table, k):
            operands[j] = join(inputs[node] for node in fanin[:, j].tolist())
            if expression.parts and n_gates > 1:  # a name for what would be written in the middle
                vector = Signal(n_gates, name=f"{LETTERS[j]}_{suffix}")
                m.d.comb += vector.eq(operands[j])
                operands[j] = vector
        return expression.apply(operands)
