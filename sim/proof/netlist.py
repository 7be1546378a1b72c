"""That a netlist does what the Verilog does of which it was synthesised.

Registers of the flow control have the same names in both. What a result owes to the registers of
the data path is a function of earlier samples, on both sides, so a netlist may have others of them.
The claim for one cycle is: where the named registers were the same up to now, so are the outputs,
and so are the named registers in the next cycle. By induction both do the same from a reset on, if
the memory of the output FIFO, which a reset leaves alone, was the same in both; and that of the
Verilog shows nothing of what it held, as its own proof says.
"""

from connective.formats.and_graph import AndGraph
from sim.proof import golden
from sim.proof.cone import Aged, cone
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.solver import all_equal
from sim.proof.verilog import Bit, Circuit

CONTROL = "flow."
ADDRESSES = ("flow.fifo_r_port__addr", "flow.fifo_w_port__addr")
CLAIM = "the netlist has the outputs of the Verilog, and its control registers"

Name = tuple[str, int]
"""A net, and the place of a bit in it."""


def prove(
    verilog: Circuit,
    netlist: Circuit,
    *,
    inputs: list[str],
    outputs: list[str],
    latency: int,
    timeout: float,
) -> Lemma:
    """Decide the claim by ABC. `inputs` and `outputs` are ports, without the clock.

    A core of latency 0 has no control registers.
    """
    with timed(Lemma(CLAIM, "induction over a cycle; equivalence by ABC")) as lemma:
        ours, theirs = (_Side(circuit, inputs, outputs) for circuit in (verilog, netlist))
        read = cone(netlist, theirs.targets, cuts=theirs.state)
        named = [(theirs.name(bit), age) for bit, age in read.leaves]
        # A register may hold what another one took: then the state of a cycle before is free, and
        # the present one is what the Verilog makes of it.
        oldest = max((age for bit, age in read.leaves if bit in theirs.state), default=0)
        shared = [(ours.bit(name), age) for name, age in named]
        targets = ours.matched(theirs)
        found = cone(verilog, [*targets, *shared], cuts=ours.state, cut_age=oldest)
        graph = AndGraph(len(found.leaves))
        values = {leaf: 2 * number for number, leaf in enumerate(found.leaves, 1)}
        literals = {**values, **found.evaluate(values, graph.function)}
        given = {leaf: literals[own] for leaf, own in zip(read.leaves, shared, strict=True)}
        other = read.evaluate(given, graph.function)
        reached = _reached(graph, ours, literals, oldest, latency) if latency else 1
        pairs = [
            (graph.conjunction(reached, literals[a]), graph.conjunction(reached, other[b]))
            for a, b in zip(targets, theirs.targets, strict=True)
        ]
        lemma.holds = all_equal(graph, pairs, timeout=timeout)
    return lemma


def _reached(
    graph: AndGraph, side: "_Side", literals: dict[Aged, int], age: int, latency: int
) -> int:
    """What the Verilog's own proof says of its addresses: that they are places of the FIFO."""
    reached = 1
    for net in ADDRESSES:
        word = [literals.get((bit, age), 0) for bit in side.circuit.net(net)]
        reached = graph.conjunction(reached, golden.within(graph, [*word, 0], 0, latency))
    return reached


class _Side:
    """One of the two circuits, its control registers and ports by name."""

    def __init__(self, circuit: Circuit, inputs: list[str], outputs: list[str]) -> None:
        self.circuit = circuit
        nets = circuit.nets
        self.registers: dict[Name, Bit] = {
            (net, place): bit
            for net, bits in nets.items()
            if net.startswith(CONTROL)
            for place, bit in enumerate(bits)
            if bit in circuit.registers
        }
        self.state = set(self.registers.values())
        self.outputs: dict[Name, Bit] = {
            (port, place): bit for port in outputs for place, bit in enumerate(nets[port])
        }
        ports = {(port, place): bit for port in inputs for place, bit in enumerate(nets[port])}
        self._bits = ports | self.registers
        self._names = {bit: name for name, bit in self._bits.items()}

    @property
    def targets(self) -> list[Aged]:
        """The outputs, and what the control registers take."""
        taken = (self.circuit.registers[bit] for bit in self.registers.values())
        return [(bit, 0) for bit in (*self.outputs.values(), *taken)]

    def matched(self, other: "_Side") -> list[Aged]:
        """Its own targets in the order of another side's; `Gap` if one is not there."""
        taken = (self.circuit.registers[self.bit(name)] for name in other.registers)
        return [(bit, 0) for bit in (*(self.outputs[name] for name in other.outputs), *taken)]

    def name(self, bit: Bit) -> Name:
        if bit not in self._names:
            raise Gap("the netlist has a control register, or an unknown value, without its name")
        return self._names[bit]

    def bit(self, name: Name) -> Bit:
        if name not in self._bits:
            raise Gap(f"the Verilog has no register {name[0]}[{name[1]}]")
        return self._bits[name]
