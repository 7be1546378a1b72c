"""That a netlist does what the Verilog does of which it was synthesised.

Registers that hold what they have, as those of the flow control do, keep their names; a netlist may
have fewer of them, where some always hold the same. What a result owes to the registers of the data
path is a function of earlier samples, on both sides, so these may be others. The claim for one
cycle is: where the named registers held the same up to now, the outputs are the same, and the named
registers take the same.

So a netlist runs as the Verilog would that begins with its registers, and the memories of its
FIFOs, as they are `latency` cycles after the first clock edge. From a reset on that comes later,
the proof of the Verilog, which is one for any such beginning, holds for the netlist too.
"""

from typing import NamedTuple

from connective.formats.and_graph import AndGraph
from sim.proof import golden
from sim.proof.cone import Aged, cone
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.solver import all_equal
from sim.proof.verilog import ONE, ZERO, Bit, Circuit

XOR = 0b0110
RESET, VALUE = 0b1010, 0b1100  # as tables of the two
HOLDING = {"flow", "sideband", "beats", "receiver", "packet", "bus", "registers", "accumulator"}
"""Instances whose registers hold."""
FIFOS = ("flow", "core.flow", "sideband", "core.sideband")
CLAIM = "the netlist has the outputs of the Verilog, and the registers that hold"

Name = tuple[str, int]
"""A net, and the place of a bit in it."""


def prove(
    verilog: Circuit,
    netlist: Circuit,
    *,
    inputs: list[str],
    outputs: list[str],
    reset: str | None,
    serial: bool,
    timeout: float,
) -> Lemma:
    """Decide the claim by ABC. `inputs` and `outputs` are ports, without the clock.

    `reset` is the port of an asynchronous reset, which shows in what registers give at once. In a
    `serial` core those of the argmax hold too.
    """
    with timed(Lemma(CLAIM, "induction over a cycle; equivalence by ABC")) as lemma:
        common = _Common(
            verilog, netlist, inputs, reset, HOLDING | {"argmax"} if serial else HOLDING
        )
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
        addresses = _addresses(verilog)
        places = [(b, age) for word, _ in addresses for b in word for age in range(oldest + 1)]
        targets = [(bit, 0) for bit in ours]
        found = cone(verilog, [*targets, *shared, *same, *places], cuts=cuts)
        graph = AndGraph(len(found.leaves))
        values = {leaf: 2 * number for number, leaf in enumerate(found.leaves, 1)}
        literals = {**values, **found.evaluate(values, graph.function)}
        read_values = {leaf: literals[own] for leaf, own in zip(read.leaves, shared, strict=True)}
        other = {**read_values, **read.evaluate(read_values, graph.function)}
        assumed = 1
        for age in range(oldest + 1):
            in_places = _in_places(graph, addresses, literals, age)
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


def _addresses(verilog: Circuit) -> list[tuple[list[Bit], int]]:
    """The addresses of the FIFOs, each with the greatest that it has."""
    nets = verilog.nets
    found = []
    for fifo in FIFOS:
        places = sum(net.startswith(f"{fifo}.fifo_storage[") for net in nets)
        for address in (f"{fifo}.fifo_r_port__addr", f"{fifo}.fifo_w_port__addr"):
            if address in nets:
                found.append((nets[address], places - 1))
    return found


def _in_places(
    graph: AndGraph, addresses: list[tuple[list[Bit], int]], literals: dict[Aged, int], age: int
) -> int:
    """What the Verilog's own proof says of its addresses: that they are places of the FIFO."""
    reached = 1
    for address, greatest in addresses:
        word = [literals[bit, age] for bit in address]
        reached = graph.conjunction(reached, golden.within(graph, [*word, 0], 0, greatest))
    return reached


class _State(NamedTuple):
    """A register, and what is seen of it: a table of the reset, and of its value above that."""

    bit: Bit
    table: int

    def keeps(self, value: Bit) -> bool:
        """Whether a value is seen as it is, with a reset and without."""
        return all(self.table >> (value << 1 | reset) & 1 == value for reset in (0, 1))


def _state(circuit: Circuit, bit: Bit, reset: str | None) -> _State | None:
    """The register that a bit is, or is but for an asynchronous reset."""
    if bit in circuit.registers:
        return _State(bit, VALUE)
    if reset is None or bit not in circuit.gates:
        return None
    (acts,) = circuit.net(reset)
    seen = cone(circuit, [(bit, 0)], memory=0)
    own = [leaf for leaf, _ in seen.leaves if leaf != acts]
    if len(own) != 1 or own[0] not in circuit.registers or len(seen.leaves) != 2:
        return None
    values = {(acts, 0): RESET, (own[0], 0): VALUE}
    return _State(own[0], seen.evaluate(values, _applied)[bit, 0])


def _applied(table: int, inputs: list[int]) -> int:
    """A gate's table over the reset and the value, of those of its inputs."""
    result = 0
    for case in range(4):
        index = sum((own >> case & 1) << place for place, own in enumerate(inputs))
        result |= (table >> index & 1) << case
    return result


class _Common:
    """What the two circuits have in common, by name.

    Members
    -------
    registers: the registers of the Verilog that hold
    held: those that the netlist knows as well, with its bit: a register, or a constant
    ours, theirs: input ports and these registers: the Verilog's by name, the netlist's by bit
    """

    def __init__(
        self,
        verilog: Circuit,
        netlist: Circuit,
        inputs: list[str],
        reset: str | None,
        holding: set[str],
    ) -> None:
        ours = {
            (net, place): (bit, state)
            for net, bits in verilog.nets.items()
            if holding & set(net.split(".")[:-1])
            for place, bit in enumerate(bits)
            if (state := _state(verilog, bit, reset))
        }
        self.registers = {name: bit for name, (bit, _) in ours.items()}
        self._next_ours = {name: verilog.registers[state.bit] for name, (_, state) in ours.items()}
        self._next_theirs: dict[Name, Bit] = {}
        self.held: dict[Name, Bit] = {}
        for (net, place), (_, own) in ours.items():
            bits = netlist.nets.get(net, [])
            bit = bits[place] if place < len(bits) else None
            if bit in (ZERO, ONE):
                if own.keeps(bit):
                    self.held[net, place] = self._next_theirs[net, place] = bit
                continue
            state = None if bit is None else _state(netlist, bit, reset)
            if bit is not None and state is not None and state.table == own.table:
                self.held[net, place] = bit
                self._next_theirs[net, place] = netlist.registers[state.bit]
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
        return self._next_ours[name]

    def next_theirs(self, name: Name) -> Bit:
        return self._next_theirs[name]

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
