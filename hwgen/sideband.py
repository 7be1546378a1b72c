"""What goes beside a sample past the core: into a FIFO with the sample, out with its result."""

from amaranth.hdl import Module, Signal
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out

from hwgen.block import Block, place
from hwgen.core import Core


class Sideband(Block):
    """A FIFO with a place for each sample that the core may hold, so that it is never full.

    Members
    -------
    i, put: what belongs to the sample that the core takes in this cycle
    o, get: what belongs to the result on offer, and whether it is taken
    """

    summary = "What belongs to the samples in the core, in their order."
    clocked = True
    resets = True

    def __init__(self, width: int, *, places: int) -> None:
        self.places = places
        super().__init__({"i": In(width), "put": In(1), "o": Out(width), "get": In(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.fifo = fifo = SyncFIFO(width=len(self.i), depth=self.places)
        m.d.comb += [
            fifo.w_data.eq(self.i),
            fifo.w_en.eq(self.put),
            fifo.r_en.eq(self.get),
            self.o.eq(fifo.r_data),
        ]
        return m


def place_tags(m: Module, platform: object, core: Core) -> None:
    """Put the tags of a core that has them into a FIFO beside its data path.

    It has as many places as the core has for samples. Registers along the pipeline, and as many
    places in the output FIFO, would be nearly twice as many bits.
    """
    if not core.tag_width:
        return
    put, get = Signal(name="put"), Signal(name="get")
    m.d.comb += [put.eq(core.i_valid & core.i_ready), get.eq(core.o_valid & core.o_ready)]
    sideband = Sideband(core.tag_width, places=1 + core.depth)
    ports = {"i": core.i_tag, "put": put, "o": core.o_tag, "get": get}
    place(m, platform, "sideband", sideband, ports)
