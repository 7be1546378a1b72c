"""The training loop, from a configuration to a folder with the discretised network."""

import copy
import json
import math
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import torch
from torch.nn.functional import cross_entropy

from connective import __version__
from connective.errors import InputError
from connective.network import Network
from connective.network_file import write_network
from train.annealing import Schedule
from train.bits import BitSet
from train.config import TrainingConfig
from train.config_file import config_toml
from train.curves import draw_curves
from train.data import Dataset, load_dataset
from train.discretize import discretize
from train.metrics import Metrics
from train.model import LogicModel, Temperatures, build_model
from train.progress import TrainingProgress
from train.resampling import resample


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """What `train` returns and writes.

    accuracy: shares of right answers: `relaxed` and `discretized` on the test set, before and
        after all choices are made, `relaxed_before_annealing` on the test set with the parameters
        of the last epoch at temperature 1, and `validation_…` on the validation part
    """

    network: Network
    accuracy: dict[str, float]
    history: list[Metrics]
    seconds: float


def train(config: TrainingConfig, folder: Path, show_progress: bool = True) -> TrainingResult:
    """Train a network and write network.npz, config.toml, metrics.jsonl and curves.png.

    The same configuration gives the same network on the same machine. Raises `InputError` where
    the configuration does not fit its data, or its loss stops being a number.
    """
    started = time.perf_counter()
    dataset = load_dataset(config)
    seed = torch.Generator().manual_seed(config.seed)
    model = build_model(config, dataset.encoder.n_rows, len(dataset.class_names), seed)
    before_annealing, history = _descend(config, dataset, model, seed, folder, show_progress)

    network = discretize(model, dataset.encoder)
    test = BitSet.encode(dataset.encoder, dataset.test_samples, dataset.test_labels)
    schedule = Schedule(config.annealing, len(model.layers))
    accuracy = {
        "relaxed": relaxed_accuracy(model, test, schedule.temperatures(1)),
        "relaxed_before_annealing": relaxed_accuracy(
            before_annealing, test, schedule.temperatures(0)
        ),
        "discretized": _share(network.predict(dataset.test_samples) == dataset.test_labels),
        "validation_relaxed": history[-1].relaxed,
        "validation_discretized": history[-1].discretized,
    }
    seconds = time.perf_counter() - started
    provenance = {
        "config": config.model_dump(mode="json", exclude_none=True),
        "data": {"description": dataset.description, "sha256": dataset.digest},
        "accuracy": accuracy,
        "seconds": seconds,
        "versions": {
            "connective": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numba": numba.__version__,
            "numpy": np.__version__,
        },
    }
    (folder / "config.toml").write_text(config_toml(config), encoding="utf-8")
    draw_curves(history, folder / "curves.png")
    write_network(folder / "network.npz", network, provenance)
    return TrainingResult(network, accuracy, history, seconds)


def _descend(
    config: TrainingConfig,
    dataset: Dataset,
    model: LogicModel,
    seed: torch.Generator,
    folder: Path,
    show_progress: bool,
) -> tuple[LogicModel, list[Metrics]]:
    """Train the model in place; return it as it was before annealing, and each epoch's metrics."""
    settings = config.training
    points = BitSet.encode(dataset.encoder, dataset.train_samples, dataset.train_labels)
    training, validation = points.split(dataset.n_validation)
    schedule = Schedule(config.annealing, len(model.layers))
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate, fused=True)
    steps_in_epoch = math.ceil(len(training) / settings.batch)
    steps = settings.epochs * steps_in_epoch
    resample_every = max(1, round(config.resampling.every * steps))

    history: list[Metrics] = []
    before_annealing = copy.deepcopy(model)
    step = 0
    with (
        TrainingProgress(steps, shown=show_progress) as progress,
        (folder / "metrics.jsonl").open("w", encoding="utf-8") as log,
    ):
        for epoch in range(1, settings.epochs + 1):
            epoch_started = time.perf_counter()
            total_loss = 0.0
            for batch in training.batches(settings.batch, seed):
                temperatures = schedule.temperatures(step / steps)
                loss = cross_entropy(model(batch.columns(), temperatures), batch.labels)
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                total_loss += loss.item()
                step += 1
                if step % resample_every == 0 and step <= config.resampling.until * steps:
                    for layer, (temperature, _) in zip(model.layers, temperatures, strict=True):
                        resample(layer, temperature, config.resampling, optimizer, seed)
                progress.advance()
            if not math.isfinite(total_loss):
                raise InputError(
                    f"training.learning_rate is {settings.learning_rate}: the loss is no longer a "
                    f"number in epoch {epoch}; lower it, or raise training.tau"
                )
            temperatures = schedule.temperatures(step / steps)
            network = discretize(model, dataset.encoder)
            samples, labels = dataset.validation
            history.append(
                Metrics(
                    epoch=epoch,
                    loss=total_loss / steps_in_epoch,
                    relaxed=relaxed_accuracy(model, validation, temperatures),
                    discretized=_share(network.predict(samples) == labels),
                    connection_temperatures=[connections for connections, _ in temperatures],
                    gate_temperatures=[gates for _, gates in temperatures],
                    seconds=time.perf_counter() - epoch_started,
                )
            )
            if step <= schedule.start * steps:
                before_annealing = copy.deepcopy(model)
            log.write(json.dumps(history[-1].record()) + "\n")
            log.flush()
            progress.show(history[-1])
    return before_annealing, history


@torch.no_grad()
def relaxed_accuracy(model: LogicModel, points: BitSet, temperatures: Temperatures) -> float:
    """The share of points that the model labels rightly with its mixtures as they are."""
    right = 0
    for batch in points.batches(4096):
        right += int((model(batch.columns(), temperatures).argmax(1) == batch.labels).sum())
    return right / len(points)


def _share(right: np.ndarray) -> float:
    return float(right.mean())
