"""Runs a compiled design on samples: in a process of its own, in and out through files."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.design import Design
from connective.folder import temporary_folder
from connective.results import Stalls
from connective.tools.process import run
from sim.protocols import Rows, Streams, bytes_of

BLOCK_SAMPLES = 1024  # bounds the memory of bits as bytes


@dataclass(frozen=True)
class Run:
    """What came out, and when.

    Members
    -------
    results: what the output ports showed, (results, bytes); at most one more than samples
    latency: cycles from the first that offers the first sample's last beat to that of its result
    cycles: from the first that offers a sample to the last that gives a result, these included
    broken: cycles in which a result that waited changed or went
    stalls: cycles in which a stream stood
    seconds: of the streaming
    """

    results: Rows
    latency: int | None
    cycles: int
    broken: int
    stalls: Stalls
    seconds: float


def stream(
    program: Path,
    design: Design,
    streams: Streams,
    samples: NDArray[np.integer],
    *,
    log: Path,
    timeout: float,
    stall_seed: int | None = None,
    recording: Path | None = None,
) -> Run:
    """Pass words (samples, features) through the core; with a seed, both streams pause at random.

    A program of a netlist writes its toggles into `recording`, as SAIF.

    Raises `InputError` for a word outside its feature's range, `ToolError` if the program fails or
    takes longer than `timeout` seconds.
    """
    span = design.latency + design.initiation_interval
    longest = 0 if stall_seed is None else 2 * span + 4
    with temporary_folder() as folder:
        beats, results, figures = (folder / part for part in ("beats", "results", "figures"))
        with beats.open("wb") as file:
            for start in range(0, len(samples), BLOCK_SAMPLES):
                block = samples[start : start + BLOCK_SAMPLES]
                file.write(streams.beat_rows(block, start).tobytes())
        numbers = (len(samples), 8 * (span + 8), longest, (stall_seed or 0) % 2**31)
        run(
            [program, beats, results, figures, *map(str, numbers), *filter(None, [recording])],
            name="the compiled core",
            log=log,
            timeout=timeout,
        )
        found = json.loads(figures.read_bytes())
        rows = np.fromfile(results, dtype=np.uint8)
    width = sum(map(bytes_of, streams.outputs.values()))
    came = found["results"] > 0
    return Run(
        rows.reshape(-1, width),
        latency=found["first_result"] - found["first_whole"] if came else None,
        cycles=found["last_result"] - found["first_offered"] + 1 if came else 0,
        broken=found["broken"],
        stalls=Stalls(**found["stalls"]),
        seconds=found["seconds"],
    )
