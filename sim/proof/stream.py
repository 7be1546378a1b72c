"""That the streams keep their rules, by induction over a cycle, for any pattern of valid and ready.

The rules are Verilog, stream_rules.v. The claim there sees the ports only, and what the data path
delivers, which may be anything here; so it holds whatever the network. The names of registers are
hints, on which nothing rests: without them there is no proof, with wrong ones it does not succeed.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from connective.formats.and_graph import AndGraph
from sim.proof.cone import Aged, cone
from sim.proof.lemma import Lemma, timed
from sim.proof.solver import satisfy
from sim.proof.verilog import ONE, ZERO, Bit, Circuit, Gate, read_verilog

RULES = Path(__file__).with_name("stream_rules.v")
TOP = "stream_rules"
CLAIM = "results are complete, in order, on time and wait; nothing is lost or added"
CONFLICTS = 10_000_000
MORE_CYCLES = 6
HANDSHAKE = ("i_valid", "i_ready", "o_valid", "o_ready")
HINTS = {
    "credits_used": ("flow.credits_used",),
    "level": ("flow.fifo_level",),
    "read_place": ("flow.fifo_r_port__addr",),
    "write_place": ("flow.fifo_w_port__addr",),
    "valid": ("flow.valid", "flow.w_en"),  # the latter where it is one bit
}


class Handshake(NamedTuple):
    """What a core reads in a cycle, beside samples."""

    reset: bool
    i_valid: bool
    o_ready: bool


@dataclass(frozen=True)
class Streams:
    """The ports of a core, and what its data path delivers.

    Members
    -------
    latency: cycles from the first edge that finds a sample to the first that finds its result
    data: bits of the result that the data path delivers latency − 1 cycles after its sample
    payload: bits of the result as it leaves the core
    """

    circuit: Circuit
    latency: int
    data: Sequence[Bit]
    payload: Sequence[Bit]


def prove(streams: Streams, *, log: Path, timeout: float) -> Iterator[Lemma]:
    """The lemmas; together they say that a result is what `data` was for its sample."""
    yield _registered(streams.circuit)
    with timed(Lemma(CLAIM, "induction over a cycle by SAT")) as lemma:
        watched = _watched(streams, log, timeout)
        lemma.holds = _inductive(watched)
        if not lemma.holds:
            lemma.why = "the induction does not succeed"
    yield lemma


def breach(streams: Streams, *, log: Path, timeout: float) -> list[Handshake] | None:
    """What the core reads, cycle by cycle from a reset, until a rule is broken.

    `None` if that takes more than twice the latency or too long to find.
    """
    watched = _watched(streams, log, timeout)
    reset, valid, ready = (watched.core.nets[name][0] for name in ("rst", "i_valid", "o_ready"))
    until = time.monotonic() + timeout
    for cycles in range(1, 2 * streams.latency + MORE_CYCLES):
        read = [(bit, age) for age in range(cycles + 1) for bit in (reset, valid, ready)]
        target = (watched.rules["violated"][0], 0)
        graph, literals = _graph(watched.circuit, [target, *read], memory=cycles)
        wanted = graph.conjunction(literals[target], literals[reset, cycles])
        for age in range(cycles):
            wanted = graph.conjunction(wanted, literals[reset, age] ^ 1)
        _, inputs = satisfy(graph, wanted, conflicts=CONFLICTS)
        if inputs:
            values = [inputs[(literals[r] >> 1) - 1] for r in read]
            triples = zip(values[::3], values[1::3], values[2::3], strict=True)
            return [Handshake(*triple) for triple in triples][::-1]
        if time.monotonic() > until:
            return None
    return None


def _registered(circuit: Circuit) -> Lemma:
    claim = "i_ready and o_valid depend on registers only"
    with timed(Lemma(claim, "gates before them")) as lemma:
        inputs = {bit for name in ("i_valid", "o_ready", "i_payload") for bit in circuit.nets[name]}
        targets = [(bit, 0) for name in ("i_ready", "o_valid") for bit in circuit.nets[name]]
        lemma.holds = not any(bit in inputs for bit, _ in cone(circuit, targets, memory=0).leaves)
    return lemma


def _inductive(watched: "_Watched") -> bool | None:
    """Whether the invariant holds after a reset, stays, and keeps the rules."""
    invariant, violated = (watched.rules[name][0] for name in ("invariant", "violated"))
    targets = [(invariant, 1), (watched.core.nets["rst"][0], 1), (invariant, 0), (violated, 0)]
    graph, literals = _graph(watched.circuit, targets, memory=1)
    before, was_reset, now, wrong = (literals[target] for target in targets)
    reached = graph.conjunction(before ^ 1, was_reset ^ 1) ^ 1
    bad = graph.conjunction(now, wrong ^ 1) ^ 1
    refuted, _ = satisfy(graph, graph.conjunction(reached, bad), conflicts=CONFLICTS)
    return None if refuted or refuted is None else True


def _graph(
    circuit: Circuit, targets: list[Aged], *, memory: int
) -> tuple[AndGraph, dict[Aged, int]]:
    found = cone(circuit, targets, memory=memory)
    graph = AndGraph(len(found.leaves))
    values = {leaf: 2 * (place + 1) for place, leaf in enumerate(found.leaves)}
    return graph, found.evaluate(values, graph.function)


@dataclass(frozen=True)
class _Watched:
    """The core and the rules that watch it, as one circuit, and the nets of both."""

    circuit: Circuit
    core: Circuit
    rules: dict[str, list[Bit]]


def _watched(streams: Streams, log: Path, timeout: float) -> _Watched:
    core, latency, width = streams.circuit, streams.latency, len(streams.data)
    size = (2 * latency + 2).bit_length()
    rules = read_verilog(
        [RULES], TOP, parameters={"L": latency, "W": width, "K": size}, log=log, timeout=timeout
    ).flat
    watched = {name: core.nets[name] for name in ("rst", *HANDSHAKE)}
    watched |= {"data": list(streams.data), "o_payload": list(streams.payload)}
    for name, hints in HINTS.items():
        if latency > 1 or name != "valid":
            watched[name] = core.net(*hints)
    watched["storage"] = [
        bit for place in range(latency + 1) for bit in core.net(f"flow.fifo_storage[{place}]")
    ]
    shift = 1 + max((*core.gates, *core.registers, *(b for n in core.nets.values() for b in n)))

    def moved(bit: Bit) -> Bit:
        return bit if bit in (ZERO, ONE) else bit + shift if bit > 0 else bit - shift

    gates = {moved(b): Gate(g.table, tuple(map(moved, g.inputs))) for b, g in rules.gates.items()}
    for name, bits in watched.items():
        own = rules.nets[name]
        for place, bit in enumerate(own):
            gates[moved(bit)] = Gate(0b10, (bits[place] if place < len(bits) else ZERO,))
    free = dict.fromkeys(streams.data)
    joined = Circuit(
        core.nets,
        {b: g for b, g in core.gates.items() if b not in free} | gates,
        {b: d for b, d in core.registers.items() if b not in free}
        | {moved(b): moved(d) for b, d in rules.registers.items()},
        [],
        core.clock,
    )
    nets = {name: list(map(moved, bits)) for name, bits in rules.nets.items()}
    return _Watched(joined, core, nets)
