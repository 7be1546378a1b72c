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
from rich.progress import track

from benchmarks.rows import machine
from benchmarks.simplification import trained
from benchmarks.targets import columns
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

CASE = "yin_yang 2×100"
SAMPLES = 1000
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
VERILOG = ("Icarus", "Verilator", "Verilator in C++", "proof")
SIMULATED = {"icarus": "Icarus", "verilator": "Verilator"}
LOCK = Lock()


def main() -> None:
    """Run what is not known yet, two cores at a time, and write the page."""
    with ThreadPoolExecutor(2) as pool:
        list(track(pool.map(_run, CORES), total=len(CORES), description="cores"))
    write_atomic(PAGE, _page(_known()).encode())


def _run(core: str) -> None:
    """All cells of a kind of core that are missing."""
    made = trained(CASE)
    samples = random_words(made.encoder, SAMPLES, np.random.default_rng(0))
    with TemporaryDirectory() as name:
        folder = Path(name, "design")
        folder.mkdir()
        request = Request(**CORES[core])
        simplified = simplify(made, keep="scores" if request.scores else "label")
        export(made, folder, request, provenance={}, simplified=simplified)
        run = partial(simulate, folder, samples, data="random", seed=0)
        _cell(core, "", "Icarus", partial(run, simulator="icarus"))
        _cell(core, "", "Verilator", partial(run, simulator="verilator"))
        compiled = partial(simulate_compiled, folder, samples, data="random", seed=0)
        _cell(core, "", "Verilator in C++", compiled)
        _cell(core, "", "proof", partial(prove, folder))
        for column, target, library in columns():
            kinds = [*SIMULATED.values(), "proof"]
            if all(f"{core}/{column}/{kind}" in _known() for kind in kinds):
                continue
            synthesize(folder, target, liberty=library)
            for simulator, kind in SIMULATED.items():
                _cell(core, column, kind, partial(run, simulator=simulator, netlist=target))
            _cell(core, column, "proof", partial(prove_netlist, folder, target))


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
    columns = list(dict.fromkeys(key.split("/")[1] for key in known if key.split("/")[1]))
    notes: list[str] = []

    def shown(key: str) -> str:
        text = known.get(key, "not run")
        if not text.startswith(("refused", "failed")):
            return text
        if text not in notes:
            notes.append(text)
        return f"{text.split(':')[0]} ({notes.index(text) + 1})"

    verilog = [[core, *(shown(f"{core}//{kind}") for kind in VERILOG)] for core in CORES]
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
        *_table(["core", *VERILOG], verilog),
        "",
        "## Netlists",
        "",
        "Of each: samples on Icarus, samples on Verilator, and the proof that it does what the "
        "Verilog does.",
        "",
        *_table(["core", *columns], netlists),
        *(f"\n({number}) {note}" for number, note in enumerate(notes, 1)),
    ]
    return "\n".join(lines) + "\n"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]


if __name__ == "__main__":
    main()
