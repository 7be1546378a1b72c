"""What the test benches share: vectors, the figures of a run, and a monitor of two streams.

The environment names the files, beside this one by default: CONNECTIVE_DESIGN (design.json) and
CONNECTIVE_VECTORS (vectors.txt). The figures of the run without stalls go to CONNECTIVE_RESULT
(bench.json in the working folder).

vectors.txt is text: lines that start with `#` are comments, the first other line names the columns
(what goes in, then outputs), and each line after it is one sample in hexadecimal, two's complement
where signed.
"""

import itertools
import json
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge, Timer

HERE = Path(__file__).parent
DESIGN = Path(os.environ.get("CONNECTIVE_DESIGN", HERE / "design.json"))
VECTORS = Path(os.environ.get("CONNECTIVE_VECTORS", HERE / "vectors.txt"))
RESULT = Path(os.environ.get("CONNECTIVE_RESULT", "bench.json"))

PERIOD_NS = 10
RESETS = 8
STALLS = ("input_idle", "input_held", "output_held")


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
    """What design.json says of time, in cycles.

    latency: from the first that offers a sample's last beat to the first that offers its result
    interval: from sample to sample
    beats: transfers of a sample
    tag_width: bits of the tag that goes with each; 0 without one
    asynchronous: whether a reset acts without the clock
    """

    latency: int
    interval: int
    beats: int
    tag_width: int = 0
    asynchronous: bool = False

    @property
    def depth(self) -> int:
        """Samples inside at full rate."""
        return -(-self.latency // self.interval)


def read_claims(path: Path) -> Claims:
    design = json.loads(path.read_text())
    protocol = design.get("protocol", {})
    beats, tag_width = protocol.get("beats", 1), protocol.get("tag_width", 0)
    asynchronous = design["options"].get("reset", "sync").startswith("async")
    latency, interval = design["latency"], design["initiation_interval"]
    return Claims(latency, interval, beats, tag_width, asynchronous)


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


@dataclass(frozen=True)
class Pins:
    """Names of the clock and of the handshakes of both streams."""

    clock: str = "clk"
    i_valid: str = "i_valid"
    i_ready: str = "i_ready"
    o_valid: str = "o_valid"
    o_ready: str = "o_ready"


@dataclass
class Monitor:
    """Writes down what passes both streams, and the first fault of protocol that it sees.

    Cycles count from the monitor's start; `taken` and `given` hold those of each transfer,
    `offered` the first that has each on offer at the input. `input_held` and `output_held` are how
    many passed in which something was on offer and not taken, `input_idle` in which nothing was on
    offer between two transfers though the core was ready.
    """

    dut: Any
    outputs: tuple[str, ...]
    pins: Pins = Pins()
    cycle: int = 0
    offered: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    words: list[tuple[int | None, ...]] = field(default_factory=list)
    input_idle: int = 0
    input_held: int = 0
    output_held: int = 0
    fault: str | None = None

    async def run(self) -> None:
        pins, port = self.pins, partial(getattr, self.dut)
        clock = RisingEdge(port(pins.clock))
        i_valid, i_ready = port(pins.i_valid), port(pins.i_ready)
        o_valid, o_ready = port(pins.o_valid), port(pins.o_ready)
        ports = [port(name) for name in self.outputs]
        held, idle = None, 0
        while True:
            await clock
            accepting, valid = read(i_ready), read(o_valid)
            if accepting is None or valid is None:
                self._blame(f"{pins.i_ready if accepting is None else pins.o_valid} is X")
            if read(i_valid):
                if len(self.offered) == len(self.taken):
                    self.offered.append(self.cycle)
                if accepting:
                    self.taken.append(self.cycle)
                    self.input_idle += idle
                    idle = 0
                else:
                    self.input_held += 1
            elif accepting and self.taken:
                idle += 1
            if held is not None and not valid:
                self._blame(f"{pins.o_valid} fell before {pins.o_ready} came")
            if valid:
                word = tuple(read(port) for port in ports)
                if held not in (None, word):
                    self._blame(f"an output changed before {pins.o_ready} came")
                held = word
                if read(o_ready):
                    self.given.append(self.cycle)
                    self.words.append(word)
                    held = None
                else:
                    self.output_held += 1
            self.cycle += 1

    def _blame(self, fault: str) -> None:
        self.fault = self.fault or f"{fault} in cycle {self.cycle} after reset"


async def settle(monitor: Monitor, count: int, latency: int) -> None:
    """Wait until `count` results came out or nothing moves any more."""
    clock = getattr(monitor.dut, monitor.pins.clock)
    patience = 8 * (latency + 8)
    moved, passed = 0, -1
    while len(monitor.words) < count and monitor.cycle - moved < patience:
        await ClockCycles(clock, latency)
        if len(monitor.taken) + len(monitor.given) != passed:
            moved, passed = monitor.cycle, len(monitor.taken) + len(monitor.given)


Words = list[tuple[int | None, ...]]
"""What the outputs showed, result by result; `None` where a bit was unknown."""


def compare(found: Words, vectors: Vectors) -> tuple[int, str | None]:
    """The number of samples that went wrong, and a sentence on the first."""
    wrong, first = 0, None
    for index, (words, (_, expected)) in enumerate(
        itertools.zip_longest(found, vectors.samples, fillvalue=(None, None))
    ):
        if words == expected:
            continue
        wrong += 1
        if first is not None:
            continue
        if index >= len(found):
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
    """Hold a run's results against the vectors, and add its stalls to the figures."""
    if RESULT.exists():  # unless the run without stalls was left out
        figures = json.loads(RESULT.read_text())
        for name in STALLS:
            figures["stalls"][name] += getattr(monitor, name)
        _write(figures)
    _, first = compare(monitor.words, vectors)
    if problem := first or monitor.fault:
        raise Wrong(problem)


async def check_reset(clock: Any, reset: Any, level: int, valid: Any, claims: Claims) -> None:
    """A result waits: a reset between two edges clears `valid`, at once or at the next one."""
    await FallingEdge(clock)
    if not read(valid):
        raise Wrong("no result waits though none is taken")
    reset.value = level
    await Timer(PERIOD_NS // 4, unit="ns")
    at_once = read(valid) == 0
    await FallingEdge(clock)
    if read(valid) != 0:
        raise Wrong("a reset of a cycle does not clear a result that waits")
    if at_once != claims.asynchronous:
        raise Wrong(f"a reset {'does not wait' if at_once else 'waits'} for the clock")


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


def write_result(monitor: Monitor, vectors: Vectors, seconds: float, claims: Claims) -> None:
    """Write the figures of a run without stalls to `RESULT`."""
    write_figures(
        monitor.words,
        vectors,
        latency=latency_of(monitor, claims),
        cycles=cycles_of(monitor),
        seconds=seconds,
        stalls=dict.fromkeys(STALLS, 0),  # `check` adds them
    )


def write_figures(found: Words, vectors: Vectors, **figures: Any) -> None:
    """Write how many results are wrong to `RESULT`, with latency, cycles and seconds."""
    mismatches, first = compare(found, vectors)
    counts = {"samples": len(vectors.samples), "mismatches": mismatches, "first_mismatch": first}
    _write(counts | figures)


def _write(figures: dict[str, Any]) -> None:
    RESULT.write_text(json.dumps(figures, indent=1) + "\n")
