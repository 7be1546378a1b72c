"""Test bench of a core with valid/ready streams; it needs nothing but cocotb and `monitor`.

The columns of vectors.txt are `i_payload`, the word of a sample, and what each output port must
show for it.
"""

import itertools
import random
import time
from collections.abc import Iterable
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge

from .monitor import (
    DESIGN,
    PERIOD_NS,
    RESETS,
    VECTORS,
    Claims,
    Monitor,
    Vectors,
    at_random,
    check,
    check_rate,
    check_reset,
    in_bursts,
    read,
    read_claims,
    read_vectors,
    settle,
    write_result,
)

STALLED_CYCLES = 1000  # of samples at full rate, a case of stalls


Beat = dict[str, int]
"""What the inputs show, by port."""


def tagged(vectors: Vectors, claims: Claims, rng: random.Random) -> Vectors:
    """The vectors with a random tag for each sample, if the core has tags: it must come out."""
    if not claims.tag_width:
        return vectors
    samples = [(p, (*results, rng.getrandbits(claims.tag_width))) for p, results in vectors.samples]
    return Vectors((*vectors.outputs, "o_tag"), samples)


def split(dut: Any, vectors: Vectors, claims: Claims) -> list[Beat]:
    """All beats of the samples, the lowest bits first; a tag is right in a sample's last beat."""
    width = len(dut.i_payload)
    mask, tags = (1 << width) - 1, (1 << claims.tag_width) - 1
    beats = []
    for payload, results in vectors.samples:
        for beat in range(claims.beats):
            shown = {"i_payload": payload >> beat * width & mask}
            if claims.tag_width:
                shown["i_tag"] = results[-1] ^ (0 if beat == claims.beats - 1 else tags)
            beats.append(shown)
    return beats


async def drive(dut: Any, beats: list[Beat], valid: Iterable[bool]) -> None:
    """Offer beats in the cycles that `valid` chooses, each until it is taken."""
    clock, ready = RisingEdge(dut.clk), dut.i_ready
    waiting = iter(beats)
    beat = next(waiting, None)
    for offer in valid:
        if beat is None:
            break
        dut.i_valid.value = int(offer)
        # what stands there while nothing is offered must not matter
        for name, word in (beat if offer else beats[0]).items():
            getattr(dut, name).value = word
        await clock
        while offer and read(ready) != 1:
            await clock
        if offer:
            beat = next(waiting, None)
    dut.i_valid.value = 0


async def throttle(dut: Any, ready: Iterable[bool]) -> None:
    """Take outputs in the cycles that `ready` chooses."""
    clock = RisingEdge(dut.clk)
    for take in ready:
        dut.o_ready.value = int(take)
        await clock


def reset_port(dut: Any) -> tuple[Any, int]:
    """The reset, and the level at which it acts."""
    return (dut.rst_n, 0) if hasattr(dut, "rst_n") else (dut.rst, 1)


async def reset(dut: Any, cycles: int) -> None:
    port, level = reset_port(dut)
    port.value = level
    await ClockCycles(dut.clk, cycles)
    port.value = 1 - level
    dut.i_valid.value = 0


async def start(dut: Any) -> None:
    dut.i_valid.value = 0
    dut.i_payload.value = 0
    dut.o_ready.value = 0
    Clock(dut.clk, PERIOD_NS, unit="ns").start()
    await reset(dut, 2)


async def stream(
    dut: Any, vectors: Vectors, claims: Claims, valid: Iterable[bool], ready: Iterable[bool]
) -> Monitor:
    """Pass the vectors through the core, until all came out or nothing moves any more."""
    monitor = Monitor(dut, vectors.outputs)
    watching = cocotb.start_soon(monitor.run())
    driving = cocotb.start_soon(drive(dut, split(dut, vectors, claims), valid))
    taking = cocotb.start_soon(throttle(dut, ready))
    span = claims.latency + claims.interval
    await settle(monitor, len(vectors.samples), span)
    taking.cancel()
    dut.o_ready.value = 1
    await ClockCycles(dut.clk, 2 * span)  # whatever comes now is one too many
    driving.cancel()
    watching.cancel()
    return monitor


@cocotb.test()
async def every_sample_is_right_at_full_rate(dut: Any) -> None:
    """All vectors without stalls: each output as expected, in as many cycles as claimed."""
    vectors, claims = read_vectors(VECTORS), read_claims(DESIGN)
    vectors = tagged(vectors, claims, random.Random(cocotb.RANDOM_SEED))
    await start(dut)
    began = time.perf_counter()
    monitor = await stream(dut, vectors, claims, itertools.repeat(True), itertools.repeat(True))
    write_result(monitor, vectors, time.perf_counter() - began, claims)
    check(monitor, vectors)
    check_rate(monitor, len(vectors.samples), claims)


@cocotb.test()
@cocotb.parametrize(stalls=["before", "behind", "around"])
async def nothing_is_lost_when_stalled(dut: Any, stalls: str) -> None:
    """Gaps in the input, pauses at the output, or bursts of both that fill and drain the core."""
    rng = random.Random(cocotb.RANDOM_SEED)
    vectors, claims = read_vectors(VECTORS), read_claims(DESIGN)
    enough = min(len(vectors.samples), STALLED_CYCLES // claims.interval)
    vectors = tagged(vectors.some(max(4 * claims.depth + 8, enough), rng), claims, rng)
    longest = 2 * claims.latency + 4
    valid, ready = {
        "before": (at_random(rng), itertools.repeat(True)),
        "behind": (itertools.repeat(True), at_random(rng)),
        "around": (in_bursts(rng, longest), in_bursts(rng, longest)),
    }[stalls]
    await start(dut)
    check(await stream(dut, vectors, claims, valid, ready), vectors)


@cocotb.test()
async def nothing_stale_after_reset_in_flight(dut: Any) -> None:
    """Reset at random moments; what comes afterwards is right, complete and at full rate."""
    rng = random.Random(cocotb.RANDOM_SEED)
    vectors, claims = read_vectors(VECTORS), read_claims(DESIGN)
    latency = claims.latency
    await start(dut)
    for _ in range(RESETS):
        before = split(dut, tagged(vectors.some(4 * latency, rng), claims, rng), claims)
        driving = cocotb.start_soon(drive(dut, before, in_bursts(rng, latency + 1)))
        taking = cocotb.start_soon(throttle(dut, in_bursts(rng, latency + 1)))
        await ClockCycles(dut.clk, rng.randint(1, 3 * latency))
        driving.cancel()
        taking.cancel()
        await reset(dut, rng.randint(1, 3))  # what is on offer meanwhile is not taken
        idle = itertools.repeat(False, rng.choice((0, 2 * latency)))
        valid = itertools.chain(idle, itertools.repeat(True))
        after = tagged(vectors.some(claims.depth + 8, rng), claims, rng)
        monitor = await stream(dut, after, claims, valid, itertools.repeat(True))
        check(monitor, after)
        check_rate(monitor, len(after.samples), claims)
    dut.o_ready.value = 0
    dut.i_valid.value = 1
    await ClockCycles(dut.clk, latency + claims.beats + claims.interval + 1)
    await check_reset(dut.clk, *reset_port(dut), dut.o_valid, claims)
