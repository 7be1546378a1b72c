"""Training runs of a benchmark: on all cores, and kept, so that a stopped benchmark goes on."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import torch

from connective.folder import write_atomic
from train.config import TrainingConfig
from train.config_file import config_toml, load_config
from train.loop import train

EXAMPLES = Path(__file__).parent.parent / "examples"
KEPT = Path("build") / "runs"
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Case:
    """A configuration in examples/ with settings changed, and what it is called in a table."""

    name: str
    example: str
    changes: tuple[str, ...] = ()

    def config(self, seed: int) -> TrainingConfig:
        return load_config(EXAMPLES / f"{self.example}.toml", [*self.changes, f"seed={seed}"])


@dataclass(frozen=True)
class Result:
    """Shares of right answers as `TrainingResult.accuracy` has them; seconds of the whole run."""

    accuracy: dict[str, float]
    seconds: float


def results(cases: Sequence[Case]) -> list[list[Result]]:
    """A result for each case and seed, from runs on one thread, as many at a time as cores.

    What build/runs has is not trained again; that folder is to be removed where training changed.
    """
    configs = [case.config(seed) for case in cases for seed in SEEDS]
    cores, context = len(os.sched_getaffinity(0)), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, context, torch.set_num_threads, (1,)) as pool:
        flat = list(pool.map(_result, configs))
    return [flat[i : i + len(SEEDS)] for i in range(0, len(flat), len(SEEDS))]


def _result(config: TrainingConfig) -> Result:
    text = config_toml(config)
    path = KEPT / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    if path.exists():
        return Result(**json.loads(path.read_text(encoding="utf-8"))["result"])
    trained = train(config, show_progress=False)
    result = Result(trained.accuracy, trained.seconds)
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"config": text, "result": asdict(result)}
    write_atomic(path, json.dumps(record, indent=1).encode())
    click.echo(
        f"{trained.accuracy['discretized']:.2%} in {trained.seconds:.0f} s: {path}", err=True
    )
    return result
