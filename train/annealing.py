"""Temperatures over the course of training."""

import math

import numpy as np

from train.config import Annealing, TrainingSection, Windows

WINDOW = 0.25  # width of a staggered window, and
FIRST, LAST = 0.30, 0.58  # where the windows of the first and the last layer's T_c start
GATES_LATER = 0.12  # a layer's gates harden this much after its connections
SINGLE = (0.5, 0.9)  # a single layer hardens its connections and gates together
COSINE_END = 0.02  # of the learning rate, at the end of a cosine


class Schedule:
    """T_c and T_g of each layer as functions of the fraction of training that is done.

    connections, gates: (layers, 2), start and end of each layer's window
    """

    def __init__(self, annealing: Annealing, n_layers: int) -> None:
        self.shape = annealing.shape
        self.end = annealing.end
        self.connections = _by_layer(annealing.connections, n_layers, later=0.0)
        self.gates = _by_layer(annealing.gates, n_layers, later=GATES_LATER)

    @property
    def start(self) -> float:
        """The fraction of training up to which all temperatures are 1."""
        return float(min(self.connections.min(), self.gates.min()))

    def temperatures(self, progress: float) -> list[tuple[float, float]]:
        """(T_c, T_g) of each layer."""
        falls = [self._temperature(progress, windows) for windows in (self.connections, self.gates)]
        return list(zip(*falls, strict=True))

    def _temperature(self, progress: float, windows: np.ndarray) -> list[float]:
        start, end = windows.T
        done = np.clip((progress - start) / (end - start), 0, 1)
        if self.shape == "geometric":
            fallen: list[float] = (self.end**done).tolist()
        else:
            fallen = (1 + done * (self.end - 1)).tolist()
        return fallen


def learning_rate(settings: TrainingSection, progress: float) -> float:
    """The learning rate after a fraction of training."""
    if settings.schedule == "constant":
        return settings.learning_rate
    half = (1 + math.cos(math.pi * progress)) / 2
    return settings.learning_rate * (COSINE_END + (1 - COSINE_END) * half)


def _by_layer(windows: Windows, n_layers: int, *, later: float) -> np.ndarray:
    if windows != "staggered":
        return np.broadcast_to(np.array(windows), (n_layers, 2))
    if n_layers == 1:
        return np.array([SINGLE])
    start = np.linspace(FIRST, LAST, n_layers) + later
    return np.stack([start, start + WINDOW], axis=1)
