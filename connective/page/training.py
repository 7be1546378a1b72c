"""What was trained and how: the configuration, and the curves of a run's folder."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from connective.errors import InputError
from connective.network_file import read_network
from connective.page.chart import Chart, curves
from connective.page.missing import Missing
from connective.sentence import first_error

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Epoch(_Line):
    """What a page takes of a line of metrics.jsonl: accuracies on the validation part."""

    epoch: int
    relaxed: FiniteFloat
    discretized: FiniteFloat


class Sweep(_Line):
    """What a page takes of a line of refinement.jsonl."""

    sweep: int
    discretized: FiniteFloat


T = TypeVar("T", bound=_Line)


@dataclass(frozen=True)
class Training:
    """The configuration as lines of TOML, versions, and charts of the run or why there are none."""

    configuration: tuple[str, ...]
    versions: dict[str, str]
    charts: tuple[Chart, ...] | Missing


def training(provenance: dict[str, Any], run: Path | None, sha256: str) -> Training:
    """What provenance and the run's folder tell of a network with this digest."""
    config, versions = provenance.get("config"), provenance.get("versions")
    return Training(
        configuration=tuple(toml_lines(config)) if isinstance(config, dict) else (),
        versions=versions if isinstance(versions, dict) else {},
        charts=_charts(run, sha256),
    )


def toml_lines(values: dict[str, Any], prefix: str = "") -> list[str]:
    """A configuration as TOML with dotted keys, a setting a line."""
    lines = []
    for key, value in values.items():
        name = prefix + (key if BARE_KEY.fullmatch(key) else json.dumps(key))
        if isinstance(value, dict):
            lines += toml_lines(value, f"{name}.")
        else:
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return lines


def _charts(run: Path | None, sha256: str) -> tuple[Chart, ...] | Missing:
    if run is None:
        return Missing("name the folder that connective train wrote with --run RUN")
    trained, _ = read_network(run / "network.npz")
    if trained.sha256 != sha256:
        return Missing(
            f"{run} holds another network than the design: name its own run, or export again",
            stale=True,
        )
    epochs = _read(run / "metrics.jsonl", Epoch)
    sweeps = _read(run / "refinement.jsonl", Sweep)
    charts = [_over_epochs(epochs)] if epochs else []
    charts += [_over_sweeps(sweeps)] if sweeps else []
    return tuple(charts) or Missing(f"{run} holds no metrics.jsonl: name the run's folder")


def _over_epochs(epochs: list[Epoch]) -> Chart:
    relaxed = [100 * epoch.relaxed for epoch in epochs]
    discretized = [100 * epoch.discretized for epoch in epochs]
    return curves(
        f"Validation accuracy over {len(epochs)} epochs, in the end {relaxed[-1]:.2f} % relaxed "
        f"and {discretized[-1]:.2f} % discretised",
        "epoch",
        "validation accuracy, %",
        [epoch.epoch for epoch in epochs],
        {"relaxed": relaxed, "discretised": discretized},
    )


def _over_sweeps(sweeps: list[Sweep]) -> Chart:
    discretized = [100 * sweep.discretized for sweep in sweeps]
    return curves(
        f"Validation accuracy over {sweeps[-1].sweep} sweeps of the search after training, at best "
        f"{max(discretized):.2f} %",
        "sweep",
        "validation accuracy, %",
        [sweep.sweep for sweep in sweeps],
        {"discretised": discretized},
    )


def _read(path: Path, line: type[T]) -> list[T]:
    """The records of a file with one a line, none if there is no such file."""
    try:
        return [line.model_validate_json(text) for text in path.read_bytes().splitlines()]
    except FileNotFoundError:
        return []
    except ValidationError as error:
        raise InputError(f"{path}: {first_error(error)}: train again, or leave out --run") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
