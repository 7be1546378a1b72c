"""Streams around a data path that takes the classes of a sample one after another."""

from functools import reduce
from operator import and_

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.block import Block


class SerialFlow(Block):
    """Counts the cycles of a sample, which stays on offer until the last of them takes it.

    So nothing of a sample is stored. It begins when there is no result, or one that is being
    taken; neither `ready` nor `valid` depends on the other side within a cycle.

    Members
    -------
    i_valid, i_ready: of the samples
    o_valid, o_ready: of the result, which is there from the cycle after the last
    at_class, at_cycle: number of the class, and of the cycle in it
    ends: whether this cycle is the last of a class of a sample
    settling: cycles before the first, in which the pipeline of the gates fills
    """

    summary = (
        "Flow control. A sample stays on offer while its classes are counted, and is taken in the "
        "last cycle; the next begins when its result has gone."
    )
    clocked = True
    resets = True

    def __init__(self, n_classes: int, cycles_per_class: int, *, settling: int) -> None:
        self.n_classes, self.cycles_per_class = n_classes, cycles_per_class
        self.settling = settling
        super().__init__(
            {
                "i_valid": In(1),
                "i_ready": Out(1),
                "at_class": Out((n_classes - 1).bit_length()),
                "at_cycle": Out((cycles_per_class - 1).bit_length()),
                "ends": Out(1),
                "o_valid": Out(1),
                "o_ready": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        goes, takes = Signal(name="goes"), Signal(name="takes")
        at_class, holds = Signal.like(self.at_class, name="class_now"), Signal(name="holds")
        counts, last_cycle = self._settling(m, goes, takes), []
        if self.cycles_per_class > 1:
            at_cycle = Signal.like(self.at_cycle, name="cycle_now")
            last = Signal(name="last_cycle")
            m.d.comb += [self.at_cycle.eq(at_cycle), last.eq(at_cycle == self.cycles_per_class - 1)]
            with m.If(_all(goes, *counts)):
                m.d.sync += at_cycle.eq(Mux(last, 0, at_cycle + 1))
            last_cycle.append(last)
        else:
            last_cycle += counts
        m.d.comb += [
            goes.eq(self.i_valid & (~holds | self.o_ready)),
            self.i_ready.eq(_all(at_class == self.n_classes - 1, *last_cycle)),
            takes.eq(self.i_valid & self.i_ready),
            self.at_class.eq(at_class),
            self.ends.eq(_all(goes, *last_cycle)),
            self.o_valid.eq(holds),
        ]
        m.d.sync += holds.eq(takes | (holds & ~self.o_ready))
        with m.If(self.ends):
            m.d.sync += at_class.eq(Mux(self.i_ready, 0, at_class + 1))
        return m

    def _settling(self, m: Module, goes: Signal, takes: Signal) -> list[Value]:
        """What says that the pipeline of the gates is full; nothing where there is none."""
        if not self.settling:
            return []
        settled, counts = Signal(range(self.settling + 1), name="settled"), Signal(name="counts")
        m.d.comb += counts.eq(settled == self.settling)
        m.d.sync += settled.eq(
            Mux(counts, settled & ~takes.replicate(len(settled)), settled + goes)
        )
        return [counts]


def _all(*conditions: Value) -> Value:
    return reduce(and_, conditions)
