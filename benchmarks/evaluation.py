"""Samples per second of the reference evaluation beside NumPy and beside a compiled network."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from benchmarks import difflogic
from benchmarks.rows import Row
from connective import Feature, Network, canonicalize, raw, thermometer
from connective.evaluation import answers, pack

SAMPLES = 10_000  # as many as a test set
ROUNDS, REPEATS = 5, 4
LEVELS = range(4)  # of the compiler's optimisation
THRESHOLD = 128


@dataclass(frozen=True)
class Case:
    """Random layers; `wires` (gates, k) are the places in the layer before that a gate reads."""

    widths: tuple[int, ...]
    classes: int
    wires: tuple[NDArray[np.int64], ...]
    tables: tuple[NDArray[np.uint64], ...]

    @classmethod
    def random(cls, widths: tuple[int, ...], classes: int, k: int = 2) -> "Case":
        rng = np.random.default_rng(0)
        wires = [rng.integers(0, before, (width, k)) for before, width in pairwise(widths)]
        tables = [rng.integers(0, 1 << 2**k, width, dtype=np.uint64) for width in widths[1:]]
        return cls(widths, classes, tuple(wires), tuple(tables))

    @property
    def name(self) -> str:
        k = self.wires[0].shape[1]
        return " → ".join(map(str, self.widths)) + (f", {k}-input gates" if k > 2 else "")

    def network(self) -> Network:
        n_inputs, last = self.widths[0], self.widths[-1]
        starts = np.cumsum((0, *self.widths))
        fanin = np.concatenate([w + start for w, start in zip(self.wires, starts, strict=False)])
        pixels = [Feature(f"pixel_{i}", 8) for i in range(n_inputs)]
        return Network(
            thermometer(pixels, [[THRESHOLD]] * n_inputs) if n_inputs > 24 else raw(n_inputs),
            *canonicalize(fanin, np.concatenate(self.tables)),
            outputs=np.arange(starts[-2], starts[-1], dtype=np.uint32),
            weights=np.ones(last, dtype=np.int64),
            groups=np.arange(self.classes + 1) * (last // self.classes),
            bias=np.zeros(self.classes, dtype=np.int64),
        )


CASES = (
    Case.random((24, 100, 100), 4),
    Case.random((784, 1000), 10),
    Case.random((784, 2000), 10, k=6),
)
LARGEST = Case.random((784, 8000, 8000), 10)
"""The one that is compiled."""


def measure() -> list[Row]:
    """Random networks from words to labels and from packed bits to scores; the largest compared."""
    rows = [row for case in (*CASES, LARGEST) for row in _beside_numpy(case)]
    return rows + _beside_one_core() + _beside_difflogic()


def _beside_numpy(case: Case) -> list[Row]:
    """On all cores."""
    network, samples = case.network(), _samples(case)
    bits = network.encoder.encode(samples)
    packed = pack(bits)
    whole, core, plain = _rates(
        lambda: network.predict(samples),
        lambda: network.scores_from_words(packed, SAMPLES),
        lambda: _plain_scores(case, bits),
    )
    return [
        Row(f"{case.name}, words to labels", "samples/s", whole),
        Row(f"{case.name}, bits to scores", "samples/s", core, plain, "numpy"),
    ]


def _beside_one_core() -> list[Row]:
    """On four times the samples, which are worth a second thread."""
    network, samples = LARGEST.network(), np.tile(_samples(LARGEST), (4, 1))

    def alone() -> None:
        with _one_core():
            network.predict(samples)

    both, one = _rates(lambda: network.predict(samples), alone, samples=len(samples))
    return [Row(f"{LARGEST.name}, words to labels", "samples/s", both, one, "one core")]


def _beside_difflogic() -> list[Row]:
    """On one core, at each level of the compiler; difflogic's own packing is in all its figures."""
    if not difflogic.FOLDER.is_dir():
        Console(stderr=True).print(difflogic.HINT)
        return []
    network, samples = LARGEST.network(), _samples(LARGEST)
    bits = samples >= THRESHOLD
    packed = pack(bits.T)
    layers = list(zip(LARGEST.wires, LARGEST.tables, strict=True))
    rows = []
    for level in LEVELS:
        peer = difflogic.compile_network(LARGEST.widths[0], layers, LARGEST.classes, level)
        assert (peer(bits).numpy() == network.scores(samples)).all()
        with _one_core():
            whole, peer_whole, core, peer_core, labels, peer_labels = _rates(
                partial(network.predict, samples),
                partial(_peer_labels, peer, samples),
                partial(network.scores_from_words, packed, SAMPLES),
                partial(peer, bits),
                partial(network.predict_from_words, packed, SAMPLES),
                partial(_peer_labels, peer, bits),
            )
        name = f"{difflogic.NAME} -O{level}"
        case = f"{LARGEST.name}, one core"
        rows.append(Row(f"{case}, words to labels", "samples/s", whole, peer_whole, name))
        rows.append(Row(f"{case}, bits to scores", "samples/s", core, peer_core, name))
        rows.append(Row(f"{case}, bits to labels", "samples/s", labels, peer_labels, name))
    return rows


def _peer_labels(peer: Any, samples: NDArray[Any]) -> Any:
    """Of words, or of booleans."""
    bits = samples if samples.dtype == np.bool_ else samples >= THRESHOLD
    return peer(bits).argmax(1)


def _samples(case: Case) -> NDArray[np.uint8]:
    high = 256 if case.widths[0] > 24 else 2
    shape = (SAMPLES, case.widths[0])
    return np.random.default_rng(1).integers(0, high, shape, dtype=np.uint8)


def _plain_scores(case: Case, bits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The definition in NumPy: one byte a bit, one layer at a time."""
    layer = bits.astype(np.uint8)
    for wires, tables in zip(case.wires, case.tables, strict=True):
        minterm = sum(layer[wires[:, j]] << j for j in range(wires.shape[1]))
        layer = (tables[:, None] >> minterm & np.uint64(1)).astype(np.uint8)
    sums: NDArray[np.int64] = layer.reshape(case.classes, -1, SAMPLES).sum(axis=1, dtype=np.int64)
    return sums.T


@contextmanager
def _one_core() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with patch.object(answers, "available_threads", lambda: 1):
            yield
    finally:
        torch.set_num_threads(before)


def _rates(*runs: Callable[[], object], samples: int = SAMPLES) -> list[float]:
    """Samples a second of each at its fastest, in rounds, so that all meet the same noise."""
    least = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for i, run in enumerate(runs):
            run()  # compiles, allocates, and has the caches to itself
            least[i] = min(least[i], *(_seconds(run) for _ in range(REPEATS)))
    return [samples / seconds for seconds in least]


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
