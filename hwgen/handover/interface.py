"""What the ports of a top module are for, by their names alone."""

from dataclasses import dataclass

from connective.design import CLOCKS, Design, Port

RESETS = {"rst": 1, "rst_n": 0, "aresetn": 0}
"""The names of a reset, and the level at which each resets."""
SINKS = ("i_", "s_axis_t")
SOURCES = ("o_", "m_axis_t")
"""What the names of a stream's ports begin with, at the input and at the output."""


@dataclass(frozen=True)
class Stream:
    """The ports that carry data one way, and the two of their handshake, `None` without one."""

    prefix: str
    valid: str | None
    ready: str | None
    data: tuple[Port, ...]

    def fields(self) -> list[tuple[str, Port]]:
        """Each data port beside its name without the prefix."""
        return [(port.name.removeprefix(self.prefix), port) for port in self.data]


@dataclass(frozen=True)
class Interface:
    """A clock, a reset with its active level, and what goes in and comes out.

    A combinational core has neither clock nor reset, and one with registers no streams.
    """

    clock: str | None
    reset: str | None
    reset_level: int
    asynchronous: bool
    sink: Stream | None
    source: Stream | None


def interface(design: Design) -> Interface:
    """The roles of a design's ports."""
    names = {port.name for port in design.ports}
    clock = next((name for name in CLOCKS if name in names), None)
    reset, level = next(((name, at) for name, at in RESETS.items() if name in names), (None, 1))
    return Interface(
        clock,
        reset,
        level,
        (design.options.reset or "").startswith("async"),
        _stream(design.ports, SINKS),
        _stream(design.ports, SOURCES),
    )


def _stream(ports: list[Port], prefixes: tuple[str, ...]) -> Stream | None:
    found = {p for p in prefixes for port in ports if port.name.startswith(p)}
    if not found:
        return None
    (prefix,) = found
    own = {port.name: port for port in ports if port.name.startswith(prefix)}
    valid, ready = (
        name if own.pop(name, None) else None for name in (f"{prefix}valid", f"{prefix}ready")
    )
    return Stream(prefix, valid, ready, tuple(own.values()))
