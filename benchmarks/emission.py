"""Seconds and memory of turning a network into Verilog, up to a hundred thousand gates."""

import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.rows import Row
from connective import Encoder, Network, canonicalize, raw
from hwgen.emit import export
from hwgen.request import Request

SIZES = ((1000,), (5000, 5000), (8000, 8000), (16_000, 16_000), (20_000,) * 5)
INPUTS, CLASSES = 784, 10


def measure() -> list[Row]:
    """Random networks, of which all gates are read, each in a process of its own."""
    rows = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as pool:
        for layers in SIZES:
            seconds, mebibytes, kilobytes = pool.submit(_emit, layers).result()
            case = f"{sum(layers):,} gates in {len(layers)} layers"
            rows.append(Row(case, "s", seconds))
            rows.append(Row(case, "MiB of memory", mebibytes))
            rows.append(Row(case, "kB of Verilog", kilobytes))
    return rows


def _emit(layers: tuple[int, ...]) -> tuple[float, float, float]:
    network = random_layers(layers, raw(INPUTS))
    with TemporaryDirectory() as folder:
        _export(
            random_layers((20, 20), raw(INPUTS)), Path(folder, "first")
        )  # loads kernels and Yosys
        start = time.perf_counter()
        design = Path(folder, "design")
        _export(network, design)
        seconds = time.perf_counter() - start
        kilobytes = sum(source.stat().st_size for source in design.glob("rtl/*.v")) / 1000
    mine, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return seconds, max(mine, children), kilobytes


def _export(network: Network, folder: Path) -> None:
    folder.mkdir()
    export(network, folder, Request(), provenance={})


def random_layers(layers: tuple[int, ...], encoder: Encoder) -> Network:
    """Gates that depend on both inputs, the first of which goes through the layer before.

    Of `CLASSES` classes, from the `INPUTS` bits of an encoder.
    """
    rng = np.random.default_rng(0)
    tables = [t for t in range(16) if t not in (0, 3, 5, 10, 12, 15)]
    fanin, start, width = [], 0, INPUTS
    for layer in layers:
        first = rng.permutation(layer) % width
        fanin.append(start + np.stack([first, (first + rng.integers(1, width, layer)) % width], 1))
        start, width = start + width, layer
    gates, table = canonicalize(np.concatenate(fanin), rng.choice(tables, sum(layers)))
    return Network(
        encoder,
        gates,
        table,
        outputs=np.arange(start, start + width, dtype=np.uint32),
        weights=np.ones(width, dtype=np.int64),
        groups=np.arange(CLASSES + 1) * (width // CLASSES),
        bias=np.zeros(CLASSES, dtype=np.int64),
    )
