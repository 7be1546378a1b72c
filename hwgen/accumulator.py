"""The sum of what earlier cycles of a class counted."""

from amaranth.hdl import Module, Signal
from amaranth.lib.wiring import In, Out

from hwgen.block import Block


class Accumulator(Block):
    """Keeps a sum from cycle to cycle of a class.

    Members
    -------
    total: the sum up to this cycle
    at_cycle: number of the cycle in the class
    o: the sum before this cycle, 0 in the first
    """

    summary = "Sum of what earlier cycles of a class counted: 0 in the first."
    clocked = True

    def __init__(self, width: int, cycle_width: int) -> None:
        super().__init__({"total": In(width), "at_cycle": In(cycle_width), "o": Out(width)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        kept = Signal(len(self.total), name="kept", reset_less=True)
        goes_on = Signal(name="goes_on")
        m.d.sync += kept.eq(self.total)
        m.d.comb += [
            goes_on.eq(self.at_cycle != 0),
            self.o.eq(kept & goes_on.replicate(len(kept))),
        ]
        return m
