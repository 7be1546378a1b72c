"""What a training run gives, and the folder that it is written to."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connective.network import Network
from connective.network_file import write_network
from train.checkpoint import SweepRecord
from train.config import TrainingConfig
from train.config_file import config_toml
from train.curves import draw_curves
from train.metrics import Metrics
from train.versions import VERSIONS


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """The discretised network and how it came about.

    device: that training ran on; data: the provenance of the data
    accuracy: shares of right answers: `relaxed` and `discretized` on the test set, before and
        after all choices are made, `validation_…` the same on the validation part, and, where an
        epoch ended before annealing, `relaxed_before_annealing` on the test set after the last one
    history, sweeps: what was measured after each epoch, and after each sweep of a search
    seconds: of the run, all its parts if it was interrupted
    """

    config: TrainingConfig
    device: str
    data: dict[str, Any]
    network: Network
    accuracy: dict[str, float]
    history: list[Metrics]
    sweeps: list[SweepRecord]
    seconds: float

    @property
    def provenance(self) -> dict[str, Any]:
        """What the network's file keeps of the run."""
        record = {
            "config": self.config.model_dump(mode="json", exclude_none=True),
            "data": self.data,
            "accuracy": self.accuracy,
            "versions": VERSIONS,
        }
        return record if self.device == "cpu" else record | {"device": self.device}


def write_result(folder: Path, result: TrainingResult) -> None:
    """Write network.npz, config.toml, metrics.jsonl, curves.png and a search's refinement.jsonl."""
    (folder / "config.toml").write_text(config_toml(result.config), encoding="utf-8")
    _write_lines(folder / "metrics.jsonl", [metrics.record() for metrics in result.history])
    if result.sweeps:
        _write_lines(folder / "refinement.jsonl", [each.model_dump() for each in result.sweeps])
    draw_curves(result.history, folder / "curves.png")
    write_network(folder / "network.npz", result.network, result.provenance)


def _write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
