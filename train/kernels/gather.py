"""The layer's arithmetic where x is: Numba's kernel in memory, one compiled by torch elsewhere."""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from train.kernels import compiled
from train.kernels.plain import apply_gates


def mix_gather(x: Tensor, candidates: Tensor, choice: Tensor, table: Tensor) -> Tensor:
    """As `train.kernels.plain.mix_gather`; x is float32 and candidates are int32."""
    kernel = compiled.mix_gather if x.is_cpu else fused()
    return kernel(x, candidates, choice, table)


@cache
def fused() -> Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]:
    """`mix_products` compiled, once for layers of all sizes; its import takes seconds."""
    return torch.compile(mix_products, dynamic=True)


def mix_products(x: Tensor, candidates: Tensor, choice: Tensor, table: Tensor) -> Tensor:
    """As `mix_gather`, in operations that fuse, forwards and backwards.

    The plain twin's matrix product would have all gathered rows in memory, (gates, k, candidates,
    batch), and keep them for the gradient.
    """
    mixed = (choice[..., None] * x[candidates]).sum(2)  # (gates, k, batch)
    return apply_gates(mixed.transpose(0, 1), table)
