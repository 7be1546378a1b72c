"""Layers of gates, and the class sums that read the last of them."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from train.config import TrainingConfig
from train.layer import LogicLayer

USUAL_TAU = 0.2  # times the root of the gates that a class sums
ROUNDING = 1e-6  # of a temperature at the end of its fall

Temperatures = Sequence[tuple[float, float]]
"""T_c and T_g of each layer."""


class LogicModel(nn.Module):
    """Input bits (rows, batch) to logits (batch, classes): the class's popcount over tau.

    Where tau is learned, its logarithm is a parameter, so that it stays positive.
    """

    def __init__(
        self,
        layers: Sequence[LogicLayer],
        n_classes: int,
        tau: float,
        *,
        learns_tau: bool = False,
    ) -> None:
        super().__init__()
        self.layers = tuple(layers)
        self.registered = nn.ModuleList(layers)  # for parameters(), which looks into no tuple
        self.n_classes = n_classes
        self.log_tau = nn.Parameter(torch.tensor(math.log(tau))) if learns_tau else None
        self.fixed_tau = tau

    @property
    def device(self) -> torch.device:
        return self.layers[0].connection_logits.device

    @property
    def tau(self) -> float:
        return self.fixed_tau if self.log_tau is None else math.exp(self.log_tau.item())

    def forward(self, x: Tensor, temperatures: Temperatures) -> Tensor:
        if len(self.layers) == 1:
            sums = self.layers[0].class_sums(x, temperatures[0][1], self.n_classes)
            if sums is not None:
                return self._logits(sums)
        for layer, (connections, gates) in zip(self.layers, temperatures, strict=True):
            x = layer(x, connections, gates)
        return self._logits(self.group_sum(x))

    def _logits(self, sums: Tensor) -> Tensor:
        return sums / (self.fixed_tau if self.log_tau is None else self.log_tau.exp())

    def group_sum(self, x: Tensor) -> Tensor:
        """Sums (batch, classes) of consecutive, equally large groups of rows (gates, batch)."""
        return x.view(self.n_classes, -1, x.shape[1]).sum(1).T


def build_model(
    config: TrainingConfig, n_inputs: int, n_classes: int, seed: torch.Generator
) -> LogicModel:
    """A model with drawn candidates and initial logits."""
    layers: list[LogicLayer] = []
    for width, candidates in zip(
        config.network.layers, config.network.candidates_of_layer, strict=True
    ):
        is_last = len(layers) + 1 == len(config.network.layers)  # has no one to adapt to it
        freezes = config.annealing.freeze and not is_last
        count = n_inputs if candidates == "all" else candidates
        layer = LogicLayer(
            n_inputs,
            width,
            count,
            config.network.gates,
            seed,
            fanin=config.network.inputs,
            draw=config.network.draw,
            start=config.network.start,
            connection_estimator=config.estimator.connections,
            gate_estimator=config.estimator.gates,
            frozen_at=(1 + ROUNDING) * config.annealing.end if freezes else 0.0,
        )
        layers.append(layer)
        n_inputs = width
    tau = config.training.tau
    start = tau if isinstance(tau, float) else USUAL_TAU * math.sqrt(n_inputs / n_classes)
    return LogicModel(layers, n_classes, start, learns_tau=tau == "learned")
