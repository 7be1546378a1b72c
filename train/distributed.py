"""Data-parallel training: processes that torchrun started take parts of each batch."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn


@contextmanager
def process_group() -> Iterator[None]:
    """Join the processes that torchrun started, if it did."""
    if not dist.is_torchelastic_launched():
        yield
        return
    dist.init_process_group()  # gloo for tensors in memory, NCCL for those on a GPU
    try:
        yield
    finally:
        dist.destroy_process_group()


def is_first() -> bool:
    """Whether this process is the one that writes and shows."""
    return not dist.is_initialized() or dist.get_rank() == 0


def own_part(batch: Tensor) -> tuple[Tensor, float]:
    """This process's indices of a batch's, and what its loss counts.

    Where a batch is too small for all, one is taken that counts 0, so that the same parameters
    have a gradient everywhere.
    """
    if not dist.is_initialized():
        return batch, 1.0
    part = batch[dist.get_rank() :: dist.get_world_size()]
    return (part, 1.0) if len(part) else (batch[:1], 0.0)


@torch.no_grad()
def add_up(loss: Tensor, model: nn.Module) -> float:
    """Sum the loss and the gradients over the processes, so that each has the whole batch's."""
    if not dist.is_initialized():
        return loss.item()
    grads = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    parts = [loss.detach(), *grads]
    together = torch.cat([part.flatten() for part in parts])
    dist.all_reduce(together)
    totals = torch.split(together, [part.numel() for part in parts])
    for part, total in zip(parts, totals, strict=True):
        part.copy_(total.view_as(part))
    return parts[0].item()


def from_first(content: bytes | None) -> bytes | None:
    """The bytes that the first process has, or None, whatever the others have."""
    if not dist.is_initialized():
        return content
    length = torch.tensor(-1 if content is None else len(content))
    dist.broadcast(length, src=0)
    if length < 0:
        return None
    held = torch.empty(int(length), dtype=torch.uint8)
    if content is not None and is_first():
        held = torch.from_numpy(np.frombuffer(content, dtype=np.uint8).copy())
    dist.broadcast(held, src=0)
    return held.numpy().tobytes()
