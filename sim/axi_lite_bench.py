"""Test bench of a core with registers on AXI4-Lite, used by cocotbext-axi as software would.

It needs cocotb, cocotbext-axi, `axi_lite_software` and `monitor`. The columns of vectors.txt are
`s_axi_wdata`, all words of a sample as one number, the first lowest, and `s_axi_rdata`, those of
the result.
"""

import itertools
import random
import time
from collections.abc import Iterator
from typing import Any

import cocotb
from cocotb.triggers import ClockCycles

from .axi_lite_software import CHANNELS, IDENTITY, READY, VALID, WORD, Software, reset
from .monitor import (
    RESETS,
    VECTORS,
    Vectors,
    Words,
    Wrong,
    at_random,
    check_reset,
    compare,
    in_bursts,
    read_vectors,
    write_figures,
)

FEW = 40  # samples of a case that is not about all of them


def few(rng: random.Random) -> Vectors:
    vectors = read_vectors(VECTORS)
    return vectors.some(min(FEW, len(vectors.samples)), rng)


def check(found: Words, vectors: Vectors) -> None:
    _, problem = compare(found, vectors)
    if problem:
        raise Wrong(problem)


async def exchange(software: Software, vectors: Vectors, found: Words) -> None:
    """Send samples while results are fetched, as they come, into `found`."""

    async def send() -> None:
        for payload, _ in vectors.samples:
            await software.send(payload)

    cocotb.start_soon(send())
    for _ in vectors.samples:
        found.append(await software.receive())
    await software.check_idle()
    check(found, vectors)


@cocotb.test()
async def every_sample_is_right(dut: Any) -> None:
    """All vectors: each result as expected, and the first as many cycles later as claimed."""
    vectors, found = read_vectors(VECTORS), list[tuple[int | None, ...]]()
    software = await Software.start(dut)
    watch, claims = software.watch, software.claims
    latency, began = None, time.perf_counter()
    try:
        await exchange(software, vectors, found)
    finally:
        if watch.waiting is not None and len(watch.written) >= claims.beats:
            latency = watch.waiting - watch.written[claims.beats - 1]
        seconds = time.perf_counter() - began
        write_figures(found, vectors, latency=latency, cycles=watch.cycle, seconds=seconds)
    if latency != claims.latency:
        raise Wrong(f"latency is {latency} cycles, expected {claims.latency}")


@cocotb.test()
async def a_word_is_written_every_other_cycle(dut: Any) -> None:
    """Successive words of samples, of as many as the core takes without a wait between them."""
    rng = random.Random(cocotb.RANDOM_SEED)
    software = await Software.start(dut)
    claims = software.claims
    vectors = few(rng).some(2 if claims.interval == 2 * claims.beats else 1, rng)
    address = software.address("sample")
    for payload, _ in vectors.samples:
        software.master.init_write(address, software.bytes_of(payload))
    check(await software.receive_all(len(vectors.samples)), vectors)
    written = software.watch.written[: claims.beats * len(vectors.samples)]
    gaps = {after - before for before, after in itertools.pairwise(written)}
    if gaps - {2}:
        raise Wrong(f"between words there were {max(gaps)} cycles, expected 2")


@cocotb.test()
async def results_wait_until_they_are_dropped(dut: Any) -> None:
    """Samples until the core takes no more: a further one is refused, and spoils none."""
    rng = random.Random(cocotb.RANDOM_SEED)
    software, vectors = await Software.start(dut), read_vectors(VECTORS)
    claims, sent = software.claims, 0
    many = vectors.some(4 * claims.latency + 8, rng)
    for payload, _ in many.samples:
        await ClockCycles(dut.aclk, claims.latency + claims.interval)
        if not await software.status() & READY:
            break
        await software.send(payload)
        sent += 1
    if not claims.depth < sent < len(many.samples):
        raise Wrong(f"the core takes {sent} samples without giving a result")
    for word in range(claims.beats):
        if await software.write(software.address("sample", word), rng.randbytes(WORD)):
            raise Wrong("a word was taken though STATUS said that none may come")
    check(await software.receive_all(sent), Vectors(many.outputs, many.samples[:sent]))
    await software.check_idle()


@cocotb.test()
async def what_has_no_effect_is_refused(dut: Any) -> None:
    """Writes and reads of nothing, and of parts of words, are errors, and change nothing."""
    rng = random.Random(cocotb.RANDOM_SEED)
    software, vectors = await Software.start(dut), few(rng).some(1, rng)
    protocol, beats = software.design["protocol"], software.claims.beats
    registers, end = protocol["registers"], 1 << protocol["address_width"]
    above = range(registers["sample"] + WORD * beats, end, WORD)
    sample = range(registers["sample"], end, WORD)
    known = {registers[name] for name in ("id", "network", "status")}
    for address in [*range(0, registers["sample"], WORD), *above]:
        if await software.write(address, rng.randbytes(WORD)):
            raise Wrong(f"a write to address {address:#x} had an effect")
    for address in [*range(0, registers["sample"], WORD), *sample]:
        if (await software.read(address) is None) == (address in known):
            raise Wrong(f"a read of address {address:#x} was answered wrongly")
    for word, part in itertools.product(range(beats), (slice(0, 1), slice(1, 3), slice(3, 4))):
        address = software.address("sample", word) + part.start
        if await software.write(address, bytes(part.stop - part.start)):
            raise Wrong("a part of a word was taken")
    await software.check_idle()
    await exchange(software, vectors, [])


@cocotb.test()
async def it_says_what_it_is(dut: Any) -> None:
    """The registers ID and NETWORK."""
    software = await Software.start(dut)
    digest = int(software.design["network"]["sha256"][:8], 16)
    for register, expected in (("id", IDENTITY), ("network", digest)):
        if (found := await software.read(software.address(register))) != expected:
            raise Wrong(f"{register} is {found}, expected {expected}")


@cocotb.test()
async def words_come_in_any_order_but_for_the_last(dut: Any) -> None:
    """Words written twice and in disorder; and a last word alone, which starts the same sample."""
    rng = random.Random(cocotb.RANDOM_SEED)
    software, vectors = await Software.start(dut), few(rng)
    last = software.claims.beats - 1
    for payload, expected in vectors.samples:
        data = software.bytes_of(payload)
        words = {n: data[WORD * n : WORD * (n + 1)] for n in range(last + 1)}
        junk = [(n, rng.randbytes(WORD)) for n in range(last)]
        right = [(n, words[n]) for n in range(last)]
        order = [*rng.sample(junk, last), *rng.sample(right, last), (last, words[last])]
        for _ in range(2):
            for word, value in order:
                if not await software.write(software.address("sample", word), value):
                    raise Wrong("a word was refused though no sample waits")
            if (found := await software.receive()) != expected:
                raise Wrong(f"the result is {found[0]}, expected {expected[0]}")
            order = order[-1:]
    await software.check_idle()


@cocotb.test()
@cocotb.parametrize(pauses=["random", "bursts"])
async def nothing_is_lost_when_channels_pause(dut: Any, pauses: str) -> None:
    """All five channels pause, each by itself."""
    rng = random.Random(cocotb.RANDOM_SEED)
    software = await Software.start(dut)

    def pausing() -> Iterator[bool]:
        return at_random(rng) if pauses == "random" else in_bursts(rng, 8)

    for channel in CHANNELS:
        half = software.master.write_if if channel in ("aw", "w", "b") else software.master.read_if
        getattr(half, f"{channel}_channel").set_pause_generator(pausing())
    await exchange(software, few(rng), [])


@cocotb.test()
async def nothing_stale_after_reset_in_flight(dut: Any) -> None:
    """Reset at random moments of a sample; what comes afterwards is right and complete."""
    rng = random.Random(cocotb.RANDOM_SEED)
    software = await Software.start(dut)
    claims = software.claims
    for _ in range(RESETS):
        for payload, _ in few(rng).some(1 + claims.latency // 2, rng).samples:
            software.master.init_write(software.address("sample"), software.bytes_of(payload))
        await ClockCycles(dut.aclk, rng.randint(1, 4 * claims.beats + 2 * claims.latency))
        await reset(dut, rng.randint(1, 3))
        await ClockCycles(dut.aclk, 1)
        await exchange(software, few(rng).some(4, rng), [])
    await software.send(few(rng).samples[0][0])
    await software.wait_for(VALID)
    await check_reset(dut.aclk, dut.aresetn, 0, dut.irq, claims)
