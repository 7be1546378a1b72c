"""Test bench of a core with AXI4-Streams, which cocotbext-axi drives: another's reading of them.

It needs cocotb, cocotbext-axi and `monitor`. The columns of vectors.txt are `s_axis_tdata`, all
beats of a packet as one number, the first lowest, and `m_axis_tdata`, what the one beat of the
result must show.
"""

import itertools
import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from .monitor import (
    DESIGN,
    PERIOD_NS,
    RESETS,
    VECTORS,
    Claims,
    Monitor,
    Pins,
    Vectors,
    Wrong,
    at_random,
    check,
    check_rate,
    check_reset,
    in_bursts,
    read_claims,
    read_vectors,
    settle,
    write_result,
)

PINS = Pins("aclk", "s_axis_tvalid", "s_axis_tready", "m_axis_tvalid", "m_axis_tready")
OUTPUTS = ("m_axis_tdata", "m_axis_tuser", "m_axis_tlast")
STALLED_CYCLES = 4000  # of samples at full rate, about, a case of stalls

Pauses = Iterator[bool] | None
PAUSES: dict[str, Callable[[random.Random, int], Pauses]] = {
    "never": lambda rng, longest: None,
    "random": lambda rng, longest: at_random(rng),
    "bursts": in_bursts,
}


@dataclass(frozen=True)
class Packet:
    """Bytes to send, the tag that goes with the last, and the result's TDATA: 0 if it is wrong."""

    data: bytes
    tag: int
    result: int
    wrong: bool = False


@dataclass(frozen=True)
class Core:
    """The core, and what design.json says of it."""

    dut: Any
    protocol: dict[str, Any]
    claims: Claims

    @property
    def beats(self) -> int:
        return self.claims.beats

    @property
    def latency(self) -> int:
        return self.claims.latency

    @property
    def beat_bytes(self) -> int:
        return int(self.protocol["tdata_width"]) // 8

    @property
    def longest_pause(self) -> int:
        """Cycles in which the core, and the stream before it, fills and empties."""
        return self.beats * (2 * self.latency + 4)

    def packets(
        self, samples: list[tuple[int, tuple[int, ...]]], rng: random.Random
    ) -> list[Packet]:
        """A packet a sample with a random tag."""
        size, tags = self.protocol["bytes"], 1 << self.protocol["tag_width"]
        return [
            Packet(word.to_bytes(size, "little"), rng.randrange(tags), result)
            for word, (result,) in samples
        ]

    def spoil(self, packet: Packet, rng: random.Random) -> Packet:
        """The packet with some bytes too few at its end, or too many by a beat or more."""
        longer = self.beats * self.beat_bytes + rng.randint(1, 3 * self.beat_bytes)
        size = rng.choice((rng.randint(1, len(packet.data)) - 1 or longer, longer))
        data = (packet.data + rng.randbytes(longer))[:size]
        return Packet(data, packet.tag, 0, wrong=True)

    def frame(self, packet: Packet, rng: random.Random) -> AxiStreamFrame:
        """TUSER is the tag in the last beat only, and before that of no meaning."""
        tags = [rng.randrange(1 << self.protocol["tag_width"]) for _ in packet.data]
        ragged = len(packet.data) % self.beat_bytes or self.beat_bytes
        return AxiStreamFrame(packet.data, tuser=tags[:-ragged] + [packet.tag] * ragged)

    def expected(self, packets: list[Packet]) -> Vectors:
        """What the ports of the result must show for each packet."""
        error, tag = self.protocol["error_bit"], self.protocol["tag_offset"]
        return Vectors(
            OUTPUTS, [(0, (p.result, p.wrong << error | p.tag << tag, 1)) for p in packets]
        )


@dataclass
class Streams:
    """cocotbext-axi's ends of both streams, and a monitor of our own that counts cycles."""

    core: Core
    source: AxiStreamSource
    sink: AxiStreamSink

    @classmethod
    async def start(cls, dut: Any) -> "Streams":
        """The core after a reset, both ends idle."""
        for name in ("tdata", "tkeep", "tlast", "tvalid"):
            getattr(dut, f"s_axis_{name}").value = 0
        dut.m_axis_tready.value = 0
        Clock(dut.aclk, PERIOD_NS, unit="ns").start()
        await reset(dut, 2)
        ends = {"clock": dut.aclk, "reset": dut.aresetn, "reset_active_level": False}
        protocol = json.loads(DESIGN.read_text())["protocol"]
        source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), **ends)
        sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), byte_lanes=1, **ends)
        for end in (source, sink):
            end.log.setLevel(logging.WARNING)  # else each packet is printed
        return cls(Core(dut, protocol, read_claims(DESIGN)), source, sink)

    def pause(self, source: Pauses, sink: Pauses) -> None:
        """Pause both ends in the cycles that the iterators choose; `None` runs at full rate."""
        for end, pauses in ((self.source, source), (self.sink, sink)):
            end.set_pause_generator(pauses)
            end.pause = False

    async def run(self, packets: list[Packet], rng: random.Random) -> Monitor:
        """Send the packets, until all results came or nothing moves any more."""
        dut, core = self.core.dut, self.core
        monitor = Monitor(dut, OUTPUTS, PINS)
        watching = cocotb.start_soon(monitor.run())
        for packet in packets:
            self.source.send_nowait(core.frame(packet, rng))
        await settle(monitor, len(packets), core.longest_pause)
        self.pause(None, None)
        await ClockCycles(dut.aclk, 2 * core.latency + 2)  # whatever comes now is one too many
        watching.cancel()
        return monitor

    def check(self, monitor: Monitor, packets: list[Packet]) -> None:
        """The results are right on the ports, and cocotbext-axi understood them alike."""
        expected = self.core.expected(packets)
        check(monitor, expected)
        received = [self.sink.recv_nowait() for _ in range(self.sink.count())]
        understood = [(list(frame.tdata), frame.tuser) for frame in received]
        if understood != [([data], user) for _, (data, user, _) in expected.samples]:
            raise Wrong("cocotbext-axi received other packets than stood on the ports")


async def reset(dut: Any, cycles: int) -> None:
    dut.aresetn.value = 0
    await ClockCycles(dut.aclk, cycles)
    dut.aresetn.value = 1


def some(core: Core, rng: random.Random) -> list[Packet]:
    """Packets for a case of stalls: twice what the core holds, or more."""
    vectors = read_vectors(VECTORS)
    count = min(len(vectors.samples), STALLED_CYCLES // core.claims.interval)
    return core.packets(vectors.some(max(count, 2 * (core.claims.depth + 2)), rng).samples, rng)


@cocotb.test()
async def every_sample_is_right_at_full_rate(dut: Any) -> None:
    """All vectors without stalls: each result as expected, in as many cycles as claimed."""
    rng = random.Random(cocotb.RANDOM_SEED)
    streams = await Streams.start(dut)
    core = streams.core
    packets = core.packets(read_vectors(VECTORS).samples, rng)
    await ClockCycles(dut.aclk, 2)  # until the sink is ready
    began = time.perf_counter()
    monitor = await streams.run(packets, rng)
    seconds = time.perf_counter() - began
    write_result(monitor, core.expected(packets), seconds, core.claims)
    streams.check(monitor, packets)
    check_rate(monitor, len(packets), core.claims)


@cocotb.test()
@cocotb.parametrize(idle=list(PAUSES), stalls=list(PAUSES))
async def nothing_is_lost_when_stalled(dut: Any, idle: str, stalls: str) -> None:
    """Pauses of the source crossed with those of the sink."""
    rng = random.Random(cocotb.RANDOM_SEED)
    streams = await Streams.start(dut)
    core = streams.core
    packets = some(core, rng)
    streams.pause(PAUSES[idle](rng, core.longest_pause), PAUSES[stalls](rng, core.longest_pause))
    streams.check(await streams.run(packets, rng), packets)


@cocotb.test()
@cocotb.parametrize(stalls=list(PAUSES))
async def wrong_length_spoils_no_other_packet(dut: Any, stalls: str) -> None:
    """Short and long packets among right ones: each is flagged, in its place, and no other."""
    rng = random.Random(cocotb.RANDOM_SEED)
    streams = await Streams.start(dut)
    core = streams.core
    packets = [core.spoil(p, rng) if rng.random() < 0.5 else p for p in some(core, rng)]
    streams.pause(PAUSES[stalls](rng, core.longest_pause), PAUSES[stalls](rng, core.longest_pause))
    streams.check(await streams.run(packets, rng), packets)


@cocotb.test()
async def nothing_stale_after_reset_in_flight(dut: Any) -> None:
    """Reset at random moments; what comes afterwards is right, complete and at full rate."""
    rng = random.Random(cocotb.RANDOM_SEED)
    streams = await Streams.start(dut)
    core, vectors = streams.core, read_vectors(VECTORS)
    cycles = core.latency + core.beats
    for _ in range(RESETS):
        for packet in core.packets(vectors.some(4 * cycles // core.beats, rng).samples, rng):
            streams.source.send_nowait(core.frame(packet, rng))
        streams.pause(in_bursts(rng, cycles), in_bursts(rng, cycles))
        await ClockCycles(dut.aclk, rng.randint(1, 3 * cycles))
        streams.source.clear()
        streams.pause(None, None)
        await reset(dut, rng.randint(1, 3))
        streams.sink.clear()
        await ClockCycles(dut.aclk, rng.choice((2, 2 * cycles)))
        after = core.packets(vectors.some(4 + 2 * core.claims.depth, rng).samples, rng)
        monitor = await streams.run(after, rng)
        streams.check(monitor, after)
        check_rate(monitor, len(after), core.claims)
    streams.pause(None, itertools.repeat(True))
    (packet,) = core.packets(vectors.some(1, rng).samples, rng)
    streams.source.send_nowait(core.frame(packet, rng))
    await ClockCycles(dut.aclk, core.beats + core.latency + core.claims.interval + 2)
    await check_reset(dut.aclk, dut.aresetn, 0, dut.m_axis_tvalid, core.claims)
