"""Data-parallel training: processes that torchrun started take parts of each batch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from connective.errors import InputError


@contextmanager
def process_group(device: str) -> Iterator[None]:
    """Join the processes that torchrun started, if it did; on "cuda", each with a GPU of its own.

    Raises `InputError` where there is none for it.
    """
    launched = dist.is_torchelastic_launched()
    if device == "cuda":
        _take_gpu(int(os.environ["LOCAL_RANK"]) if launched else 0)
    if not launched:
        yield
        return
    # A checkpoint goes round in memory. Left out, the backend would be that of the machine alone.
    dist.init_process_group("gloo" if device == "cpu" else "cpu:gloo,cuda:nccl")
    try:
        yield
    finally:
        dist.destroy_process_group()


def _take_gpu(number: int) -> None:
    """Make "cuda" the GPU of that number."""
    if torch.version.cuda is None:
        raise InputError(
            f"--device is cuda, but PyTorch {torch.__version__} is built without CUDA: install a "
            "build with it, or leave --device out"
        )
    there = torch.cuda.device_count()
    if number >= there:
        raise InputError(
            f"--device is cuda, but PyTorch sees {there} GPUs and process {number} of this machine "
            "needs one of its own: start fewer processes, look into nvidia-smi, or leave --device "
            "out"
        )
    torch.cuda.set_device(number)


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
def add_up(loss: Tensor, model: nn.Module) -> Tensor:
    """The loss, summed as the gradients are over the processes, so that each has the batch's."""
    if not dist.is_initialized():
        return loss.detach()
    grads = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    parts = [loss.detach(), *grads]
    together = torch.cat([part.flatten() for part in parts])
    dist.all_reduce(together)
    totals = torch.split(together, [part.numel() for part in parts])
    for part, total in zip(parts, totals, strict=True):
        part.copy_(total.view_as(part))
    return parts[0]


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
