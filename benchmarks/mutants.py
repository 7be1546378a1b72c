"""Who notices faults: the proof, and the samples that a core comes with."""

import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective.design import Design, read_design
from connective.errors import ToolError
from connective.network_file import read_network
from connective.simplify import simplify
from hwgen.emit import export
from hwgen.handover.samples import bench_samples
from hwgen.request import Request
from sim.proof.mutants import Mutant, mutant, write_mutant
from sim.proof.prove import prove, replay_samples

CASES = {"yin_yang 2×100": 200, "mnist 1×1000": 30}
INVALID = "no Verilog"
TIMES = 2  # in random traffic about half of what is offered is taken


def measure() -> list[Row]:
    """Shares of random faults; those that are no Verilog are replaced by others."""
    rows = []
    for case, wanted in CASES.items():
        with TemporaryDirectory() as name:
            folder = Path(name, "design")
            folder.mkdir()
            network = trained(case)
            design = export(network, folder, Request(), provenance={}, simplified=simplify(network))
            counts = _count(folder, design, wanted)
        proved = counts["proved", False] + counts["proved", True]
        refuted = counts["refuted", False] + counts["refuted", True]
        rows += [
            Row(f"{case}, {wanted} faults: refuted", "%", 100 * refuted / wanted),
            Row(f"{case}: proved to be none", "%", 100 * proved / wanted),
            Row(f"{case}: refuted, also by samples", "%", 100 * counts["refuted", True] / refuted),
        ]
    return rows


def _count(folder: Path, design: Design, wanted: int) -> Counter[tuple[str, bool]]:
    """By outcome of the proof, and whether the core's samples noticed, how many faults."""
    rng = random.Random(0)
    sources = {name: (folder / name).read_text(encoding="ascii") for name in design.sources}
    counts: Counter[tuple[str, bool]] = Counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool:
        while (missing := wanted - counts.total()) > 0:
            faults = [mutant(sources, rng) for _ in range(missing)]
            verdicts = pool.map(partial(_judge, folder), faults)
            for fault, (outcome, noticed) in zip(faults, verdicts, strict=True):
                if outcome != INVALID:
                    counts[outcome, noticed] += 1
                if outcome == "unknown" or (outcome == "proved" and noticed):
                    print(outcome, noticed, fault, flush=True)
    return counts


def _judge(folder: Path, fault: Mutant) -> tuple[str, bool]:
    """What the proof says of a fault, and whether the core's samples notice it."""
    with TemporaryDirectory() as name:
        copy = Path(name, "design")
        design = read_design(folder)
        write_mutant(folder, design, fault, copy)
        try:
            outcome = prove(copy).outcome
        except ToolError:
            return INVALID, True
        samples = bench_samples(read_network(copy / design.network.file)[0])
        return outcome, bool(replay_samples(copy, np.tile(samples, (TIMES, 1)), seed=0))
