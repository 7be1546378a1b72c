"""Small runs that are killed at a step, and that go on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from train import checkpoint
from train.checkpoint import Checkpoint, Position
from train.config import TrainingConfig
from train.config_file import parse_config
from train.loop import train
from train.result import TrainingResult

VALUES: dict[str, object] = {
    "data": {"name": "yin-yang", "training_points": 640, "test_points": 200},
    "network": {"layers": [16, 12], "candidates": [6, 4]},
    "training": {"epochs": 8, "batch": 64, "tau": 1},
}


class Killed(BaseException):
    """Stands for a SIGKILL, within the process."""


def count_saves(monkeypatch: pytest.MonkeyPatch, error: type[BaseException] = Killed) -> list[int]:
    """Have checkpoints at each step, and a run killed after as many as the list's entry says."""
    left: list[int] = []
    save = Checkpoint.save

    def counted(self: Checkpoint, arrays: Mapping[str, NDArray[Any]], position: Position) -> None:
        save(self, arrays, position)
        if left:
            left[0] -= 1
            if not left[0]:
                raise error

    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "SHARE", np.inf)
    monkeypatch.setattr(Checkpoint, "save", counted)
    return left


def config(**sections: object) -> TrainingConfig:
    return parse_config(VALUES | sections, "net.toml")


def resumed(settings: TrainingConfig, path: Path) -> TrainingResult:
    return train(settings, checkpoint=path, resume=True, show_progress=False)
