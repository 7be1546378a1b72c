"""Equations (1) and (2) of the paper written down in torch as they stand: what is compared with."""

import torch
from torch import Tensor, nn

from train.layer import LogicLayer
from train.model import LogicModel


class NaiveLayer(nn.Module):
    """Gathers [batch, gates, 2, candidates] and stacks sixteen gates to [batch, gates, 16]."""

    def __init__(self, like: LogicLayer) -> None:
        super().__init__()
        self.candidates = like.candidates.long()
        self.connection_logits = nn.Parameter(like.connection_logits.detach().clone())
        self.gate_logits = nn.Parameter(like.gate_logits.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """Outputs (batch, gates) for x (batch, features)."""
        mixed = (x[:, self.candidates] * self.connection_logits.softmax(-1)).sum(-1)
        functions = sixteen_functions(mixed[..., 0], mixed[..., 1])
        return (functions * self.gate_logits.softmax(-1)).sum(-1)


class NaiveModel(nn.Module):
    """The model's layers, naively, with the same parameters; gates are softmax gates."""

    def __init__(self, like: LogicModel) -> None:
        super().__init__()
        self.layers = nn.Sequential(*(NaiveLayer(layer) for layer in like.layers))
        self.n_classes = like.n_classes
        self.tau = like.tau

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, classes) for x (batch, features)."""
        scores: Tensor = self.layers(x).unflatten(-1, (self.n_classes, -1)).sum(-1)
        return scores / self.tau


def sixteen_functions(a: Tensor, b: Tensor) -> Tensor:
    """Each function of two inputs computed alone, (…, 16), in the order of truth tables 0 to 15."""
    zero, one = torch.zeros_like(a), torch.ones_like(a)
    return torch.stack(
        [
            zero,
            1 - (a + b - a * b),
            a - a * b,
            1 - b,
            b - a * b,
            1 - a,
            a + b - 2 * a * b,
            1 - a * b,
            a * b,
            1 - (a + b - 2 * a * b),
            a,
            1 - b + a * b,
            b,
            1 - a + a * b,
            a + b - a * b,
            one,
        ],
        dim=-1,
    )
