"""Streams around a data path that runs free: valid, credits and the output FIFO."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out

from hwgen.block import Block


class Flow(Block):
    """Takes a sample a cycle while there is room for its result, and keeps results until taken.

    A result leaves the data path latency − 1 cycles after its sample was taken, whether or not the
    consumer is ready, so each sample taken holds a credit, a place in the FIFO, until its result is
    taken. The FIFO has latency + 1 places, which lets an unstalled stream run at one sample a
    cycle. Neither `ready` nor `valid` depends on the other side within a cycle.

    Members
    -------
    i_valid, i_ready: of the samples
    data: result that the data path delivers latency − 1 cycles after its sample
    o_payload, o_valid, o_ready: the results
    moves: bit s: stage s, which is not the last, holds a sample; only if `tells_moves`
    """

    summary = (
        "Flow control. The data path runs free; valid goes with it, and a sample is taken only "
        "while the FIFO has a place for its result."
    )
    clocked = True
    resets = True

    def __init__(self, width: int, *, latency: int, tells_moves: bool = False) -> None:
        self.latency = latency
        moves = {"moves": Out(latency - 1)} if tells_moves else {}
        super().__init__(
            {
                "i_valid": In(1),
                "i_ready": Out(1),
                "data": In(width),
                "o_payload": Out(width),
                "o_valid": Out(1),
                "o_ready": In(1),
                **moves,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        places = self.latency + 1
        m.submodules.fifo = fifo = SyncFIFO(width=len(self.data), depth=places)

        credits_used = Signal(range(places + 1))
        take, give = Signal(name="take"), Signal(name="give")
        m.d.comb += [
            self.i_ready.eq(credits_used != places),
            take.eq(self.i_valid & self.i_ready),
            give.eq(self.o_valid & self.o_ready),
        ]
        with m.If(take & ~give):
            m.d.sync += credits_used.eq(credits_used + 1)
        with m.Elif(give & ~take):
            m.d.sync += credits_used.eq(credits_used - 1)

        valid = Signal(self.latency - 1)  # bit s: stage s holds a sample
        arrived = Cat(take, valid)
        m.d.sync += valid.eq(arrived[:-1])
        m.d.comb += [
            fifo.w_data.eq(self.data),
            fifo.w_en.eq(arrived[-1]),
            fifo.r_en.eq(self.o_ready),
            self.o_payload.eq(fifo.r_data),
            self.o_valid.eq(fifo.r_rdy),
        ]
        if "moves" in self.signature.members:
            m.d.comb += self.moves.eq(arrived[:-1])
        return m
