"""That the streams keep their rules, by induction over a cycle, for any pattern of valid and ready.

The claim, in rules/stream_rules.v, sees the ports only, and what the data path delivers, which may
be anything here; so it holds whatever the network. The names of registers are hints, on which
nothing rests: without them there is no proof, with wrong ones it does not succeed.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from sim.proof.induction import CONFLICTS, Reset, Watched, graph_of, induction, watch
from sim.proof.interfaces.boundary import HANDSHAKE
from sim.proof.lemma import Lemma
from sim.proof.solver import satisfy
from sim.proof.verilog import Bit, Circuit

RULES = "stream_rules"
CLAIM = "results are complete, in order, on time and wait; nothing is lost or added"
MORE_CYCLES = 6
SLICE = 8  # bits of a result that are proved at once: time grows faster than they do
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
    first: the place of the first of them in the FIFO
    """

    circuit: Circuit
    reset: Reset
    latency: int
    data: Sequence[Bit]
    payload: Sequence[Bit]
    first: int = 0

    def slices(self) -> Iterator["Streams"]:
        """The same with some bits of the result each: all keep the rules if each of them does."""
        for start in range(0, len(self.data), SLICE):
            own = slice(start, start + SLICE)
            yield replace(self, data=self.data[own], payload=self.payload[own], first=start)


def prove(streams: Streams, *, log: Path, timeout: float) -> Lemma:
    """With the lemmas of the data path, a result is what `data` was for its sample."""
    seconds = 0.0
    for part in streams.slices():
        lemma = induction(CLAIM, _watched(part, log, timeout))
        seconds += lemma.seconds
        if not lemma.holds:
            break
    lemma.seconds = seconds
    return lemma


def breach(streams: Streams, *, log: Path, timeout: float) -> list[Handshake] | None:
    """What the core reads, cycle by cycle from a reset, until a rule is broken.

    `None` if that takes more than twice the latency or too long to find.
    """
    watched = _watched(streams, log, timeout)
    reset, valid, ready = (watched.rules[name][0] for name in ("rst", "i_valid", "o_ready"))
    until = time.monotonic() + timeout
    for cycles in range(1, 2 * streams.latency + MORE_CYCLES):
        read = [(bit, age) for age in range(cycles + 1) for bit in (reset, valid, ready)]
        target = (watched.rules["violated"][0], 0)
        graph, literals = graph_of(watched.circuit, [target, *read], memory=cycles)
        wanted = graph.conjunction(literals[target], literals[reset, cycles])
        for age in range(cycles):
            wanted = graph.conjunction(wanted, literals[reset, age] ^ 1)
        _, inputs = satisfy(graph, wanted, conflicts=CONFLICTS)
        if inputs:
            values = [inputs[(literals[r] >> 1) - 1] ^ (literals[r] & 1) for r in read]
            triples = zip(values[::3], values[1::3], values[2::3], strict=True)
            return [Handshake(*map(bool, triple)) for triple in triples][::-1]
        if time.monotonic() > until:
            return None
    return None


def _watched(streams: Streams, log: Path, timeout: float) -> Watched:
    core, latency = streams.circuit, streams.latency
    seen: dict[str, Sequence[Bit]] = {name: core.net(name) for name in HANDSHAKE}
    seen |= {"data": streams.data, "o_payload": streams.payload}
    for name, hints in HINTS.items():
        if latency > 1 or name != "valid":
            seen[name] = core.net(*hints)
    own = slice(streams.first, streams.first + len(streams.data))
    seen["storage"] = [
        bit for place in range(latency + 1) for bit in core.net(f"flow.fifo_storage[{place}]")[own]
    ]
    return watch(
        core,
        RULES,
        seen,
        reset=streams.reset,
        parameters={
            "L": latency,
            "W": len(streams.data),
            "K": (2 * latency + 2).bit_length(),
        },
        free=dict.fromkeys(streams.data),
        log=log,
        timeout=timeout,
    )
