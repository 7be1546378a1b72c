"""Which registers of a netlist hold what which of the Verilog do.

Names say it, where synthesis keeps them, and for memories whose bits lie in cells that have names
of their own, random cycles. Neither is trusted: what is said here is proved from cycle to cycle.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from connective.formats.and_graph import AndGraph
from sim.proof.cone import Aged, cone
from sim.proof.solver import simulate
from sim.proof.verilog import ONE, ZERO, Bit, Circuit

STORAGE = "fifo_storage["
PATTERNS = 8192
RESET, VALUE = 0b1010, 0b1100  # as tables of the two
INVERTED = 0b0011  # of a value, whatever the reset
REGISTERS = {VALUE, VALUE & RESET, VALUE & ~RESET, VALUE | RESET, VALUE | 0b1111 & ~RESET}
"""A register as it is, and behind an asynchronous reset to 0 or to 1, at either level."""


class Seen(NamedTuple):
    """A register, and what is seen of it: a table of the reset, and of its value above that."""

    register: Bit
    table: int

    def keeps(self, value: Bit) -> bool:
        """Whether a value is seen as it is, with a reset and without."""
        return all(self.table >> (value << 1 | reset) & 1 == value for reset in (0, 1))


@dataclass(frozen=True)
class Match:
    """A register of the Verilog and a bit of the netlist that is to be the same.

    Members
    -------
    ours, theirs: the bits; of the netlist it may be a constant
    next_ours, next_theirs: what they are from the next edge on
    is_inverted: whether the netlist's register takes the complement
    """

    ours: Bit
    theirs: Bit
    next_ours: Bit
    next_theirs: Bit
    is_inverted: bool = False


class Correspondence:
    """What two circuits have in common.

    Members
    -------
    registers: those of the Verilog that hold
    theirs: the netlist's bits that are input ports or such registers, with the bit of the Verilog
        and whether they are its complement; a bit that is not among these can be anything
    free: registers of the netlist that hold, and are none of the Verilog's
    matches: the registers that both have
    """

    def __init__(
        self,
        verilog: Circuit,
        netlist: Circuit,
        inputs: Iterable[str],
        *,
        reset: str | None,
        holding: set[str],
    ) -> None:
        """`reset` is the port of an asynchronous reset, `holding` are instances that hold."""
        self._verilog, self._netlist, self._reset = verilog, netlist, reset
        self.theirs: dict[Bit, tuple[Bit, bool]] = {}
        self.matches: list[Match] = []
        self.registers: set[Bit] = set()
        self._inputs = [bit for port in inputs for bit in verilog.nets[port]]
        for port in inputs:
            for own, other in zip(verilog.nets[port], netlist.nets[port], strict=True):
                self.theirs[other] = own, False
        stored = self._match_by_name(holding)
        self.free = self._match_storage(stored) if stored else set()

    def _match_by_name(self, holding: set[str]) -> list[Bit]:
        """Match what has the same name; the bits of memories that are left."""
        matched: set[Bit] = set()
        stored = {}
        for net, bits in self._verilog.nets.items():
            if not holding & set(net.split(".")[:-1]):
                continue
            for bit, other in zip(bits, self._named(net, len(bits)), strict=True):
                own = _seen(self._verilog, bit, self._reset)
                if own is None or own.table not in REGISTERS:
                    continue
                self.registers.add(bit)
                if STORAGE in net:
                    stored[bit] = bit
                if other is not None and bit not in matched and self._match(bit, own, other):
                    matched.add(bit)
        return [bit for bit in stored if bit not in matched]

    def _named(self, net: str, width: int) -> list[Bit | None]:
        """The bits of a net in the netlist, which may have it as a vector or bit by bit."""
        nets = self._netlist.nets
        vector = nets.get(net, [])[:width]
        single = [nets.get(f"{net}[{place}]") for place in range(len(vector), width)]
        return [*vector, *(bits[0] if bits else None for bits in single)]

    def _match(self, bit: Bit, own: Seen, theirs: Bit) -> bool:
        """Match a bit of the netlist with one of the Verilog, if it may be."""
        after = self._verilog.registers[own.register]
        if theirs in (ZERO, ONE):
            if own.keeps(theirs):
                self.matches.append(Match(bit, theirs, after, theirs))
            return own.keeps(theirs)
        other = _seen(self._netlist, theirs, self._reset)
        if other is None:
            return False
        is_inverted = (own.table, other.table) == (VALUE, INVERTED)
        if not is_inverted and other.table != own.table:
            return False
        taken = self._netlist.registers[other.register]
        self.matches.append(Match(bit, theirs, after, taken, is_inverted))
        self.theirs.setdefault(theirs, (bit, False))
        if own.table == VALUE:
            self.theirs.setdefault(other.register, (bit, is_inverted))
        return True

    def _match_storage(self, stored: list[Bit]) -> set[Bit]:
        """Match bits of memories by what they take in random cycles; what holds and is left."""
        holds = {
            bit: taken
            for bit, taken in self._netlist.registers.items()
            if bit not in self.theirs and _reads_itself(self._netlist, bit, taken)
        }
        random = _Random()
        own = {bit: (bit, False) for bit in [*self._inputs, *self.registers]}
        taken = {bit: self._verilog.registers[bit] for bit in stored}
        found: dict[tuple[int, int], Bit] = {}
        for bit, signature in random.signatures(self._verilog, taken, own).items():
            found.setdefault(signature, bit)
        free = set()
        for bit, signature in random.signatures(self._netlist, holds, self.theirs).items():
            if signature in found:
                ours = found[signature]
                self.matches.append(Match(ours, bit, taken[ours], holds[bit]))
                self.theirs[bit] = ours, False
            else:
                free.add(bit)
        return free

    @property
    def repeated(self) -> list[tuple[Bit, Bit, bool]]:
        """Registers of the Verilog that the netlist holds once for several, or as a constant.

        Each with what it is to be like, or the complement of.
        """
        pairs = []
        for match in self.matches:
            if match.theirs in (ZERO, ONE):
                pairs.append((match.ours, match.theirs, False))
            elif self.theirs[match.theirs][0] != match.ours:
                pairs.append((match.ours, *self.theirs[match.theirs]))
        return pairs


def _seen(circuit: Circuit, bit: Bit, reset: str | None) -> Seen | None:
    """The register that a bit is, but for an inverter or an asynchronous reset."""
    if bit in circuit.registers:
        return Seen(bit, VALUE)
    if bit not in circuit.gates:
        return None
    acts = circuit.net(reset)[0] if reset else None
    found = cone(circuit, [(bit, 0)], memory=0)
    own = [leaf for leaf, _ in found.leaves if leaf != acts]
    if len(own) != 1 or own[0] not in circuit.registers:
        return None
    values = {(own[0], 0): VALUE} | ({(acts, 0): RESET} if acts is not None else {})
    table = found.evaluate(values, _applied)[bit, 0]
    if acts is None and table not in (VALUE, INVERTED):
        return None
    return Seen(own[0], table)


def _applied(table: int, inputs: list[int]) -> int:
    """A gate's table over the reset and the value, of those of its inputs."""
    result = 0
    for case in range(4):
        index = sum((own >> case & 1) << place for place, own in enumerate(inputs))
        result |= (table >> index & 1) << case
    return result


def _reads_itself(circuit: Circuit, bit: Bit, taken: Bit) -> bool:
    return any(leaf == bit for leaf, _ in cone(circuit, [(taken, 0)], memory=0).leaves)


class _Random:
    """Random cycles, alike for all that is one bit of the Verilog at one age."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)
        self._values: defaultdict[Aged, int] = defaultdict(self._word)

    def _word(self) -> int:
        return int.from_bytes(self._rng.bytes(PATTERNS // 8), "little")

    def signatures(
        self, circuit: Circuit, taken: dict[Bit, Bit], known: dict[Bit, tuple[Bit, bool]]
    ) -> dict[Bit, tuple[int, int]]:
        """By register what it takes in the cycles where all of these hold 0, and where all hold 1.

        What is not `known` as a bit of the Verilog, or its complement, is 0.
        """
        targets: list[Aged] = [(bit, 0) for bit in taken.values()]
        found = cone(circuit, targets, cuts=dict.fromkeys([*known, *taken], 0))
        graph = AndGraph(len(found.leaves))
        own = {leaf: 2 * place for place, leaf in enumerate(found.leaves, 1)}
        literals = {**own, **found.evaluate(own, graph.function)}
        ones = (1 << PATTERNS) - 1
        answers = []
        for held in (0, ones):
            inputs = []
            for bit, age in found.leaves:
                if bit in taken:
                    inputs.append(held)
                elif bit in known:
                    other, is_inverted = known[bit]
                    inputs.append(self._values[other, age] ^ (ones if is_inverted else 0))
                else:
                    inputs.append(0)
            values = simulate(graph, inputs, width=PATTERNS)
            answers.append([values[literals[target]] for target in targets])
        return dict(zip(taken, zip(*answers, strict=True), strict=True))
