"""A sample from several transfers of a narrow port."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.wiring import In, Out

from hwgen.block import Block


class Beats(Block):
    """Shifts a sample's beats together, the lowest bits first.

    The last beat stays on the port until the sample is taken, so only the others are kept, and the
    sample is whole as soon as its last beat is on offer.

    Members
    -------
    i_beat, i_valid, i_ready: the beats; of the last, what is above the payload does not matter
    payload, valid, ready: the sample
    """

    summary = (
        "A sample from its beats, the lowest bits first. The last beat stays on the port until the "
        "sample is taken."
    )
    clocked = True
    resets = True

    def __init__(self, width: int, payload_width: int) -> None:
        super().__init__(
            {
                "i_beat": In(width),
                "i_valid": In(1),
                "i_ready": Out(1),
                "payload": Out(payload_width),
                "valid": Out(1),
                "ready": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        width, n = len(self.i_beat), n_beats(len(self.i_beat), len(self.payload))
        kept = Signal((n - 1) * width, name="kept", reset_less=True)
        beat = Signal(range(n), name="beat")
        last, takes = Signal(name="last"), Signal(name="takes")
        m.d.comb += [
            last.eq(beat == n - 1),
            self.i_ready.eq(~last | self.ready),
            takes.eq(self.i_valid & self.i_ready),
            self.valid.eq(self.i_valid & last),
            self.payload.eq(Cat(kept, self.i_beat)),
        ]
        with m.If(takes):
            m.d.sync += beat.eq(Mux(last, 0, beat + 1))
        m.d.sync += kept.eq(Mux(takes & ~last, Cat(kept, self.i_beat)[width:], kept))
        return m


def n_beats(width: int, payload_width: int) -> int:
    """Transfers of so many bits that make a sample."""
    return -(-payload_width // width)
