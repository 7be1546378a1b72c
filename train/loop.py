"""The training loop, from a configuration to the discretised network."""

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from connective.errors import InputError
from connective.network import Network
from train.annealing import Schedule, learning_rate
from train.bits import BitSet
from train.checkpoint import Checkpoint, SweepRecord
from train.config import TrainingConfig
from train.data import Dataset, load_dataset
from train.discretize import discretize
from train.distributed import add_up, own_part
from train.memory import keep_freed_memory
from train.metrics import Metrics, best_epoch
from train.model import LogicModel, Temperatures, build_model
from train.progress import TrainingProgress
from train.refinement.phase import refine_trained
from train.resampling import resample
from train.result import TrainingResult
from train.state import State
from train.stopping import check_windows, first_hardened_epoch
from train.threads import threads_for


def train(
    config: TrainingConfig,
    *,
    device: str = "cpu",
    checkpoint: Path | None = None,
    resume: bool = False,
    show_progress: bool = True,
) -> TrainingResult:
    """Train a network and measure it on the test set.

    The same configuration gives the same network on the same machine; not on a GPU, which adds in
    any order. With a path, the run keeps its state in a file there, and with `resume` it goes on
    from such a file, if there is one, to the same result. Raises `InputError` where the
    configuration does not fit its data or the file, or the loss stops being a number.
    """
    if checkpoint and checkpoint.exists() and not resume:
        raise InputError(
            f"{checkpoint} is of a run that was interrupted: add --resume to go on from it, or "
            "remove it to start anew"
        )
    dataset = load_dataset(config)
    file = Checkpoint(checkpoint, config, dataset, device)
    state, network, sweeps = learn(
        config, dataset, file, device=device, resume=resume, shown=show_progress
    )

    schedule = Schedule(config.annealing, len(config.network.layers))
    cold, hot = schedule.temperatures(1), schedule.temperatures(0)
    tested = dataset.test_samples, dataset.test_labels
    validation = BitSet.encode(dataset.encoder, *dataset.validation, state.model.device)
    test = BitSet.encode(dataset.encoder, *tested, state.model.device)
    accuracy = {"relaxed": relaxed_accuracy(state.model, test, cold)}
    if sweeps:
        unrefined = discretize(state.model, dataset.encoder)
        accuracy["discretized_before_refinement"] = right_share(unrefined, *tested)
    accuracy |= {
        "discretized": right_share(network, *tested),
        "validation_relaxed": relaxed_accuracy(state.model, validation, cold),
        "validation_discretized": right_share(network, *dataset.validation),
    }
    if state.recall("before annealing"):
        accuracy["relaxed_before_annealing"] = relaxed_accuracy(state.model, test, hot)
    return TrainingResult(
        config=config,
        device=device,
        data=dataset.provenance,
        network=network,
        accuracy=accuracy,
        history=state.history,
        sweeps=sweeps,
        seconds=state.seconds,
    )


def learn(
    config: TrainingConfig,
    dataset: Dataset,
    checkpoint: Checkpoint,
    *,
    device: str = "cpu",
    resume: bool,
    shown: bool,
) -> tuple[State, Network, list[SweepRecord]]:
    """Train a model, discretise it, and refine that where the configuration says so.

    The test set is not looked at.
    """
    generator = torch.Generator().manual_seed(config.seed)
    model = build_model(config, dataset.encoder.n_rows, len(dataset.class_names), generator)
    model.to(device)  # all is drawn in memory, the same for any device
    rate = config.training.learning_rate
    optimizer = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    state = State(model, optimizer, generator)
    saved = checkpoint.load() if resume else None
    if saved:
        try:
            state.restore(*saved)
        except (KeyError, RuntimeError):
            raise InputError(
                f"{checkpoint.path} lacks a part of this model: remove it and train from the start"
            ) from None
    if not state.descended:
        keep_freed_memory()
        with threads_for(model, config.training.batch):
            descend(config, dataset, state, checkpoint, shown=shown)
    network = discretize(model, dataset.encoder)
    if not config.refinement.sweeps:
        return state, network, []
    network, sweeps = refine_trained(
        network, config, dataset, state, checkpoint, saved=saved, shown=shown
    )
    return state, network, sweeps


def descend(
    config: TrainingConfig, dataset: Dataset, state: State, checkpoint: Checkpoint, *, shown: bool
) -> None:
    """Train the model in place, from where its state is, and measure each epoch.

    The state keeps the model of the last epoch that ended before annealing, if one did, as
    "before annealing". Raises `InputError` where the loss or a parameter stops being a number.
    """
    model, settings, resampling = state.model, config.training, config.resampling
    device = model.device
    points = BitSet.encode(dataset.encoder, dataset.train_samples, dataset.train_labels, device)
    training, validation = points[: dataset.n_training], points[-dataset.n_validation :]
    schedule = Schedule(config.annealing, len(model.layers))
    steps_in_epoch = math.ceil(len(training) / settings.batch)
    steps = settings.epochs * steps_in_epoch
    resample_every = max(1, round(resampling.every * steps))
    check_windows(config, schedule, steps)
    hardened = first_hardened_epoch(config, schedule)

    with TrainingProgress(steps, state.step, shown=shown) as progress:
        for epoch in range(state.step // steps_in_epoch + 1, settings.epochs + 1):
            if dataset.augmentation:
                moved = dataset.epoch_samples(config.seed, epoch)
                labels = dataset.train_labels[: len(moved)]
                training = BitSet.encode(dataset.encoder, moved, labels, device)
            order = state.begin_epoch(len(training)).to(device)
            batches = torch.split(order, settings.batch)
            for indices in batches[state.step % steps_in_epoch :]:
                if checkpoint.due:
                    _check_finite(state, epoch, settings.learning_rate)
                    checkpoint.save(state.arrays(), state.position())
                temperatures = schedule.temperatures(state.step / steps)
                part, weight = own_part(indices)
                batch = training[part]
                logits = model(batch.columns(), temperatures)
                loss = cross_entropy(logits, batch.labels, reduction="sum") * weight / len(indices)
                state.optimizer.zero_grad()
                torch.autograd.backward(loss)
                state.loss_sum += add_up(loss, model)
                for group in state.optimizer.param_groups:
                    group["lr"] = learning_rate(settings, state.step / steps)
                state.optimizer.step()
                state.step += 1
                if state.step % resample_every == 0 and state.step <= resampling.until * steps:
                    for layer, (temperature, _) in zip(model.layers, temperatures, strict=True):
                        resample(layer, temperature, resampling, state.optimizer, state.generator)
                progress.advance()

            _check_finite(state, epoch, settings.learning_rate)
            trained_in = state.epoch_seconds
            temperatures = schedule.temperatures(state.step / steps)
            network = discretize(model, dataset.encoder)
            metrics = Metrics(
                epoch=epoch,
                loss=state.loss_sum.item() / steps_in_epoch,
                relaxed=relaxed_accuracy(model, validation, temperatures),
                discretized=right_share(network, *dataset.validation),
                unused_gates=int((~network.used[network.n_inputs :]).sum()),
                connection_temperatures=[connections for connections, _ in temperatures],
                gate_temperatures=[gates for _, gates in temperatures],
                samples_per_second=len(training) / trained_in,
                seconds=state.epoch_seconds,
            )
            state.history.append(metrics)
            progress.show(metrics)
            if state.step <= schedule.start * steps:
                state.keep("before annealing")
            if settings.patience is not None and epoch >= hardened:
                best = best_epoch(state.history, hardened)
                if best is metrics:
                    state.keep("best")
                elif epoch - best.epoch >= settings.patience:
                    break
    state.recall("best")
    state.descended = True


def _check_finite(state: State, epoch: int, learning_rate: float) -> None:
    parameters = all(bool(parameter.isfinite().all()) for parameter in state.model.parameters())
    if not (math.isfinite(state.loss_sum) and parameters):
        raise InputError(
            f"training.learning_rate is {learning_rate}: the loss is no longer a number in epoch "
            f"{epoch}; lower it, or raise training.tau"
        )


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
