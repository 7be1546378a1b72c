"""Seconds and memory of proving designs, from small ones to the largest that are trained."""

import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.emission import INPUTS, random_layers
from benchmarks.rows import Row
from benchmarks.simplification import CASES, trained
from connective import Feature, Network, thermometer
from connective.axi_stream import AxiStream
from connective.simplify import simplify
from hwgen.emit import export
from hwgen.form import Form
from hwgen.request import Request
from sim.proof.prove import prove

THRESHOLDS = (85, 170)
RANDOM = ((500, 500), (4000, 4000, 4000), (8000, 8000))
LARGEST = "mnist 2×8000, 12 epochs"
PLAIN = Request()
ALL_OPTIONS = Request(
    stream=AxiStream(8, 8),
    reset="async-low",
    scores=True,
    margin=True,
    reject_below=2,
    best=3,
    form=Form(clock_gating=True),
    max_fanout=32,
)


def measure() -> list[Row]:
    """Trained networks, and random ones of which most gates are built, each in its own process."""
    cases = {case: partial(_prove, partial(trained, case)) for case in CASES}
    cases[f"{LARGEST}, all options"] = partial(_prove, partial(trained, LARGEST), ALL_OPTIONS)
    for layers in RANDOM:
        cases[f"random {len(layers)}×{layers[0]}"] = partial(_prove, partial(_random, layers))
    rows = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as pool:
        for case, run in cases.items():
            built, seconds, mebibytes = pool.submit(run).result()
            rows.append(Row(f"{case}: {built:,} gates built", "s", seconds))
            rows.append(Row(case, "MiB of memory", mebibytes))
    return rows


def _prove(make: Callable[[], Network], request: Request = PLAIN) -> tuple[int, float, float]:
    """The gates that were built, the seconds of their proof, and the most memory of a process."""
    network = make()
    with TemporaryDirectory() as name:
        folder = Path(name, "design")
        folder.mkdir()
        simplified = simplify(network, keep="scores" if request.scores else "label")
        export(network, folder, request, provenance={}, simplified=simplified)
        result = prove(folder)
    assert result.outcome == "proved", result.lemmas
    most = max(
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return simplified.network.n_gates, result.seconds, most


def _random(layers: tuple[int, ...]) -> Network:
    """Of pixels with two thresholds each, of which a network reads one or the other."""
    pixels = [Feature(f"pixel_{i}", 8) for i in range(INPUTS)]
    levels = [[THRESHOLDS[i % len(THRESHOLDS)]] for i in range(INPUTS)]
    return random_layers(layers, thermometer(pixels, levels))
