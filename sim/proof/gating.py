"""Cores whose data registers load only where a sample moves, as cores that load at all times.

A gated register keeps what it has unless its stage's bit of `flow.moves` is 1. For the sample of
which a result is, it is: the sample is taken in a cycle, in which bit 0 is 1, and bit s is 1 so
many cycles later, as the stream rules show of `flow.valid`. So the bits can be 1 for all that a
result depends on, if each is read in the cycle in which it is.
"""

from collections.abc import Container
from dataclasses import replace

from sim.proof.cone import Aged, cone
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.verilog import Bit, Circuit, Gate, Hierarchy, halves

CLAIM = "registers load where the sample moves of which a result is"
LOAD, MOVES, VALID = "load", "flow.moves", "flow.valid"
AND = 0b1000


class Ungated(Hierarchy):
    """A core, and its modules, whose data registers load at all times."""

    def module(self, name: str) -> Circuit:
        circuit = super().module(name)
        return _loading(circuit, circuit.nets.get(LOAD, []))


def ungated(core: Hierarchy) -> Hierarchy:
    """The core as it is for one sample; a core of a single stage has no registers to gate."""
    moves = core.flat.nets.get(MOVES, [])
    return Ungated(_loading(core.flat, moves), core.top, core.modules)


def moving(core: Hierarchy, targets: list[Aged], latency: int) -> Lemma:
    """That what results depend on loads by the bits that are 1 for their sample."""
    with timed(Lemma(CLAIM, "registers back in time")) as lemma:
        flat = core.flat
        moves = {bit: stage for stage, bit in enumerate(flat.nets.get(MOVES, []))}
        if list(moves)[1:] != flat.nets.get(VALID, [])[: len(moves) - 1]:
            raise Gap(f"{MOVES} is not what is taken and {VALID}")
        taken = next(iter(moves), None)
        handshake = {*flat.net("i_valid"), *flat.net("i_ready")}
        if taken is not None and not _is_both(flat.gates.get(taken), handshake):
            raise Gap(f"{MOVES} does not begin with the samples that are taken")
        read = cone(_loading(flat, moves), targets)
        late = [
            bit
            for bit, age in read.steps
            if bit in flat.gates
            for own in flat.gates[bit].inputs
            if own in moves and age != latency - 1 - moves[own]
        ]
        lemma.holds = not late
        if late:
            lemma.why = f"{len(late)} gates read whether another sample moves"
    return lemma


def _is_both(gate: Gate | None, bits: set[Bit]) -> bool:
    return gate is not None and gate.table == AND and {*gate.inputs} == bits


def _loading(circuit: Circuit, ones: Container[Bit]) -> Circuit:
    """A circuit where gates that read some bits find 1 there, and read no more than matters."""
    gates = {
        bit: _where(gate, ones) if any(i in ones for i in gate.inputs) else gate
        for bit, gate in circuit.gates.items()
    }
    return replace(circuit, gates=gates)


def _where(gate: Gate, ones: Container[Bit]) -> Gate:
    table, inputs = gate.table, list(gate.inputs)
    for place in reversed(range(len(inputs))):
        low, high = halves(table, place, len(inputs))
        if inputs[place] in ones or low == high:
            table = high
            del inputs[place]
    return Gate(table, tuple(inputs))
