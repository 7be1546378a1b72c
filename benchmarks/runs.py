"""Training runs of a benchmark: on all cores and a GPU, and kept, so that a stopped one goes on.

What a run gave is a record, which comes with the source; its network stays in build/.
"""

import hashlib
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import click
import torch

from benchmarks.rows import machine, versions
from connective.folder import write_atomic
from connective.network import Network
from connective.network_file import read_network, write_network
from connective.record import Record
from train.config import TrainingConfig
from train.config_file import load_config
from train.loop import train

EXAMPLES = Path(__file__).parent.parent / "examples"
RECORDS = Path("benchmarks/records")
RUNS, KEPT = RECORDS / "runs", Path("build/runs")
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Case:
    """A configuration in examples/ with settings changed, and what it is called in a table."""

    name: str
    example: str
    changes: tuple[str, ...] = ()

    def config(self, seed: int) -> TrainingConfig:
        return load_config(EXAMPLES / f"{self.example}.toml", [*self.changes, f"seed={seed}"])


class Result(Record):
    """Shares of right answers as `TrainingResult.accuracy` has them; seconds of the whole run.

    ran_on: the processor, of which it took one thread, or the GPU
    """

    accuracy: dict[str, float]
    seconds: float
    ran_on: str


class RunRecord(Record):
    """What is written of a run, with all of its settings and the versions of what ran it."""

    config: TrainingConfig
    versions: dict[str, str]
    result: Result


def results(cases: Sequence[Case]) -> list[list[Result]]:
    """A result for each case and seed; what has a record is not trained again."""
    configs = [case.config(seed) for case in cases for seed in SEEDS]
    for _ in train_missing(configs):
        pass
    flat = [result for config in configs if (result := kept(config))]
    return [flat[i : i + len(SEEDS)] for i in range(0, len(flat), len(SEEDS))]


def kept(config: TrainingConfig) -> Result | None:
    """The result of a run, if there has been one of this configuration.

    A setting that is newer than the record has its default there, and one whose default has changed
    since is another.
    """
    path = path_of(config, "json")
    if not path.exists():
        return None
    record = RunRecord.model_validate_json(path.read_bytes())
    return record.result if record.config == config else None


def kept_network(config: TrainingConfig) -> Network | None:
    """The network of a run, if it was made here."""
    path = path_of(config, "npz")
    return read_network(path)[0] if path.exists() else None


def made_network(config: TrainingConfig) -> Network:
    """The network of a run, which is trained where it or its record is not kept."""
    path = path_of(config, "npz")
    if not (kept(config) and path.exists()):
        train_kept(config, "cpu")
    return read_network(path)[0]


def path_of(config: TrainingConfig, suffix: str) -> Path:
    """The file of a run: `json` its record, `npz` its network, `checkpoint` its state.

    It has the same name when Connective has more settings.
    """
    digest = hashlib.sha256(config.model_dump_json(exclude_defaults=True).encode()).hexdigest()
    return (RUNS if suffix == "json" else KEPT) / f"{digest[:16]}.{suffix}"


def train_missing(
    configs: Sequence[TrainingConfig], large: Sequence[TrainingConfig] = ()
) -> Iterator[Path]:
    """Train what has no record yet, and give the file of each when it has ended.

    Each core takes the next of `configs`, on one thread. A GPU takes `large` first, and then
    `configs` from the end; with no GPU, `large` is left. A run that was stopped goes on where its
    checkpoint is.
    """
    waiting, waiting_large = (
        deque(config for config in each if not kept(config)) for each in (configs, large)
    )
    cores, context = len(os.sched_getaffinity(0)), multiprocessing.get_context("spawn")
    devices = [*(["cuda"] if torch.cuda.is_available() else []), *(["cpu"] * cores)]
    with ProcessPoolExecutor(len(devices), context, torch.set_num_threads, (1,)) as pool:
        running: dict[Future[Path], str] = {}

        def begin(device: str) -> None:
            if config := next_run(device, waiting, waiting_large):
                running[pool.submit(train_kept, config, device)] = device

        for device in devices:
            begin(device)
        while running:
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                begin(running.pop(ended))
                yield ended.result()


def next_run(
    device: str, waiting: deque[TrainingConfig], large: deque[TrainingConfig]
) -> TrainingConfig | None:
    """Take what a device that is free trains next."""
    if device == "cuda" and large:
        return large.popleft()
    if not waiting:
        return None
    return waiting.pop() if device == "cuda" else waiting.popleft()


def train_kept(config: TrainingConfig, device: str) -> Path:
    """Train, from the checkpoint if there is one, and keep what came of it: the file of the record.

    The record is written last, so that what has one here has its network too.
    """
    checkpoint, path = path_of(config, "checkpoint"), path_of(config, "json")
    KEPT.mkdir(parents=True, exist_ok=True)
    trained = train(config, device=device, checkpoint=checkpoint, resume=True, show_progress=False)
    ran_on = torch.cuda.get_device_name() if device == "cuda" else str(machine()["processor"])
    result = Result(accuracy=trained.accuracy, seconds=trained.seconds, ran_on=ran_on)
    write_network(path_of(config, "npz"), trained.network, trained.provenance)
    record = RunRecord(config=config, versions=versions(), result=result)
    write_atomic(path, record.model_dump_json(indent=1, exclude_none=True).encode() + b"\n")
    checkpoint.unlink(missing_ok=True)
    click.echo(
        f"{trained.accuracy['discretized']:.2%} in {trained.seconds:.0f} s: {path}", err=True
    )
    return path
