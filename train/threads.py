"""How many threads a training run is worth."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from train.model import LogicModel

SMALL = 1 << 24  # multiply-adds of a forward pass that one thread does in about a millisecond


@contextmanager
def threads_for(model: LogicModel, batch: int) -> Iterator[None]:
    """One thread while a small model trains, else all; the results are the same.

    Two threads gain a small model little on an idle machine, and cost it much on a busy one, where
    each step waits several times for a thread that does not run.
    """
    work = batch * sum(layer.connection_logits.numel() for layer in model.layers)
    before = torch.get_num_threads()
    if work < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
