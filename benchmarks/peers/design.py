"""Designs of a trained classifier, what they take, and what is kept of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from benchmarks.peers.cost import cost
from benchmarks.peers.verilog import simulated
from benchmarks.runs import RECORDS
from connective import Network
from connective.errors import ToolError
from connective.folder import write_atomic
from connective.implementation import Block
from connective.record import Record
from connective.simplify import simplify
from hwgen.emit import export
from hwgen.request import Request
from train.data import Dataset

KEPT = RECORDS / "peers.json"
SIMULATED = 200  # test samples


@dataclass(frozen=True)
class Design:
    """Verilog files whose top module goes from words to label; without a latency it has no clock.

    by: who wrote it
    streams: whether words and labels go through streams
    """

    by: str
    sources: Sequence[Path]
    top: str
    latency: int | None = None
    streams: bool = False


class Measured(Record):
    """What a design takes."""

    by: str
    latency: int | None
    cost: Block


class Found(Record):
    """Shares of test samples with each seed, the designs of the first, and what was chosen.

    seconds: of one training; `None` where it was trained before
    ran_on: the processor
    """

    accuracies: list[float]
    chosen: str
    seconds: float | None
    designs: list[Measured]
    ran_on: str


FOUND: TypeAdapter[dict[str, Found]] = TypeAdapter(dict[str, Found])


def known() -> dict[str, Found]:
    return FOUND.validate_json(KEPT.read_bytes()) if KEPT.exists() else {}


def keep(name: str, found: Found) -> None:
    write_atomic(KEPT, FOUND.dump_json({**known(), name: found}, indent=1))


def connective(network: Network, folder: Path, *, combinational: bool) -> Design:
    """The core of the simplified network: without a clock, or one level a stage with streams."""
    by = "combinational" if combinational else "pipeline"
    made = folder / by
    made.mkdir()
    request = Request(combinational=combinational)
    core = export(network, made, request, provenance={}, simplified=simplify(network))
    latency = None if combinational else core.latency
    sources = [made / source for source in core.sources]
    return Design(f"Connective, {by}", sources, core.top, latency, streams=not combinational)


def measured(design: Design, dataset: Dataset, labels: NDArray[np.integer]) -> Measured:
    """What a design takes; without streams it is first simulated beside the labels (samples,).

    Raises `ToolError` where one of the first `SIMULATED` differs.
    """
    if not design.streams:
        samples, classes = dataset.test_samples[:SIMULATED], len(dataset.class_names)
        found = simulated(
            design.sources, design.top, dataset.encoder, classes, samples, design.latency
        )
        if not np.array_equal(found, labels[:SIMULATED]):
            raise ToolError(f"{design.top} by {design.by} answers otherwise than its model")
    return Measured(by=design.by, latency=design.latency, cost=cost(design.sources, design.top))
