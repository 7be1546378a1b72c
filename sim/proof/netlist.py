"""That a netlist does what the Verilog does of which it was synthesised.

Registers of the flow control keep their names; a netlist may have fewer of them, where some always
hold the same. What a result owes to the registers of the data path is a function of earlier
samples, on both sides, so these may be others. The claim for one cycle is: where the named
registers held the same up to now, the outputs are the same, and the named registers take the same.

So a netlist runs as the Verilog would that begins with its registers, and the memory of its FIFO,
as they are `latency` cycles after the first clock edge. From a reset on that comes later, the proof
of the Verilog, which is one for any such beginning, holds for the netlist too.
"""

from connective.formats.and_graph import AndGraph
from sim.proof import golden
from sim.proof.cone import Aged, cone
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.solver import all_equal
from sim.proof.verilog import ONE, ZERO, Bit, Circuit

CONTROL = "flow."
XOR = 0b0110
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
        common = _Common(verilog, netlist, inputs)
        theirs = [*_bits(netlist, outputs), *(common.next_theirs(name) for name in common.held)]
        ours = [*_bits(verilog, outputs), *(common.next_ours(name) for name in common.held)]
        read = cone(netlist, [(bit, 0) for bit in theirs], cuts=dict.fromkeys(common.theirs, 0))
        # A register may hold what another one took: then the state of a cycle before is free, and
        # the present one is what the Verilog makes of it.
        given = [(common.name(bit), age) for bit, age in read.leaves]
        before = {name: age for name, age in given if age and name in common.registers}
        oldest = max(before.values(), default=0)
        cuts = {bit: oldest * (name in before) for name, bit in common.registers.items()}
        shared = [(common.ours[name], age) for name, age in given]
        same = [(bit, age) for bit in common.repeated for age in range(oldest + 1)]
        addresses = [verilog.net(net) for net in ADDRESSES] if latency else []
        places = [(bit, age) for word in addresses for bit in word for age in range(oldest + 1)]
        targets = [(bit, 0) for bit in ours]
        found = cone(verilog, [*targets, *shared, *same, *places], cuts=cuts)
        graph = AndGraph(len(found.leaves))
        values = {leaf: 2 * number for number, leaf in enumerate(found.leaves, 1)}
        literals = {**values, **found.evaluate(values, graph.function)}
        read_values = {leaf: literals[own] for leaf, own in zip(read.leaves, shared, strict=True)}
        other = {**read_values, **read.evaluate(read_values, graph.function)}
        assumed = 1
        for age in range(oldest + 1):
            in_places = _in_places(graph, addresses, literals, age, latency)
            assumed = graph.conjunction(assumed, in_places)
            assumed = graph.conjunction(assumed, common.alike(graph, literals, age))
        pairs = [
            (
                graph.conjunction(assumed, literals[own, 0]),
                graph.conjunction(assumed, bit if bit in (ZERO, ONE) else other[bit, 0]),
            )
            for own, bit in zip(ours, theirs, strict=True)
        ]
        lemma.holds = all_equal(graph, pairs, timeout=timeout)
    return lemma


def _bits(circuit: Circuit, ports: list[str]) -> list[Bit]:
    return [bit for port in ports for bit in circuit.nets[port]]


def _in_places(
    graph: AndGraph, addresses: list[list[Bit]], literals: dict[Aged, int], age: int, latency: int
) -> int:
    """What the Verilog's own proof says of its addresses: that they are places of the FIFO."""
    reached = 1
    for address in addresses:
        word = [literals[bit, age] for bit in address]
        reached = graph.conjunction(reached, golden.within(graph, [*word, 0], 0, latency))
    return reached


class _Common:
    """What the two circuits have in common, by name.

    Members
    -------
    registers: the control registers of the Verilog
    held: those that the netlist knows as well, with its bit: a register, or a constant
    ours, theirs: input ports and these registers: the Verilog's by name, the netlist's by bit
    """

    def __init__(self, verilog: Circuit, netlist: Circuit, inputs: list[str]) -> None:
        self._verilog, self._netlist = verilog, netlist
        self.registers = {
            (net, place): bit
            for net, bits in verilog.nets.items()
            if net.startswith(CONTROL)
            for place, bit in enumerate(bits)
            if bit in verilog.registers
        }
        self.held: dict[Name, Bit] = {}
        for net, place in self.registers:
            bits = netlist.nets.get(net, [])
            if place < len(bits) and (
                bits[place] in netlist.registers or bits[place] in (ZERO, ONE)
            ):
                self.held[net, place] = bits[place]
        ports = [(port, place) for port in inputs for place in range(len(verilog.nets[port]))]
        self.ours = {(net, place): verilog.nets[net][place] for net, place in ports}
        self.ours |= self.registers
        self.theirs = {netlist.nets[net][place]: (net, place) for net, place in ports}
        for name, bit in self.held.items():
            if bit not in (ZERO, ONE):
                self.theirs.setdefault(bit, name)

    def name(self, bit: Bit) -> Name:
        """The name by which the Verilog knows a bit of the netlist."""
        if bit not in self.theirs:
            raise Gap("the netlist has an input or an unknown value that the Verilog has not")
        return self.theirs[bit]

    def next_ours(self, name: Name) -> Bit:
        return self._verilog.registers[self.registers[name]]

    def next_theirs(self, name: Name) -> Bit:
        bit = self.held[name]
        return self._netlist.registers.get(bit, bit)

    @property
    def repeated(self) -> list[Bit]:
        """Registers of the Verilog that the netlist holds once for several, or not at all."""
        bits = []
        for name, bit in self.held.items():
            if bit in (ZERO, ONE):
                bits.append(self.registers[name])
            elif self.theirs[bit] != name:
                bits += [self.registers[name], self.registers[self.theirs[bit]]]
        return bits

    def alike(self, graph: AndGraph, literals: dict[Aged, int], age: int) -> int:
        """Whether what the netlist holds once, or not at all, is the same in the Verilog."""
        result = 1
        for name, bit in self.held.items():
            other = bit
            if bit not in (ZERO, ONE):
                if self.theirs[bit] == name:
                    continue
                other = literals[self.registers[self.theirs[bit]], age]
            own = literals[self.registers[name], age]
            if own != other:
                result = graph.conjunction(result, graph.function(XOR, [own, other]) ^ 1)
        return result
