"""Early stopping and too few steps: what annealing asks of the number of epochs."""

import math

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from train.annealing import Schedule
from train.config import TrainingConfig


def first_hardened_epoch(config: TrainingConfig, schedule: Schedule) -> int:
    """The first epoch at whose end all temperatures have fallen.

    Before, the discretised accuracy says little of what it will be, so early stopping waits for
    it. Raises `InputError` where so few epochs follow that it could never stop.
    """
    windows = _annealed(config, schedule).values()
    end = max((float(layers.max()) for layers in windows), default=0.0)
    epochs, patience = config.training.epochs, config.training.patience
    first = max(1, math.ceil(end * epochs - 1e-9))
    if patience is not None and epochs - first < patience:
        raise InputError(
            f"training.patience is {patience}, but of the {epochs} epochs only {epochs - first} "
            f"follow the one in which annealing ends, at {end:g} of the training: end annealing "
            "earlier, lower training.patience or raise training.epochs"
        )
    return first


def check_windows(config: TrainingConfig, schedule: Schedule, steps: int) -> None:
    """Raise `InputError` where a temperature would fall from 1 to its end between two steps."""
    for name, windows in _annealed(config, schedule).items():
        for layer, (start, end) in enumerate(windows):
            if (end - start) * steps < 1:
                raise InputError(
                    f"training.epochs is {config.training.epochs}, which is {steps} steps, too few "
                    f"to anneal the {name} of layer {layer} from {start:g} to {end:g} of the "
                    "training: raise it, or lower training.batch"
                )


def _annealed(config: TrainingConfig, schedule: Schedule) -> dict[str, NDArray[np.float64]]:
    """The windows that matter, (layers, 2): those of a softmax."""
    windows = {"connections": schedule.connections, "gates": schedule.gates}
    return {
        name: layers
        for name, layers in windows.items()
        if getattr(config.estimator, name) == "softmax"
    }
