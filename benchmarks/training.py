"""Time and memory of a training step, beside a naive one, torchlogix's and the products by torch.

`docs/benchmarks.md` says what each side does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from rich.console import Console

from benchmarks import torchlogix
from benchmarks.cost import Cost, Job, costs
from benchmarks.rows import Row
from benchmarks.steps import (
    BATCH,
    Case,
    Prepare,
    kernel,
    naive,
    ours,
    ours_hard,
    products,
    torchlogix_step,
)

LARGE = tuple(Case((784, 4000, 4000, 4000), candidates) for candidates in (8, 16))
SMALL = (Case((784, 1000), 16), Case((24, 100, 100), 12, classes=4))
ALL = Case((784, 8000), 784)
FLOPS = 2 * (2 * 2 * 8000 * 784 * BATCH)
"""Of the products of ALL: forward, and backward for the logits; its inputs need no gradient."""


@dataclass(frozen=True)
class Pair:
    """Our step, and another's that it is compared with."""

    ours: Job
    other: Job
    name: str


def measure() -> list[Row]:
    """All in one run."""
    pairs = [pair for case in LARGE for pair in _pairs(case, ours, naive, "naive torch")]
    pairs += [_pairs(case, ours, naive, "naive torch")[0] for case in SMALL]
    if torchlogix.FOLDER.is_dir():
        for case in LARGE:
            check_torchlogix(case.small)
            pairs += _pairs(case, ours_hard, torchlogix_step, torchlogix.NAME)
    else:
        Console(stderr=True).print(torchlogix.HINT)
    dense = [
        Pair(Job(prepare, ALL, threads, True), Job(products, ALL, threads, True), "torch.mm")
        for prepare in (kernel, ours)
        for threads in (2, 1)
    ]
    found = costs(_jobs(pairs + dense))
    rows = [row for pair in pairs for row in _compared(pair, found)]
    return rows + [row for pair in dense for row in _share(pair, found)]


def check_torchlogix(case: Case) -> None:
    """Its scores are ours."""
    model, (x, _) = case.model("straight-through"), case.batch()
    scores = model(x, [(1.0, 1.0)] * len(model.layers))
    torch.testing.assert_close(torchlogix.model(model)(x.T), scores)


def _pairs(case: Case, our: Prepare, other: Prepare, name: str) -> list[Pair]:
    """On two threads; there also with our way to allocate for the other; on one thread."""
    return [
        Pair(
            Job(our, case, threads, keeps_memory=True),
            Job(other, case, threads, keeps_memory=kept),
            f"{name}, freed memory kept" if kept else name,
        )
        for threads, kept in ((2, False), (2, True), (1, False))
    ]


def _jobs(pairs: Sequence[Pair]) -> list[Job]:
    return list(dict.fromkeys(job for pair in pairs for job in (pair.ours, pair.other)))


def _compared(pair: Pair, found: Mapping[Job, Cost]) -> list[Row]:
    our, other, name = found[pair.ours], found[pair.other], pair.ours.name
    rows = [Row(name, "ms/step", our.milliseconds, other.milliseconds, pair.name)]
    if pair.ours.threads == 2 and not pair.other.keeps_memory:
        rows.append(Row(name, "MiB", our.mebibytes, other.mebibytes, pair.name))
    return rows


def _share(pair: Pair, found: Mapping[Job, Cost]) -> list[Row]:
    """Of the rate of the products alone."""
    our, other, name = found[pair.ours], found[pair.other], pair.ours.name
    rate, whole = (FLOPS / 1e6 / cost.milliseconds for cost in (our, other))
    rows = [Row(name, "GFLOP/s", rate, whole, pair.name), Row(name, "ms/step", our.milliseconds)]
    return rows + ([Row(name, "MiB", our.mebibytes)] if pair.ours.threads == 2 else [])
