"""One logic level: gates grouped by truth table, each group one operation on vectors."""

import numpy as np
from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from connective.canonical import table_bits
from hwgen.block import Block
from hwgen.formula import formula, support

LETTERS = "abcdef"


class LogicLevel(Block):
    """Gates that read bits of `i`; `o` holds gates and bits of `i` that a later level needs.

    Members
    -------
    i: (n_inputs) bits before the level
    o: bits after it, registered if a stage ends here
    fanin: (gates, k) positions in `i`
    table: (gates,) truth tables in LUT-INIT order
    order: (outputs,) what each bit of `o` is: bit p of `i`, or gate g as n_inputs + g
    """

    summary = (
        "One logic level. y_T are the gates with truth table T: its bit x_0 + 2 x_1 + 4 x_2 + ... "
        "is the output, a_T is x_0 of all of them, b_T is x_1, ... A later level reads carried."
    )

    def __init__(
        self,
        n_inputs: int,
        fanin: NDArray[np.integer],
        table: NDArray[np.uint64],
        order: NDArray[np.integer],
        *,
        registered: bool,
    ) -> None:
        self.fanin, self.table, self.order = fanin, table, order
        self.registered = registered
        constant = all(support(row, fanin.shape[1]) == () for row in np.unique(table).tolist())
        self.clocked = registered and not (constant and (order >= n_inputs).all())
        super().__init__({"i": In(n_inputs), "o": Out(len(order))})

    def compute(self, bits: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The software twin: bits (n_inputs, samples) before the level to bits after it."""
        k = self.fanin.shape[1]
        weight = (1 << np.arange(k))[:, None]
        minterm = (bits[self.fanin] * weight).sum(axis=1)  # (gates, samples)
        gates = np.take_along_axis(table_bits(self.table, k), minterm, axis=1)
        after: NDArray[np.bool_] = np.concatenate([bits, gates])[self.order]
        return after

    def elaborate(self, platform: object) -> Module:
        m = Module()
        domain = m.d.sync if self.registered else m.d.comb
        n_inputs = len(self.i)
        is_carried = self.order < n_inputs
        carried = Signal(int(is_carried.sum()), name="carried", reset_less=True)
        if len(carried):
            domain += carried.eq(self._pick(self.order[is_carried]))

        gates: list[Value] = [Const(0)] * len(self.table)
        for table in np.unique(self.table).tolist():
            members = np.flatnonzero(self.table == table)
            y = Signal(len(members), name=f"y_{table:x}", reset_less=True)
            value = self._group(m, table, self.fanin[members])
            if value is None:  # a constant needs no register
                m.d.comb += y.eq(-(table & 1))
            else:
                domain += y.eq(value)
            for position, gate in enumerate(members.tolist()):
                gates[gate] = y[position]

        bits: list[Value] = list(carried)
        gate_bits = [gates[p] for p in (self.order[~is_carried] - n_inputs).tolist()]
        sources = {True: iter(bits), False: iter(gate_bits)}
        m.d.comb += self.o.eq(Cat(next(sources[c]) for c in is_carried.tolist()))
        return m

    def _pick(self, positions: NDArray[np.integer]) -> Value:
        return Cat(self.i[p] for p in positions.tolist())

    def _group(self, m: Module, table: int, fanin: NDArray[np.integer]) -> Value | None:
        """The outputs of all gates of one table over fanin (gates, k); None for constants."""
        n_gates, k = fanin.shape
        expression = formula(table, k)
        if expression is None:
            return None
        operands: list[Value] = [Const(0)] * k
        for j in support(table, k):
            operands[j] = self._pick(fanin[:, j])
            if expression.parts and n_gates > 1:  # a name for what would be written in the middle
                vector = Signal(n_gates, name=f"{LETTERS[j]}_{table:x}")
                m.d.comb += vector.eq(operands[j])
                operands[j] = vector
        return expression.apply(operands)
