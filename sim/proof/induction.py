"""Rules in Verilog that see nets of a circuit, and hold at all times by induction over a cycle.

A module of rules has an output `violated`, which is the claim, and `invariant`, the reason why it
never is. It may have `assumed`: what others owe, in every cycle.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from connective.formats.and_graph import AndGraph
from sim.proof.cone import Aged, cone
from sim.proof.lemma import Lemma, timed
from sim.proof.solver import satisfy
from sim.proof.verilog import ONE, ZERO, Bit, Circuit, Gate, read_verilog

FOLDER = Path(__file__).with_name("rules")
CONFLICTS = 10_000_000
SAME, INVERTED = 0b10, 0b01
NO_BITS: tuple[Bit, ...] = ()


class Reset(NamedTuple):
    """The reset of a circuit, and the level at which it acts."""

    bit: Bit
    active_low: bool


@dataclass(frozen=True)
class Watched:
    """A circuit and the rules that watch it, as one, and the nets of the rules."""

    circuit: Circuit
    rules: dict[str, list[Bit]]


def watch(
    circuit: Circuit,
    rules: str,
    seen: Mapping[str, Sequence[Bit]],
    *,
    reset: Reset,
    parameters: Mapping[str, int | str],
    free: Container[Bit] = NO_BITS,
    log: Path,
    timeout: float,
) -> Watched:
    """Join a module of rules, by its name, with a circuit whose bits it sees on its ports.

    What it sees of fewer bits than a port has is filled up by 0. Bits that are `free` can have any
    value. `parameters` are the module's, as `read_verilog` has them.
    """
    file = FOLDER / f"{rules}.v"
    own = read_verilog([file], rules, parameters=parameters, log=log, timeout=timeout).flat
    shift = 1 + circuit.greatest

    def moved(bit: Bit) -> Bit:
        return bit if bit in (ZERO, ONE) else bit + shift if bit > 0 else bit - shift

    gates = {moved(b): Gate(g.table, tuple(map(moved, g.inputs))) for b, g in own.gates.items()}
    for name, bits in seen.items():
        for place, bit in enumerate(own.nets[name]):
            gates[moved(bit)] = Gate(SAME, (bits[place] if place < len(bits) else ZERO,))
    (rst,) = own.nets["rst"]
    gates[moved(rst)] = Gate(INVERTED if reset.active_low else SAME, (reset.bit,))
    joined = Circuit(
        circuit.nets,
        {b: g for b, g in circuit.gates.items() if b not in free} | gates,
        {b: d for b, d in circuit.registers.items() if b not in free}
        | {moved(b): moved(d) for b, d in own.registers.items()},
        [],
        circuit.clock,
    )
    return Watched(joined, {name: list(map(moved, bits)) for name, bits in own.nets.items()})


def induction(claim: str, watched: Watched) -> Lemma:
    """That the rules are never broken."""
    with timed(Lemma(claim, "induction over a cycle by SAT")) as lemma:
        lemma.holds = _inductive(watched)
        if not lemma.holds:
            lemma.why = "the induction does not succeed"
    return lemma


def _inductive(watched: Watched) -> bool | None:
    """Whether the invariant holds after a reset, stays, and keeps the rules."""
    rules = watched.rules
    (rst,), (invariant,), (violated,) = (rules[name] for name in ("rst", "invariant", "violated"))
    (assumed,) = rules.get("assumed", [ONE])
    targets = [(invariant, 1), (rst, 1), (assumed, 1), (assumed, 0), (invariant, 0), (violated, 0)]
    graph, literals = graph_of(watched.circuit, targets, memory=1)
    before, was_reset, owed_before, owed, now, wrong = (literals[target] for target in targets)
    reached = graph.conjunction(before ^ 1, was_reset ^ 1) ^ 1
    given = graph.conjunction(graph.conjunction(reached, owed), owed_before)
    bad = graph.conjunction(now, wrong ^ 1) ^ 1
    refuted, _ = satisfy(graph, graph.conjunction(given, bad), conflicts=CONFLICTS)
    return None if refuted or refuted is None else True


def graph_of(
    circuit: Circuit, targets: list[Aged], *, memory: int
) -> tuple[AndGraph, dict[Aged, int]]:
    """Bits as functions of inputs, and of registers `memory` cycles ago."""
    found = cone(circuit, targets, memory=memory)
    graph = AndGraph(len(found.leaves))
    values = {leaf: 2 * (place + 1) for place, leaf in enumerate(found.leaves)}
    return graph, found.evaluate(values, graph.function)


def registered(circuit: Circuit, outputs: Sequence[str], inputs: Iterable[str]) -> Lemma:
    """That some outputs depend on no such input within a cycle."""
    claim = f"{' and '.join(outputs)} depend on registers only"
    with timed(Lemma(claim, "gates before them")) as lemma:
        read = {bit for name in inputs for bit in circuit.net(name)}
        targets = [(bit, 0) for name in outputs for bit in circuit.net(name)]
        lemma.holds = not any(bit in read for bit, _ in cone(circuit, targets, memory=0).leaves)
    return lemma
