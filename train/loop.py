"""The training loop, from a configuration to a folder with the discretised network."""

import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from connective.errors import InputError
from connective.network import Network
from train.annealing import Schedule
from train.bits import BitSet
from train.config import TrainingConfig
from train.data import Dataset, load_dataset
from train.discretize import discretize
from train.metrics import Metrics
from train.model import LogicModel, Temperatures, build_model
from train.progress import TrainingProgress
from train.refinement.phase import refine_trained
from train.resampling import resample
from train.result import TrainingResult, write_result
from train.threads import threads_for


def train(config: TrainingConfig, folder: Path, show_progress: bool = True) -> TrainingResult:
    """Train a network and write network.npz, config.toml, metrics.jsonl and curves.png.

    The same configuration gives the same network on the same machine. Raises `InputError` where
    the configuration does not fit its data, or its loss stops being a number.
    """
    started = time.perf_counter()
    dataset = load_dataset(config)
    seed = torch.Generator().manual_seed(config.seed)
    model = build_model(config, dataset.encoder.n_rows, len(dataset.class_names), seed)
    schedule = Schedule(config.annealing, len(model.layers))
    with threads_for(model, config.training.batch):
        before_annealing, history = _descend(
            config, dataset, model, schedule, seed, folder, show_progress
        )

    network = discretize(model, dataset.encoder)
    test = BitSet.encode(dataset.encoder, dataset.test_samples, dataset.test_labels)
    tested = dataset.test_samples, dataset.test_labels
    accuracy = {"relaxed": relaxed_accuracy(model, test, schedule.temperatures(1))}
    if config.refinement.changes:
        accuracy["discretized_before_refinement"] = right_share(network, *tested)
        network = refine_trained(network, config, dataset, folder, shown=show_progress)
    accuracy |= {
        "discretized": right_share(network, *tested),
        "validation_relaxed": history[-1].relaxed,
        "validation_discretized": right_share(network, *dataset.validation),
    }
    if before_annealing:
        hot = schedule.temperatures(0)
        accuracy["relaxed_before_annealing"] = relaxed_accuracy(before_annealing, test, hot)
    result = TrainingResult(network, accuracy, history, time.perf_counter() - started)
    write_result(folder, config, dataset, result)
    return result


def _descend(
    config: TrainingConfig,
    dataset: Dataset,
    model: LogicModel,
    schedule: Schedule,
    seed: torch.Generator,
    folder: Path,
    show_progress: bool,
) -> tuple[LogicModel | None, list[Metrics]]:
    """Train the model in place and measure each epoch.

    Also returns a copy from the last epoch that ended before annealing, if one did.
    """
    points = BitSet.encode(dataset.encoder, dataset.train_samples, dataset.train_labels)
    training, validation = points.split(dataset.n_validation)
    settings, resampling = config.training, config.resampling
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate, fused=True)
    steps_in_epoch = math.ceil(len(training) / settings.batch)
    steps = settings.epochs * steps_in_epoch
    resample_every = max(1, round(resampling.every * steps))

    step, history, before_annealing = 0, [], None
    with (
        TrainingProgress(steps, shown=show_progress) as progress,
        (folder / "metrics.jsonl").open("w", encoding="utf-8") as log,
    ):
        for epoch in range(1, settings.epochs + 1):
            started, loss_sum = time.perf_counter(), 0.0
            if dataset.augmentation:
                moved = dataset.epoch_samples(config.seed, epoch)
                labels = dataset.train_labels[: len(moved)]
                training = BitSet.encode(dataset.encoder, moved, labels)
            for batch in training.batches(settings.batch, seed):
                temperatures = schedule.temperatures(step / steps)
                loss = cross_entropy(model(batch.columns(), temperatures), batch.labels)
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                step, loss_sum = step + 1, loss_sum + loss.item()
                if step % resample_every == 0 and step <= resampling.until * steps:
                    for layer, (temperature, _) in zip(model.layers, temperatures, strict=True):
                        resample(layer, temperature, resampling, optimizer, seed)
                progress.advance()

            if not math.isfinite(loss_sum):
                raise InputError(
                    f"training.learning_rate is {settings.learning_rate}: the loss is no longer a "
                    f"number in epoch {epoch}; lower it, or raise training.tau"
                )
            temperatures = schedule.temperatures(step / steps)
            metrics = Metrics(
                epoch=epoch,
                loss=loss_sum / steps_in_epoch,
                relaxed=relaxed_accuracy(model, validation, temperatures),
                discretized=right_share(discretize(model, dataset.encoder), *dataset.validation),
                connection_temperatures=[connections for connections, _ in temperatures],
                gate_temperatures=[gates for _, gates in temperatures],
                seconds=time.perf_counter() - started,
            )
            history.append(metrics)
            log.write(json.dumps(metrics.record()) + "\n")
            log.flush()
            progress.show(metrics)
            if step <= schedule.start * steps:
                before_annealing = copy.deepcopy(model)
    return before_annealing, history


@torch.no_grad()
def relaxed_accuracy(model: LogicModel, points: BitSet, temperatures: Temperatures) -> float:
    """The share of points that the model labels rightly with its mixtures as they are."""
    right = 0
    for batch in points.batches(4096):
        right += int((model(batch.columns(), temperatures).argmax(1) == batch.labels).sum())
    return right / len(points)


def right_share(network: Network, samples: NDArray[np.integer], labels: NDArray[np.int64]) -> float:
    """The share of the samples that a discretised network labels rightly."""
    return float((network.predict(samples) == labels).mean())
