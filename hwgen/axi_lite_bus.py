"""The five channels of AXI4-Lite, as single cycles in which registers are written and read."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib.wiring import In, Out

from hwgen.block import Block

OKAY, SLVERR = 0b00, 0b10


class AxiLiteBus(Block):
    """Answers each write and each read once, at most one of either every other cycle.

    All its outputs to the bus are registers, as the standard forbids paths from input to output.

    Members
    -------
    aw*, w*, b*, ar*, r*: the handshakes of the channels, their responses, and the data read
    write: in this cycle the address and the data of a write are there and are taken
    write_refused: it has no effect, and is answered by an error
    read_data, read_refused: what the address of a read reads, and whether that is no register
    """

    summary = (
        "AXI4-Lite: write is the cycle in which a word is written. All outputs to the bus are "
        "registers."
    )
    clocked = True
    resets = True

    def __init__(self, data_width: int) -> None:
        super().__init__(
            {
                "awvalid": In(1),
                "awready": Out(1),
                "wvalid": In(1),
                "wready": Out(1),
                "bresp": Out(2),
                "bvalid": Out(1),
                "bready": In(1),
                "arvalid": In(1),
                "arready": Out(1),
                "rdata": Out(data_width),
                "rresp": Out(2),
                "rvalid": Out(1),
                "rready": In(1),
                "write": Out(1),
                "write_refused": In(1),
                "read_data": In(data_width),
                "read_refused": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        self._writes(m)
        self._reads(m)
        return m

    def _writes(self, m: Module) -> None:
        """Ready comes a cycle after both valids, so that they are still there when it does."""
        ready, answering = Signal(name="write_ready"), Signal(name="write_answered")
        refused = Signal(name="write_error", reset_less=True)
        may_answer = ~answering | self.bready
        m.d.sync += ready.eq(~ready & self.awvalid & self.wvalid & may_answer)
        with m.If(ready):
            m.d.sync += [answering.eq(1), refused.eq(self.write_refused)]
        with m.Elif(self.bready):
            m.d.sync += answering.eq(0)
        m.d.comb += [
            self.awready.eq(ready),
            self.wready.eq(ready),
            self.write.eq(ready),
            self.bvalid.eq(answering),
            self.bresp.eq(Mux(refused, SLVERR, OKAY)),
        ]

    def _reads(self, m: Module) -> None:
        answering = Signal(name="read_answered")
        refused = Signal(name="read_error", reset_less=True)
        data = Signal(len(self.rdata), name="read_word", reset_less=True)
        take = Signal(name="take_read")
        m.d.comb += take.eq(self.arvalid & ~answering)
        with m.If(take):
            m.d.sync += [
                answering.eq(1),
                refused.eq(self.read_refused),
                data.eq(self.read_data),
            ]
        with m.Elif(self.rready):
            m.d.sync += answering.eq(0)
        m.d.comb += [
            self.arready.eq(~answering),
            self.rvalid.eq(answering),
            self.rresp.eq(Mux(refused, SLVERR, OKAY)),
            self.rdata.eq(data),
        ]
