"""What the forward pass takes for a choice, and where its gradient goes.

Noise is drawn in memory, wherever the logits are, so that a seed draws the same on any device.
"""

from collections.abc import Callable
from typing import Any, Literal

import torch
from torch import Tensor
from torch.autograd import Function

Estimator = Literal["softmax", "straight-through", "gumbel"]
"""softmax: the probabilities themselves, which annealing hardens. straight-through: the most
probable alone, with the gradient of the probabilities. gumbel: the same of logits with noise, so
that alternatives are drawn as often as they are probable."""


def choose(
    logits: Tensor, temperature: float, estimator: Estimator, seed: torch.Generator
) -> Tensor:
    """One of the last dimension's entries by its logits: probabilities, or 1 and zeros.

    Only the softmax knows a temperature other than 1. There is no noise where no gradient is asked
    for.
    """
    if estimator == "softmax":
        return (logits / temperature).softmax(-1)
    soft = perturbed(logits, estimator, seed).softmax(-1)
    chosen = soft.detach().argmax(-1, keepdim=True)
    return _harden(soft, torch.zeros_like(soft).scatter_(-1, chosen, 1.0))


def perturbed(logits: Tensor, estimator: Estimator, seed: torch.Generator) -> Tensor:
    """The logits with the noise of the estimator, where a gradient is asked for."""
    if estimator == "gumbel" and torch.is_grad_enabled():
        waited = torch.empty(logits.shape).exponential_(generator=seed)
        logits = logits - waited.log().to(logits.device)
    return logits


def decide(
    logits: Tensor, temperature: float, estimator: Estimator, seed: torch.Generator
) -> Tensor:
    """Each entry one or zero by its logit: probabilities, or ones and zeros; as `choose`."""
    if estimator == "softmax":
        return (logits / temperature).sigmoid()
    if estimator == "gumbel" and torch.is_grad_enabled():
        uniform = torch.rand(logits.shape, generator=seed).clamp(1e-7, 1 - 1e-7)
        noise = uniform.logit()  # the difference of two Gumbel variables
        logits = logits + noise.to(logits.device)
    return _harden(logits.sigmoid(), (logits.detach() > 0).float())


class _Harden(Function):
    @staticmethod
    def forward(ctx: Any, soft: Tensor, hard: Tensor) -> Tensor:
        return hard

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return grads[0], None


_harden: Callable[[Tensor, Tensor], Tensor] = _Harden.apply
"""The value of the second with the gradient of the first."""
