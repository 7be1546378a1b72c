"""A part of the design that becomes a Verilog module of its own."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from amaranth.hdl import ClockSignal, Instance, Module, ResetSignal, Value
from amaranth.lib import wiring


class Block(wiring.Component):
    """A component whose ports are plain signals.

    Members
    -------
    summary: what a reader of the Verilog is told about it
    clocked: whether it has registers and thus a port `clk`
    resets: whether its registers are cleared and it thus has a port `rst`
    """

    summary: str
    clocked: bool = False
    resets: bool = False


@runtime_checkable
class ModuleNames(Protocol):
    """What emission passes to Amaranth as its platform: gives each block's module a name."""

    def module_of(self, block: Block, instance: str) -> str: ...


def place(
    m: Module, platform: object, instance: str, block: Block, ports: Mapping[str, Value]
) -> None:
    """Put `block` into `m`, its ports connected by name to values of the enclosing component.

    In simulation it is an ordinary submodule. In emission it is an instance of a module that is
    emitted apart: only so do ports of both keep their names and whole widths in the Verilog.
    """
    members = block.signature.members
    if not isinstance(platform, ModuleNames):
        m.submodules[instance] = block
        for name, value in ports.items():
            port = getattr(block, name)
            inward = members[name].flow == wiring.In
            m.d.comb += port.eq(value) if inward else value.eq(port)
        return
    connections: dict[str, Any] = {}
    if block.clocked:
        connections["i_clk"] = ClockSignal()
    if block.resets:
        connections["i_rst"] = ResetSignal()
    for name, value in ports.items():
        if len(value):
            connections[("i_" if members[name].flow == wiring.In else "o_") + name] = value
    m.submodules[instance] = Instance(platform.module_of(block, instance), **connections)
