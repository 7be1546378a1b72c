"""Trained networks before and after simplification: their sizes, the whole core's LUTs, seconds."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from benchmarks.frontier.plan import YIN_YANG_500
from benchmarks.rows import Row
from connective import Network
from connective.certificate import check
from connective.folder import replace_folder
from connective.network_file import read_network
from connective.simplify import Simplified, simplify
from hwgen.emit import export
from hwgen.flows.synth import synthesize
from hwgen.request import Request
from train.config_file import load_config
from train.loop import train
from train.result import write_result

EXAMPLES = Path(__file__).parent.parent / "examples"
TRAINED = Path("build/benchmarks/networks")
CASES = {
    "yin_yang 2×100": ("yin_yang", []),
    "yin_yang 2×500": ("yin_yang", [*YIN_YANG_500]),
    "mnist 1×1000": ("mnist", []),
    "mnist 1×8000": ("mnist_1x8000", []),
    "mnist 2×1000": ("mnist_2x1000", []),
    "fashion_mnist 2×2000": ("fashion_mnist", []),
    "mnist 2×8000, 12 epochs": (
        "mnist",
        ["network.layers=[8000,8000]", "training.epochs=12", "refinement.sweeps=0"],
    ),
}
T = TypeVar("T")


def measure() -> list[Row]:
    rows = []
    for case in CASES:
        network = trained(case)
        simplify(network)  # loads the kernels
        _, without = _timed(partial(simplify, network, sat=False))
        result, seconds = _timed(partial(simplify, network))
        after = result.network
        finding, checking = _timed(partial(check, result.certificate, network, after))
        assert finding is None, finding
        sizes = {
            "gates": (after.n_gates, network.n_gates),
            "input bits": (after.n_inputs, network.n_inputs),
            "summands": (len(after.outputs), len(network.outputs)),
            "LUT6": (_luts(network, result), _luts(network, None)),
        }
        rows += [Row(case, unit, *pair, "before") for unit, pair in sizes.items()]
        rows.append(Row(f"{case}: with SAT", "s", seconds, without, "without SAT"))
        rows.append(Row(f"{case}: check", "s", checking))
    return rows


def trained(case: str) -> Network:
    """The network of a case, from build/benchmarks/networks where an earlier run trained it."""
    example, overrides = CASES[case]
    folder = TRAINED / case.replace(" ", "_")
    if not (folder / "network.npz").exists():
        result = train(load_config(EXAMPLES / f"{example}.toml", overrides))
        with replace_folder(folder) as new:
            write_result(new, result)
    return read_network(folder / "network.npz")[0]


def _luts(network: Network, simplified: Simplified | None) -> int:
    """LUT6 of the whole core, one level a stage: encoder, logic, popcounts, argmax, streams."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        export(network, folder, Request(), provenance={}, simplified=simplified)
        return synthesize(folder, "lut6").luts


def _timed(function: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start
