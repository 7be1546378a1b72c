"""What a training run gives, and the folder that it is written to."""

import platform
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import torch

from connective import __version__
from connective.network import Network
from connective.network_file import write_network
from train.config import TrainingConfig
from train.config_file import config_toml
from train.curves import draw_curves
from train.data import Dataset
from train.metrics import Metrics


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """The discretised network and how it came about.

    accuracy: shares of right answers: `relaxed` and `discretized` on the test set, before and
        after all choices are made, `validation_…` the same on the validation part, and, where an
        epoch ended before annealing, `relaxed_before_annealing` on the test set after the last one
    """

    network: Network
    accuracy: dict[str, float]
    history: list[Metrics]
    seconds: float


def write_result(
    folder: Path, config: TrainingConfig, dataset: Dataset, result: TrainingResult
) -> None:
    """Write network.npz with its provenance, config.toml and curves.png."""
    provenance = {
        "config": config.model_dump(mode="json", exclude_none=True),
        "data": dataset.provenance,
        "accuracy": result.accuracy,
        "versions": {
            "connective": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numba": numba.__version__,
            "numpy": np.__version__,
        },
    }
    (folder / "config.toml").write_text(config_toml(config), encoding="utf-8")
    draw_curves(result.history, folder / "curves.png")
    write_network(folder / "network.npz", result.network, provenance)
