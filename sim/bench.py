"""Test bench of a generated core; it needs nothing but cocotb and the two files that it reads.

The environment names them, beside this file by default: CONNECTIVE_DESIGN (design.json) and
CONNECTIVE_VECTORS (vectors.txt). The figures of the run without stalls go to CONNECTIVE_RESULT
(bench.json in the working folder).

vectors.txt is text: lines that start with `#` are comments, the first other line names the columns
(`i_payload`, then output ports), and each line after it is one sample in hexadecimal: the word on
`i_payload`, then what each of the output ports must show for it, two's complement where signed.
"""

import itertools
import json
import os
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge

HERE = Path(__file__).parent
DESIGN = Path(os.environ.get("CONNECTIVE_DESIGN", HERE / "design.json"))
VECTORS = Path(os.environ.get("CONNECTIVE_VECTORS", HERE / "vectors.txt"))
RESULT = Path(os.environ.get("CONNECTIVE_RESULT", "bench.json"))

PERIOD_NS = 10
STALLED_CYCLES = 1000  # of samples at full rate, a case of stalls
RESETS = 8


class Wrong(AssertionError):
    """A claim about the core does not hold."""


@dataclass(frozen=True)
class Vectors:
    """Samples as (payload, expected word of each of the `outputs`)."""

    outputs: tuple[str, ...]
    samples: list[tuple[int, tuple[int, ...]]]

    def some(self, count: int, rng: random.Random) -> "Vectors":
        """`count` successive samples from a random place on, beginning again after the last."""
        start = rng.randrange(len(self.samples))
        chosen = itertools.islice(itertools.cycle(self.samples), start, start + count)
        return Vectors(self.outputs, list(chosen))


def read_vectors(path: Path) -> Vectors:
    with path.open() as file:
        lines = (line.split() for line in file if not line.startswith("#"))
        _, *outputs = next(lines)
        words = ([int(word, 16) for word in line] for line in lines)
        return Vectors(tuple(outputs), [(line[0], tuple(line[1:])) for line in words])


@dataclass(frozen=True)
class Claims:
    """What design.json says of time, and how a sample comes.

    latency: cycles from the first that offers a sample's last beat to the first with its result
    interval: cycles from sample to sample
    beats, width: transfers of a sample, the lowest bits first, and the bits of each
    """

    latency: int
    interval: int
    beats: int
    width: int

    @property
    def depth(self) -> int:
        """Samples inside at full rate."""
        return -(-self.latency // self.interval)

    def split(self, payloads: list[int]) -> list[int]:
        """The words of all beats."""
        mask = (1 << self.width) - 1
        return [word >> n * self.width & mask for word in payloads for n in range(self.beats)]


def read_claims(path: Path) -> Claims:
    design = json.loads(path.read_text())
    (width,) = (port["width"] for port in design["ports"] if port["name"] == "i_payload")
    return Claims(design["latency"], design["initiation_interval"], design["beats"], width)


def read(signal: Any) -> int | None:
    """A port as an unsigned number, `None` where a bit of it is neither 0 nor 1."""
    try:
        return int(str(signal.value), 2)
    except ValueError:
        return None


def at_random(rng: random.Random) -> Iterator[bool]:
    while True:
        yield rng.random() < 0.5


def in_bursts(rng: random.Random, longest: int) -> Iterator[bool]:
    for value in itertools.cycle((True, False)):
        yield from itertools.repeat(value, rng.randint(1, longest))


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


@dataclass
class Monitor:
    """Writes down what passes both streams, and the first fault of protocol that it sees.

    Cycles count from the monitor's start; `taken` and `given` hold those of each transfer,
    `offered` the first in which each was on offer at the input.
    """

    dut: Any
    outputs: tuple[str, ...]
    cycle: int = 0
    offered: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    words: list[tuple[int | None, ...]] = field(default_factory=list)
    fault: str | None = None

    async def run(self) -> None:
        dut = self.dut
        clock, i_valid, i_ready = RisingEdge(dut.clk), dut.i_valid, dut.i_ready
        o_valid, o_ready = dut.o_valid, dut.o_ready
        ports = [getattr(dut, name) for name in self.outputs]
        held = None
        while True:
            await clock
            accepting, valid = read(i_ready), read(o_valid)
            if accepting is None or valid is None:
                self._blame(f"{'i_ready' if accepting is None else 'o_valid'} is X")
            if read(i_valid):
                if len(self.offered) == len(self.taken):
                    self.offered.append(self.cycle)
                if accepting:
                    self.taken.append(self.cycle)
            if held is not None and not valid:
                self._blame("o_valid fell before o_ready came")
            if valid:
                word = tuple(read(port) for port in ports)
                if held not in (None, word):
                    self._blame("an output changed before o_ready came")
                held = word
                if read(o_ready):
                    self.given.append(self.cycle)
                    self.words.append(word)
                    held = None
            self.cycle += 1

    def _blame(self, fault: str) -> None:
        self.fault = self.fault or f"{fault} in cycle {self.cycle} after reset"


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
    words = claims.split([payload for payload, _ in vectors.samples])
    driving = cocotb.start_soon(drive(dut, words, valid))
    taking = cocotb.start_soon(throttle(dut, ready))
    span = claims.latency + claims.interval
    patience = 8 * (span + 8)
    moved, passed = 0, -1
    while len(monitor.words) < len(vectors.samples) and monitor.cycle - moved < patience:
        await ClockCycles(dut.clk, span)
        if len(monitor.taken) + len(monitor.given) != passed:
            moved, passed = monitor.cycle, len(monitor.taken) + len(monitor.given)
    taking.cancel()
    dut.o_ready.value = 1
    await ClockCycles(dut.clk, 2 * span)  # whatever comes now is one too many
    driving.cancel()
    watching.cancel()
    return monitor


def compare(monitor: Monitor, vectors: Vectors) -> tuple[int, str | None]:
    """The number of samples that went wrong, and a sentence on the first."""
    wrong, first = 0, None
    for index, (words, (_, expected)) in enumerate(
        itertools.zip_longest(monitor.words, vectors.samples, fillvalue=(None, None))
    ):
        if words == expected:
            continue
        wrong += 1
        if first is not None:
            continue
        if index >= len(monitor.words):
            first = f"sample {index} never came out"
        elif index >= len(vectors.samples):
            first = f"an output came out after the last of {len(vectors.samples)} samples"
        else:
            first = f"sample {index}: {_differences(vectors.outputs, words, expected)}"
    return wrong, first


def _differences(names: Iterable[str], words: Any, expected: Any) -> str:
    return ", ".join(
        f"{name} is {'X' if word is None else hex(word)}, expected {hex(right)}"
        for name, word, right in zip(names, words, expected, strict=True)
        if word != right
    )


def check(monitor: Monitor, vectors: Vectors) -> None:
    _, first = compare(monitor, vectors)
    if problem := first or monitor.fault:
        raise Wrong(problem)


def latency_of(monitor: Monitor, claims: Claims) -> int | None:
    """As measured; `None` where no result came."""
    whole = monitor.offered[claims.beats - 1 :]
    return monitor.given[0] - whole[0] if whole and monitor.given else None


def cycles_of(monitor: Monitor) -> int:
    """From the first that offers a sample to the last that gives a result, these included."""
    return monitor.given[-1] - monitor.offered[0] + 1 if monitor.given else 0


def check_rate(monitor: Monitor, count: int, claims: Claims) -> None:
    """The first sample takes its beats and the latency, each further one the interval."""
    measured = latency_of(monitor, claims)
    if measured != claims.latency:
        raise Wrong(f"latency is {measured} cycles, expected {claims.latency}")
    cycles = cycles_of(monitor)
    expected = (count - 1) * claims.interval + claims.beats + claims.latency
    if cycles != expected:
        raise Wrong(f"{count} samples took {cycles} cycles, expected {expected}")


@cocotb.test()
async def every_sample_is_right_at_full_rate(dut: Any) -> None:
    """All vectors without stalls: each output as expected, in as many cycles as claimed."""
    vectors, claims = read_vectors(VECTORS), read_claims(DESIGN)
    await start(dut)
    began = time.perf_counter()
    monitor = await stream(dut, vectors, claims, itertools.repeat(True), itertools.repeat(True))
    seconds = time.perf_counter() - began
    mismatches, first = compare(monitor, vectors)
    result = {
        "samples": len(vectors.samples),
        "mismatches": mismatches,
        "first_mismatch": first,
        "latency": latency_of(monitor, claims),
        "cycles": cycles_of(monitor),
        "seconds": seconds,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
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
        driving = cocotb.start_soon(drive(dut, claims.split(before), in_bursts(rng, latency + 1)))
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
