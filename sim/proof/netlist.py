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

from connective.formats.and_graph import AndGraph
from sim.proof import golden
from sim.proof.cone import Aged, cone
from sim.proof.correspondence import STORAGE, Correspondence
from sim.proof.lemma import Lemma, timed
from sim.proof.solver import all_equal
from sim.proof.verilog import Bit, Circuit

XOR = 0b0110
HOLDING = {"flow", "sideband", "beats", "receiver", "packet", "bus", "registers", "accumulator"}
FIFOS = ("flow", "core.flow", "sideband", "core.sideband")
CLAIM = "the netlist has the outputs of the Verilog, and the registers that hold"


def prove(
    verilog: Circuit,
    netlist: Circuit,
    *,
    inputs: list[str],
    outputs: list[str],
    reset: str | None,
    holding: set[str],
    timeout: float,
) -> Lemma:
    """Decide the claim by ABC. `inputs` and `outputs` are ports, without the clock.

    `reset` is the port of an asynchronous reset, which shows in what registers give at once;
    `holding` are instances whose registers hold, beside those that hold in every core.
    """
    with timed(Lemma(CLAIM, "induction over a cycle; equivalence by ABC")) as lemma:
        common = Correspondence(verilog, netlist, inputs, reset=reset, holding=HOLDING | holding)
        matches = common.matches
        theirs = [*_bits(netlist, outputs), *(match.next_theirs for match in matches)]
        ours = [*_bits(verilog, outputs), *(match.next_ours for match in matches)]
        inverted = [False] * len(_bits(netlist, outputs)) + [m.is_inverted for m in matches]
        cut = dict.fromkeys([*common.theirs, *common.free], 0)
        read = cone(netlist, [(bit, 0) for bit in theirs], cuts=cut)
        # A register may hold what another one took: then the state of a cycle before is free, and
        # the present one is what the Verilog makes of it.
        shared = {
            leaf: (common.theirs[leaf[0]][0], leaf[1])
            for leaf in read.leaves
            if leaf[0] in common.theirs
        }
        aged = {bit: age for bit, age in shared.values() if age and bit in common.registers}
        oldest = max(aged.values(), default=0)
        cuts = {bit: oldest * (bit in aged) for bit in common.registers}
        addresses = _addresses(verilog)
        ages = range(oldest + 1)
        places = [(bit, age) for word, _ in addresses for bit in word for age in ages]
        same = [(bit, age) for pair in common.repeated for bit in pair[:2] for age in ages]
        now = [(bit, 0) for bit in ours]
        found = cone(verilog, [*now, *shared.values(), *same, *places], cuts=cuts)
        alone = [leaf for leaf in read.leaves if leaf not in shared]
        graph = AndGraph(len(found.leaves) + len(alone))
        values = {leaf: 2 * number for number, leaf in enumerate(found.leaves, 1)}
        literals = {**values, **found.evaluate(values, graph.function)}
        own = {leaf: 2 * number for number, leaf in enumerate(alone, len(found.leaves) + 1)}
        own |= {leaf: literals[other] ^ common.theirs[leaf[0]][1] for leaf, other in shared.items()}
        others = {**own, **read.evaluate(own, graph.function)}
        assumed = 1
        for age in ages:
            assumed = graph.conjunction(assumed, _in_places(graph, addresses, literals, age))
            assumed = graph.conjunction(assumed, _alike(graph, common.repeated, literals, age))
        pairs = [
            (
                graph.conjunction(assumed, literals[bit, 0]),
                graph.conjunction(assumed, others[other, 0] ^ is_inverted),
            )
            for bit, other, is_inverted in zip(ours, theirs, inverted, strict=True)
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
        places = sum(net.startswith(f"{fifo}.{STORAGE}") for net in nets)
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


def _alike(
    graph: AndGraph, pairs: list[tuple[Bit, Bit, bool]], literals: dict[Aged, int], age: int
) -> int:
    """Whether what the netlist holds once, or as a constant, is the same in the Verilog."""
    result = 1
    for bit, other, is_inverted in pairs:
        first, second = literals[bit, age], literals[other, age] ^ is_inverted
        if first != second:
            result = graph.conjunction(result, graph.function(XOR, [first, second]) ^ 1)
    return result
