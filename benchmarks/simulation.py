"""Samples per second of the Verilog itself: a C++ harness beside cocotb, both on Verilator."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from benchmarks.emission import INPUTS, random_layers
from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective import Feature, Network, thermometer
from connective.simplify import simplify
from connective.simplify.words import random_words
from hwgen.emit import export
from hwgen.request import Request
from sim import simulate, simulate_compiled

SAMPLES = 10_000  # as many as a test set
THRESHOLD = 128


def measure() -> list[Row]:
    """Trained networks as they are exported, and one of which each gate is built."""
    cases: dict[str, Callable[[], Network]] = {
        **{name: partial(_simplified, name) for name in ("yin_yang 2×100", "mnist 1×1000")},
        "random 2×8000": _random,
    }
    return [row for name, network in cases.items() for row in _measure(name, network())]


def _measure(case: str, network: Network) -> list[Row]:
    samples = random_words(network.encoder, SAMPLES, np.random.default_rng(0))
    with TemporaryDirectory() as name, patch.dict(os.environ, CONNECTIVE_CACHE=f"{name}/cache"):
        folder = Path(name, "design")
        folder.mkdir()
        export(network, folder, Request(), provenance={})
        ours = simulate_compiled(folder, samples, data="random words", seed=0)
        again = simulate_compiled(folder, samples, data="random words", seed=0)
        cocotb = simulate(folder, samples, simulator="verilator", data="random words", seed=0)
    assert ours.passed and again.passed and cocotb.passed
    assert ours.build_seconds is not None
    rate = max(ours.samples_per_second, again.samples_per_second)
    return [
        Row(f"{case}: build", "s", ours.build_seconds),
        Row(case, "samples/s", rate, cocotb.samples_per_second, "cocotb"),
    ]


def _simplified(case: str) -> Network:
    return simplify(trained(case)).network


def _random() -> Network:
    pixels = [Feature(f"pixel_{i}", 8) for i in range(INPUTS)]
    return random_layers((8000, 8000), thermometer(pixels, [[THRESHOLD]] * INPUTS))
