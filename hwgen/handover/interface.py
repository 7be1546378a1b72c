"""What the ports of a top module are for, by their names alone."""

from dataclasses import dataclass

from connective.design import Design, Port

CLOCKS = ("clk", "aclk")
RESETS = {"rst": 1, "aresetn": 0}
"""The names of a reset, and the level at which each resets."""
SINKS = ("i_", "s_axis_t")
SOURCES = ("o_", "m_axis_t")
"""What the names of a stream's ports begin with, at the input and at the output."""


@dataclass(frozen=True)
class Stream:
    """A valid/ready handshake: its two control ports, and the ports that travel with them."""

    prefix: str
    valid: str
    ready: str
    data: tuple[Port, ...]

    def fields(self) -> list[tuple[str, Port]]:
        """Each data port beside its name without the prefix."""
        return [(port.name.removeprefix(self.prefix), port) for port in self.data]


@dataclass(frozen=True)
class Interface:
    """A clock, a synchronous reset with its active level, and a stream in and out."""

    clock: str
    reset: str
    reset_level: int
    sink: Stream
    source: Stream


def interface(design: Design) -> Interface:
    """The roles of a design's ports."""
    names = {port.name for port in design.ports}
    (clock,) = names.intersection(CLOCKS)
    (reset,) = names.intersection(RESETS)
    return Interface(
        clock, reset, RESETS[reset], _stream(design.ports, SINKS), _stream(design.ports, SOURCES)
    )


def _stream(ports: list[Port], prefixes: tuple[str, ...]) -> Stream:
    (prefix,) = {p for p in prefixes for port in ports if port.name.startswith(p)}
    valid, ready = f"{prefix}valid", f"{prefix}ready"
    data = [p for p in ports if p.name.startswith(prefix) and p.name not in (valid, ready)]
    return Stream(prefix, valid, ready, tuple(data))
