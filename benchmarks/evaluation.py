"""Samples per second of the reference evaluation beside the same network in plain NumPy."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Row
from connective import Feature, Network, canonicalize, raw, thermometer
from connective.evaluation import pack

SAMPLES = 10_000
CASES = ((24, (100, 100), 4), (784, (1000,), 10), (784, (8000, 8000), 10))
"""Inputs, layers, classes."""


def measure() -> list[Row]:
    """Random networks over all cores: from words to labels, and from packed bits to scores."""
    rng = np.random.default_rng(0)
    rows = []
    for n_inputs, layers, classes in CASES:
        network = _network(rng, n_inputs, layers, classes)
        high = 2 ** network.encoder.features[0].width
        samples = rng.integers(0, high, (SAMPLES, n_inputs)).astype(np.uint8)
        bits = network.encoder.encode(samples)
        packed = pack(bits)
        plain = _rate(1, _plain_scores, network, bits)
        name = f"{n_inputs} → {' → '.join(map(str, layers))}"
        whole = _rate(5, network.predict, samples)
        core = _rate(5, network.scores_from_words, packed, SAMPLES)
        rows.append(Row(f"{name}, words to labels", "samples/s", whole))
        rows.append(Row(f"{name}, bits to scores", "samples/s", core, plain, "numpy by level"))
    return rows


def _network(
    rng: np.random.Generator, n_inputs: int, layers: tuple[int, ...], classes: int
) -> Network:
    starts = np.cumsum([0, n_inputs, *layers])
    fanin = np.concatenate(
        [rng.integers(starts[i], starts[i + 1], (width, 2)) for i, width in enumerate(layers)]
    )
    fanin, table = canonicalize(fanin, rng.integers(0, 16, len(fanin)))
    pixels = [Feature(f"pixel_{i}", 8) for i in range(n_inputs)]
    return Network(
        thermometer(pixels, [[128]] * n_inputs) if n_inputs > 24 else raw(n_inputs),
        fanin,
        table,
        np.arange(starts[-2], starts[-1], dtype=np.uint32),
        np.ones(layers[-1], dtype=np.int64),
        np.arange(classes + 1) * (layers[-1] // classes),
        np.zeros(classes, dtype=np.int64),
    )


def _plain_scores(network: Network, bits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The definition in NumPy: one byte a bit, one level at a time."""
    nodes = np.empty((network.n_nodes, bits.shape[1]), dtype=np.uint8)
    nodes[: network.n_inputs] = bits
    level = network.level[network.n_inputs :]
    for number in range(1, network.depth + 1):
        gates = np.flatnonzero(level == number)
        a, b = (nodes[network.fanin[gates, slot]] for slot in (0, 1))
        table = network.table[gates].astype(np.uint8)[:, None]
        nodes[network.n_inputs + gates] = table >> (a + 2 * b) & 1
    sums: NDArray[np.int64] = np.add.reduceat(
        nodes[network.outputs], network.groups[:-1], axis=0, dtype=np.int64
    )
    return sums.T


def _rate(repeats: int, run: Callable[..., object], *arguments: object) -> float:
    """Samples a second of the fastest run; the first, which may compile, does not count."""
    seconds = []
    for _ in range(1 + repeats):
        start = time.perf_counter()
        run(*arguments)
        seconds.append(time.perf_counter() - start)
    return SAMPLES / min(seconds[1:])
