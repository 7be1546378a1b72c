"""A design of which one module is another than it was, without reading the others again."""

from dataclasses import replace

from sim.proof.verilog import ONE, ZERO, Bit, Circuit, Gate, Hierarchy


class Parts:
    """A top module and what it instantiates, each read by itself.

    Bits of the top keep their numbers, whatever takes the place of an instance.
    """

    def __init__(self, verilog: Hierarchy, top: str) -> None:
        self.verilog, self.top = verilog, top
        self.circuits = {name: verilog.module(name) for name in {top, *verilog.instances.values()}}

    def blocks(self, module: str) -> set[str]:
        """The instances of a module, or the top's name where it is the top."""
        return {name for name, own in self.verilog.instances.items() if own == module} or {self.top}

    def joined(self) -> Hierarchy:
        """As it was read, but for the numbers of bits."""
        return replace(self.verilog, flat=self._flat(self.verilog, self.circuits))

    def spliced(self, other: Hierarchy, module: str) -> Hierarchy:
        """With what `other` has as the module of that name in the place of its own."""
        modules = {**self.verilog.modules, module: other.modules[module]}
        verilog = replace(self.verilog, modules=modules)
        circuits = {**self.circuits, module: other.module(module)}
        return replace(verilog, flat=self._flat(verilog, circuits))

    def _flat(self, verilog: Hierarchy, circuits: dict[str, Circuit]) -> Circuit:
        top = circuits[self.top]
        nets, gates, registers = dict(top.nets), dict(top.gates), dict(top.registers)
        used = top.greatest
        for instance, module in verilog.instances.items():
            part = circuits[module]
            place = {ZERO: ZERO, ONE: ONE}
            for port in verilog.ports(module, "input"):
                place |= zip(part.nets[port], top.nets[f"{instance}.{port}"], strict=True)
            own = _renumbered(part, place, used)
            used += part.greatest
            gates |= own.gates
            registers |= own.registers
            for port in verilog.ports(module, "output"):
                outside = top.nets[f"{instance}.{port}"]
                for bit, source in zip(outside, own.nets[port], strict=True):
                    gates[bit] = Gate(0b10, (source,))
            nets = {**{f"{instance}.{net}": bits for net, bits in own.nets.items()}, **nets}
        return Circuit(nets, gates, registers, [], top.clock)


def _renumbered(circuit: Circuit, place: dict[Bit, Bit], shift: int) -> Circuit:
    """With some bits in their place, and all others beyond those that are in use."""

    def moved(bit: Bit) -> Bit:
        return place.get(bit, bit + shift if bit > 0 else bit - shift)

    return Circuit(
        {net: list(map(moved, bits)) for net, bits in circuit.nets.items()},
        {moved(b): Gate(g.table, tuple(map(moved, g.inputs))) for b, g in circuit.gates.items()},
        {moved(b): moved(d) for b, d in circuit.registers.items()},
        [],
        circuit.clock,
    )
