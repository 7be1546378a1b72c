"""Milliseconds of a training step (forward, backward, Adam) beside a naive implementation of it."""

import time
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchmarks.naive import NaiveModel
from benchmarks.rows import Row
from train.layer import Gates, LogicLayer
from train.model import LogicModel

BATCH = 256
THREADS = 2
CASES: tuple[tuple[int, tuple[int, ...], int, int], ...] = (
    (784, (4000, 4000, 4000), 16, 10),
    (784, (4000, 4000, 4000), 8, 10),
    (784, (1000,), 16, 10),
    (24, (100, 100), 12, 4),
)
"""Input bits, layers, candidates, classes."""


def measure() -> list[Row]:
    """Both sides from the same parameters on the same two threads; the least of some runs."""
    torch.set_num_threads(THREADS)
    rows = []
    for n_inputs, widths, candidates, n_classes in CASES:
        seed = torch.Generator().manual_seed(0)
        x = torch.randint(2, (n_inputs, BATCH), generator=seed).float()
        labels = torch.randint(n_classes, (BATCH,), generator=seed)
        kinds: tuple[Gates, ...] = ("softmax", "table")
        models = {
            gates: _model(n_inputs, widths, candidates, n_classes, gates, seed) for gates in kinds
        }
        naive = _step_milliseconds(NaiveModel(models["softmax"]), (x.T.contiguous(),), labels, 3)
        for gates, model in models.items():
            ours = _step_milliseconds(model, (x, [(1.0, 1.0)] * len(widths)), labels, 20)
            layers = " → ".join(map(str, (n_inputs, *widths)))
            case = f"{layers}, {candidates} candidates, {gates} gates"
            rows.append(Row(case, "ms/step", ours, naive, "naive torch"))
    return rows


def _model(
    n_inputs: int,
    widths: Sequence[int],
    candidates: int,
    n_classes: int,
    gates: Gates,
    seed: torch.Generator,
) -> LogicModel:
    sources = (n_inputs, *widths)
    layers = [
        LogicLayer(source, width, candidates, gates, seed)
        for source, width in zip(sources, widths, strict=False)
    ]
    return LogicModel(layers, n_classes, tau=10.0)


def _step_milliseconds(
    model: nn.Module, inputs: tuple[object, ...], labels: Tensor, repeats: int
) -> float:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, fused=True)
    seconds = []
    for _ in range(1 + repeats):  # the first compiles and allocates
        start = time.perf_counter()
        loss = cross_entropy(model(*inputs), labels)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    return 1e3 * min(seconds[1:])
