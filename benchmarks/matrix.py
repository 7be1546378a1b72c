"""`python -m benchmarks.matrix`: docs/matrix.md, what was simulated and proved of each core.

Each cell is kept in build/benchmarks/matrix.json once it is known, and is not run again.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from benchmarks.pages import table
from benchmarks.rows import machine
from benchmarks.simplification import CASES, EXAMPLES, trained
from benchmarks.targets import columns
from connective import Network
from connective.axi_stream import AxiStream
from connective.errors import InputError, ToolError
from connective.folder import write_atomic
from connective.results import ProofResult, SimulationResult
from connective.simplify import simplify
from connective.simplify.words import random_words
from hwgen.emit import export
from hwgen.flows.synth import synthesize
from hwgen.form import Form
from hwgen.request import Request
from sim import simulate, simulate_compiled
from sim.proof.prove import prove, prove_netlist
from train.config_file import load_config
from train.data import load_dataset

CASE, LARGE = "yin_yang 2×100", "mnist 1×1000"
SAMPLES = 1000
ICARUS_SECONDS, TRIED = 300, 20
KEPT, PAGE = Path("build/benchmarks/matrix.json"), Path("docs/matrix.md")
CORES: dict[str, dict[str, Any]] = {
    "pipeline": {},
    "pipeline, margin, best 2": {"margin": True, "reject_below": 2, "best": 2},
    "pipeline, tags, `async-low`": {"tag_width": 8, "reset": "async-low"},
    "narrow port of 6 bits": {"form": Form(input_width=6), "reset": "async-high"},
    "serial": {"form": Form(serial=True), "reset": "sync-low"},
    "serial, 4 bits a cycle, narrow port": {
        "form": Form(serial=True, bits_per_cycle=4, input_width=6)
    },
    "AXI4-Stream of 16 bits": {"stream": AxiStream(16)},
    "AXI4-Stream of 32 bits, tags, scores": {"stream": AxiStream(32, 8), "scores": True},
    "AXI4-Lite": {"axi_lite": True},
    "combinational": {"combinational": True},
}
ON_TEST_SET = "test set"  # stands where keys have a target
VERILOG = ("Icarus", "Verilator", "Verilator in C++", "proof")
SIMULATED = {"icarus": "Icarus", "verilator": "Verilator"}
LOCK = Lock()


def main() -> None:
    """Run what is not known yet, two cores at a time, and write the page."""
    with ThreadPoolExecutor(2) as pool:
        runs = [*(partial(_run, core) for core in CORES), *(partial(_large, c) for c in CORES)]
        list(track(pool.map(lambda run: run(), runs), total=len(runs), description="cores"))
    write_atomic(PAGE, _page(_known()).encode())


def _run(core: str) -> None:
    """All cells of a kind of core that are missing."""
    made = trained(CASE)
    samples = random_words(made.encoder, SAMPLES, np.random.default_rng(0))
    with TemporaryDirectory() as name:
        folder = _export(core, made, Path(name))
        run = partial(simulate, folder, samples, data="random", seed=0)
        _cell(core, "", "Icarus", partial(run, simulator="icarus"))
        _compiled_cells(core, "", folder, samples)
        for column, target, library in columns():
            kinds = [*SIMULATED.values(), "proof"]
            if all(f"{core}/{column}/{kind}" in _known() for kind in kinds):
                continue
            synthesize(folder, target, liberty=library)
            for simulator, kind in SIMULATED.items():
                _cell(core, column, kind, partial(run, simulator=simulator, netlist=target))
            _cell(core, column, "proof", partial(prove_netlist, folder, target))


def _large(core: str) -> None:
    """The same of a larger network's Verilog, on its test set."""
    if all(f"{core}/{ON_TEST_SET}/{kind}" in _known() for kind in VERILOG):
        return
    example, changes = CASES[LARGE]
    samples = load_dataset(load_config(EXAMPLES / f"{example}.toml", changes)).test_samples
    with TemporaryDirectory() as name:
        folder = _export(core, trained(LARGE), Path(name))

        def icarus() -> SimulationResult:
            """As many samples as the time allows, by a few that come first."""
            run = partial(simulate, folder, simulator="icarus", data="test set", seed=0)
            rate = run(samples[:TRIED]).samples_per_second
            return run(samples[: max(TRIED, int(rate * ICARUS_SECONDS))])

        _cell(core, ON_TEST_SET, "Icarus", icarus)
        _compiled_cells(core, ON_TEST_SET, folder, samples)


def _export(core: str, network: Network, work: Path) -> Path:
    folder = work / "design"
    folder.mkdir()
    request = Request(**CORES[core])
    simplified = simplify(network, keep="scores" if request.scores else "label")
    export(network, folder, request, provenance={}, simplified=simplified)
    return folder


def _compiled_cells(core: str, column: str, folder: Path, samples: NDArray[np.integer]) -> None:
    """What takes no more time for all samples: Verilator in two ways, and the proof."""
    run = partial(simulate, folder, samples, simulator="verilator", data="samples", seed=0)
    _cell(core, column, "Verilator", run)
    compiled = partial(simulate_compiled, folder, samples, data="samples", seed=0)
    _cell(core, column, "Verilator in C++", compiled)
    _cell(core, column, "proof", partial(prove, folder))


def _cell(
    core: str, column: str, kind: str, run: Callable[[], SimulationResult | ProofResult]
) -> None:
    """Run a cell if it is missing, and keep in words what came of it."""
    key = f"{core}/{column}/{kind}"
    if key in _known():
        return
    try:
        result = run()
    except InputError as error:
        text = f"refused: {error}"
    except ToolError as error:
        text = f"failed: {str(error).splitlines()[0]}"
    else:
        if isinstance(result, ProofResult):
            text = result.outcome
        else:
            text = f"{result.samples:,}" if result.passed else "**wrong**"
    with LOCK:
        write_atomic(KEPT, json.dumps({**_known(), key: text}, indent=1).encode())


def _known() -> dict[str, str]:
    known: dict[str, str] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return known


def _page(known: dict[str, str]) -> str:
    found = dict.fromkeys(key.split("/")[1] for key in known)
    columns = [column for column in found if column not in ("", ON_TEST_SET)]
    notes: list[str] = []

    def shown(key: str) -> str:
        text = known.get(key, "not run")
        if not text.startswith(("refused", "failed")):
            return text
        if text not in notes:
            notes.append(text)
        return f"{text.split(':')[0]} ({notes.index(text) + 1})"

    verilog, large = (
        [[core, *(shown(f"{core}/{column}/{kind}") for kind in VERILOG)] for core in CORES]
        for column in ("", ON_TEST_SET)
    )
    kinds = (*SIMULATED.values(), "proof")
    netlists = [
        [core, *("; ".join(shown(f"{core}/{c}/{kind}") for kind in kinds) for c in columns)]
        for core in CORES
    ]
    lines = [
        "# What was simulated and proved",
        "",
        f"`python -m benchmarks.matrix` writes this page: {CASE.replace('yin_yang', 'Yin-Yang')}, "
        f"simplified, {SAMPLES:,} random samples,",
        f"{machine()['processor']}. A number of samples means that all were right, on every output "
        "port and under random stalls.",
        "",
        "## The Verilog",
        "",
        *table(["core", *VERILOG], verilog),
        "",
        f"## The Verilog of {LARGE.replace('mnist', 'MNIST')}",
        "",
        "On the test set, of which Icarus has as much as five minutes allow; streams at full rate, "
        "and stalled in several patterns.",
        "",
        *table(["core", *VERILOG], large),
        "",
        "## Netlists",
        "",
        "Of each: samples on Icarus, samples on Verilator, and the proof that it does what the "
        "Verilog does.",
        "",
        *table(["core", *columns], netlists),
        *(f"\n({number}) {note}" for number, note in enumerate(notes, 1)),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
