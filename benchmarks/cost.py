"""What a training step costs in time and memory, each measured in a process of its own."""

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.steps import Case, Prepare
from train.memory import keep_freed_memory

SECONDS, LEAST = 1.0, 3  # of steps at least, and their number

PROCESS = Path("/proc/self")


@dataclass(frozen=True)
class Job:
    """A step to measure. Our training keeps freed memory for the next allocation."""

    prepare: Prepare
    case: Case
    threads: int
    keeps_memory: bool

    @property
    def name(self) -> str:
        count = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        return f"{self.case.name}, {self.prepare.__name__.replace('_', ' ')}, {count}"


@dataclass(frozen=True)
class Cost:
    """Of the fastest step; and what all of them needed at most, parameters included."""

    milliseconds: float
    mebibytes: float


def costs(jobs: Sequence[Job]) -> dict[Job, Cost]:
    """One process at a time."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as pool:
        return dict(zip(jobs, pool.map(_cost, jobs), strict=True))


def _cost(job: Job) -> Cost:
    torch.set_num_threads(job.threads)
    if job.keeps_memory:
        keep_freed_memory()
    job.prepare(job.case.small)()  # compiles, or loads what was compiled
    (PROCESS / "clear_refs").write_text("5")  # the peak so far is forgotten
    before = _mebibytes("VmRSS")
    step = job.prepare(job.case)
    step()  # allocates
    seconds: list[float] = []
    while len(seconds) < LEAST or sum(seconds) < SECONDS:
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return Cost(1e3 * min(seconds), _mebibytes("VmHWM") - before)


def _mebibytes(field: str) -> float:
    lines = (PROCESS / "status").read_text(encoding="utf-8").splitlines()
    (kibibytes,) = [line.split()[1] for line in lines if line.startswith(f"{field}:")]
    return int(kibibytes) / 1024
