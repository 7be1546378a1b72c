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
    in_bursts,
    read,
    read_claims,
    read_vectors,
    settle,
    write_result,
)

STALLED_CYCLES = 1000  # of samples at full rate, a case of stalls


def split(dut: Any, payloads: list[int], beats: int) -> list[int]:
    """The words of all beats, the lowest bits of a sample first."""
    width = len(dut.i_payload)
    mask = (1 << width) - 1
    return [payload >> beat * width & mask for payload in payloads for beat in range(beats)]


async def drive(dut: Any, payloads: list[int], valid: Iterable[bool]) -> None:
    """Offer the words of beats in the cycles that `valid` chooses, each until it is taken."""
    clock, ready = RisingEdge(dut.clk), dut.i_ready
    waiting = iter(payloads)
    payload = next(waiting, None)
    for offer in valid:
        if payload is None:
            break
        dut.i_valid.value = int(offer)
        # what stands there while nothing is offered must not matter
        dut.i_payload.value = payload if offer else payloads[0]
        await clock
        while offer and read(ready) != 1:
            await clock
        if offer:
            payload = next(waiting, None)
    dut.i_valid.value = 0


async def throttle(dut: Any, ready: Iterable[bool]) -> None:
    """Take outputs in the cycles that `ready` chooses."""
    clock = RisingEdge(dut.clk)
    for take in ready:
        dut.o_ready.value = int(take)
        await clock


async def reset(dut: Any, cycles: int) -> None:
    dut.rst.value = 1
    await ClockCycles(dut.clk, cycles)
    dut.rst.value = 0
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
    words = split(dut, [payload for payload, _ in vectors.samples], claims.beats)
    driving = cocotb.start_soon(drive(dut, words, valid))
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
    vectors = vectors.some(max(4 * claims.depth + 8, enough), rng)
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
        before = [payload for payload, _ in vectors.some(4 * latency, rng).samples]
        words = split(dut, before, claims.beats)
        driving = cocotb.start_soon(drive(dut, words, in_bursts(rng, latency + 1)))
        taking = cocotb.start_soon(throttle(dut, in_bursts(rng, latency + 1)))
        await ClockCycles(dut.clk, rng.randint(1, 3 * latency))
        driving.cancel()
        taking.cancel()
        await reset(dut, rng.randint(1, 3))  # what is on offer meanwhile is not taken
        idle = itertools.repeat(False, rng.choice((0, 2 * latency)))
        valid = itertools.chain(idle, itertools.repeat(True))
        after = vectors.some(claims.depth + 8, rng)
        monitor = await stream(dut, after, claims, valid, itertools.repeat(True))
        check(monitor, after)
        check_rate(monitor, len(after.samples), claims)
