"""The search as the second phase of a training run: its bar, its log, its place in the folder."""

import json
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from connective.network import Network
from train.config import TrainingConfig
from train.data import Dataset
from train.refinement.search import Round, refine

TAU = 0.6  # of the training's: a sharper loss sees more of the labels
LOG = "refinement.jsonl"


def refine_trained(
    network: Network, config: TrainingConfig, dataset: Dataset, folder: Path, *, shown: bool
) -> Network:
    """The network after the search that the configuration asks for; each round is a line in LOG."""
    settings = config.refinement
    n_training = len(dataset.train_labels) - dataset.n_validation
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not shown,
    )
    with bar, (folder / LOG).open("w", encoding="utf-8") as log:
        task = bar.add_task("refinement", total=settings.changes)

        def report(done: Round) -> None:
            record = {"round": done.number, "made": done.made, "gates": done.gates}
            log.write(json.dumps(record | {"discretized": done.accuracy}) + "\n")
            log.flush()
            text = f"refinement, validation {done.accuracy:.2%}, {done.gates} gates"
            bar.update(task, completed=done.number * settings.round, description=text)

        return refine(
            network,
            (dataset.train_samples[:n_training], dataset.train_labels[:n_training]),
            dataset.validation,
            settings,
            tau=settings.tau or TAU * config.training.tau,
            seed=config.seed,
            threads=torch.get_num_threads(),
            report=report,
        )
