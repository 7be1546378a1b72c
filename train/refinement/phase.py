"""The search as the second phase of a training run: its bar, its log, its checkpoints."""

from dataclasses import replace

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from connective.network import Network
from train.checkpoint import Arrays, Checkpoint, Position, SearchPosition, SweepRecord
from train.config import TrainingConfig
from train.data import Dataset
from train.refinement.search import Sweep, refine
from train.state import State


def refine_trained(
    network: Network,
    config: TrainingConfig,
    dataset: Dataset,
    state: State,
    checkpoint: Checkpoint,
    *,
    saved: tuple[Arrays, Position] | None,
    shown: bool,
) -> tuple[Network, list[SweepRecord]]:
    """The network after the search that the configuration asks for, and a record a sweep.

    The search goes on where it was saved. `state` is the end of the training, kept beside it.
    """
    settings = config.refinement
    labels, epochs = dataset.train_labels[: dataset.n_training], config.training.epochs
    arrays, search = (saved[0], saved[1].search) if saved else ({}, None)
    after = _last_sweep(network, arrays, search) if search else None
    log = list(search.log) if search else []
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not (shown and console.is_terminal),
    )
    with bar:
        task = bar.add_task("refinement", total=settings.sweeps)

        def report(done: Sweep) -> None:
            log.append(
                SweepRecord(
                    sweep=done.number, made=done.made, gates=done.gates, discretized=done.accuracy
                )
            )
            text = f"refinement, validation {done.accuracy:.2%}, {done.gates} gates"
            bar.update(task, completed=done.number, description=text)
            if checkpoint.due:
                position = SearchPosition(merit=done.merit, waited=done.waited, log=log)
                checkpoint.save(state.arrays() | _arrays(done), state.position(position))

        refined = refine(
            network,
            config.network.layers,
            lambda sweep: (dataset.epoch_samples(config.seed, epochs + sweep), labels),
            dataset.validation,
            settings,
            tau=settings.tau or state.model.tau,
            seed=config.seed,
            threads=torch.get_num_threads(),
            after=after,
            report=report,
        )
    return refined, log


def _arrays(done: Sweep) -> Arrays:
    """What the search changes of its networks."""
    return {
        f"search.{name}.{field}": getattr(network, field)
        for name, network in (("now", done.network), ("best", done.best))
        for field in ("fanin", "table")
    }


def _last_sweep(network: Network, arrays: Arrays, position: SearchPosition) -> Sweep:
    """The sweep that was saved, of a search that began with this network."""
    now, best = (
        replace(network, fanin=arrays[f"search.{name}.fanin"], table=arrays[f"search.{name}.table"])
        for name in ("now", "best")
    )
    last = position.log[-1]
    return Sweep(
        number=last.sweep,
        made=last.made,
        gates=last.gates,
        accuracy=last.discretized,
        network=now,
        best=best,
        merit=position.merit,
        waited=position.waited,
    )
