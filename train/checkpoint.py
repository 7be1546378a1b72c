"""A run's state in a file, from which it goes on as if it had never been interrupted."""

import hashlib
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import safetensors
from numpy.typing import NDArray
from safetensors.numpy import load, save

from connective.errors import InputError
from connective.folder import write_atomic
from connective.json_record import Record, parse_record
from train.config import TrainingConfig
from train.data import Dataset
from train.distributed import from_first, is_first
from train.metrics import Metrics
from train.versions import VERSIONS

VERSION = 1
EVERY = 10.0  # seconds between two checkpoints, and
SHARE = 0.02  # of the time that they may take
RECORD = "record"  # the array that holds the JSON

Arrays = dict[str, NDArray[Any]]


class SweepRecord(Record):
    """One line of refinement.jsonl; `discretized` is the accuracy on the validation part."""

    sweep: int
    made: int
    gates: int
    discretized: float


class SearchPosition(Record):
    """Where the discrete search is, beside its networks: after the last sweep of `log`."""

    merit: float
    waited: int
    log: list[SweepRecord]


class Position(Record):
    """Where a run is, beside its arrays.

    step: that comes next; loss_sum: over this epoch's steps so far
    epoch_seconds, seconds: of this epoch and of the whole run so far
    """

    step: int
    descended: bool
    loss_sum: float
    epoch_seconds: float
    seconds: float
    history: list[Metrics]
    search: SearchPosition | None


class _Content(Record):
    format: Literal["connective.checkpoint"]
    version: int
    config: dict[str, Any]
    device: str = "cpu"
    data: str
    versions: dict[str, str]
    position: Position


class Checkpoint:
    """The file of one run; with no path nothing is kept.

    The file is the SHA-256 of what follows, and arrays as safetensors, one of which is JSON.
    """

    def __init__(
        self, path: Path | None, config: TrainingConfig, dataset: Dataset, device: str = "cpu"
    ) -> None:
        self.path = path
        self._config = config
        self._device = device
        self._dataset = dataset
        self._saved_at = time.monotonic()
        self._pause = EVERY

    @cached_property
    def _identity(self) -> dict[str, Any]:
        return {
            "config": self._config.model_dump(mode="json", exclude_none=True),
            "device": self._device,
            "data": self._dataset.digest,
            "versions": VERSIONS,
        }

    @property
    def due(self) -> bool:
        """Whether it is time to save; never in a process that is not the first."""
        waits = self.path is None or not is_first()
        return not waits and time.monotonic() - self._saved_at >= self._pause

    def save(self, arrays: Mapping[str, NDArray[Any]], position: Position) -> None:
        """Replace what was saved before; killed meanwhile, one of the two is there, whole."""
        assert self.path is not None
        started = time.monotonic()
        content = _Content(
            format="connective.checkpoint", version=VERSION, **self._identity, position=position
        )
        record = np.frombuffer(content.model_dump_json().encode(), dtype=np.uint8)
        packed = save(
            {name: np.asarray(a, order="C") for name, a in arrays.items()} | {RECORD: record}
        )
        write_atomic(self.path, hashlib.sha256(packed).digest() + packed)
        self._saved_at = time.monotonic()
        self._pause = max(EVERY, (self._saved_at - started) / SHARE)

    def load(self) -> tuple[Arrays, Position] | None:
        """What was saved, or None; `InputError` where it is not of this very run, or damaged."""
        if self.path is None:
            return None
        try:
            content = from_first(self.path.read_bytes() if self.path.exists() else None)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read: {error.strerror}") from None
        if content is None:
            return None
        digest, packed = content[:32], content[32:]
        if hashlib.sha256(packed).digest() != digest:
            raise InputError(
                f"{self.path} is damaged or no checkpoint: remove it and train from the start"
            )
        try:
            arrays = load(packed)
            record = arrays.pop(RECORD).tobytes()
        except (safetensors.SafetensorError, KeyError) as error:
            raise InputError(f"{self.path} is no checkpoint: {error}") from None
        saved = parse_record(self.path, record, _Content, version=VERSION)
        for part, now in self._identity.items():
            if difference := _difference(getattr(saved, part), now, part):
                raise InputError(
                    f"{self.path} is of another run, for {difference}: train with what it was "
                    "trained with, or remove it and train from the start"
                )
        return arrays, saved.position


def _difference(saved: object, now: object, name: str) -> str | None:
    """The first value in which two JSON values differ, in words."""
    if isinstance(saved, dict) and isinstance(now, dict):
        for key in sorted(saved.keys() | now.keys()):
            if found := _difference(saved.get(key), now.get(key), f"{name}.{key}"):
                return found
        return None
    return None if saved == now else f"{name.removeprefix('config.')} was {saved} and is {now}"
