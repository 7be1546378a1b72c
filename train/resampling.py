"""New candidates in the place of those that a gate's input gave up."""

import math

import torch
from torch import Tensor
from torch.optim import Optimizer

from train.config import Resampling
from train.layer import LogicLayer

MIN_TEMPERATURE = 0.3  # below this T_c a layer has chosen, and newcomers would only disturb


@torch.no_grad()
def resample(
    layer: LogicLayer,
    temperature: float,
    settings: Resampling,
    optimizer: Optimizer,
    seed: torch.Generator,
) -> int:
    """Replace candidates whose probability is below `threshold` times the greatest of their input.

    A newcomer is a uniform row that is not among the input's candidates yet; its logit starts
    `margin` temperatures below the input's greatest, where it takes little from the others, and
    its moments in Adam at 0. Returns the number of newcomers.
    """
    if layer.connection_estimator != "softmax":
        temperature = 1.0
    if layer.reads_all or temperature <= MIN_TEMPERATURE:
        return 0
    logits = layer.connection_logits
    best = logits.amax(-1, keepdim=True)
    given_up = (logits - best) / temperature < math.log(settings.threshold)
    gate, pin, slot = given_up.nonzero(as_tuple=True)
    newcomers = torch.randint(
        layer.n_inputs, gate.shape, generator=seed, dtype=layer.candidates.dtype
    ).to(gate.device)
    fresh = (layer.candidates[gate, pin] != newcomers[:, None]).all(-1)
    fresh &= _first_of_input(gate * logits.shape[1] + pin, newcomers)
    gate, pin, slot, newcomers = gate[fresh], pin[fresh], slot[fresh], newcomers[fresh]
    layer.candidates[gate, pin, slot] = newcomers
    logits[gate, pin, slot] = best[gate, pin, 0] - settings.margin * temperature
    for name in ("exp_avg", "exp_avg_sq"):
        optimizer.state[logits][name][gate, pin, slot] = 0
    return len(newcomers)


def _first_of_input(pins: Tensor, newcomers: Tensor) -> Tensor:
    """Whether no earlier entry has the same pin and the same newcomer, (entries,)."""
    key = pins.to(torch.int64) << 32 | newcomers
    order = key.argsort(stable=True)
    repeats = torch.zeros_like(key, dtype=torch.bool)
    repeats[order[1:]] = key[order[1:]] == key[order[:-1]]
    return ~repeats
