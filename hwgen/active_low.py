"""A clock domain whose reset is active low outside, as it is within active high everywhere."""

from amaranth.hdl import ClockDomain, Module, Signal

CLOCK, RESET = "clk", "rst_n"


class ActiveLow:
    """The ports of a domain `sync`, and the module that drives it by them.

    Members
    -------
    ports: the clock and the reset, by name
    """

    def __init__(self, *, asynchronous: bool) -> None:
        self._asynchronous = asynchronous
        self.ports = {name: Signal(name=name) for name in (CLOCK, RESET)}

    def domain(self) -> Module:
        m = Module()
        m.domains.sync = sync = ClockDomain(async_reset=self._asynchronous)
        sync.clk = self.ports[CLOCK]
        m.d.comb += sync.rst.eq(~self.ports[RESET])
        return m
