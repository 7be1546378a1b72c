"""A network as gates alone, for a pipeline that somebody else builds around it."""

from amaranth.hdl import Cat, Module
from amaranth.lib.wiring import In, Out

from hwgen.block import Block
from hwgen.results import place_network, result_widths
from hwgen.schedule import Schedule


class Combinational(Block):
    """A network without a clock, a register or a handshake; its software twin is `Network`.

    Members
    -------
    i_payload: feature words, feature 0 in the lowest bits
    o_*: the result of what `i_payload` shows, as far as `Core` would have it
    schedule: of a single stage
    """

    summary = "Logic gate network without registers: the outputs follow the input."
    latency = 0
    initiation_interval = 1
    register_bits = 0
    least_register_bits = 0

    def __init__(self, schedule: Schedule) -> None:
        assert schedule.last_stage == 0, "between stages there would be registers"
        self.schedule = schedule
        self.results = result_widths(schedule)
        super().__init__(
            {
                "i_payload": In(schedule.network.encoder.payload_width),
                **{name: Out(width) for name, width in self.results.items()},
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        results = place_network(m, platform, self.schedule, self.i_payload)
        m.d.comb += Cat(getattr(self, name) for name in self.results).eq(Cat(results))
        return m
