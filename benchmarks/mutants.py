"""Who notices faults: the proof, the samples that a core comes with, and a test set."""

import random
import time
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rows import Row
from benchmarks.simplification import CASES, EXAMPLES, trained
from connective.simplify import simplify
from hwgen.emit import export
from hwgen.handover.samples import bench_samples
from hwgen.request import Request
from sim.proof.judge import Judge, Verdict
from sim.proof.mutants import Mutant, mutant
from train.config_file import load_config
from train.data import load_dataset

FAULTS = {"yin_yang 2×100": 1000, "mnist 1×1000": 1000, "mnist 2×8000, 12 epochs": 100}
OWN, TEST = "the core's samples", "the test set"
QUANTILE = 1.96  # of 95 %, two-sided


def measure() -> list[Row]:
    """Shares of random faults, all different.

    Edits that change nothing, or leave no Verilog, are replaced.
    """
    return [row for case, wanted in FAULTS.items() for row in _measure(case, wanted)]


def _measure(case: str, wanted: int) -> Iterator[Row]:
    began = time.perf_counter()
    replaced, verdicts = _verdicts(case, wanted)
    seconds = time.perf_counter() - began
    others = [verdict for verdict in verdicts if verdict.outcome != "proved"]
    refuted = [verdict for verdict in others if verdict.outcome == "refuted"]
    in_data = [verdict for verdict in others if TEST in verdict.seen]
    yield Row(f"{case}: edits that are no fault", "", replaced)
    yield Row(f"{case}: faults", "", len(verdicts))
    yield Row(f"{case}: proved equivalent", "", len(verdicts) - len(others))
    beside = sum(verdict.outcome == "proved" and verdict.left is not None for verdict in verdicts)
    yield Row(f"{case}: of these, only beside the design without the fault", "", beside)
    yield Row(f"{case}: refuted", "", len(refuted))
    yield Row(f"{case}: unknown", "", len(others) - len(refuted))
    decided = wanted - len(others) + len(refuted)
    yield from _share(f"{case}: refuted or proved equivalent", decided, wanted)
    own = sum(verdict.seen[OWN] for verdict in others)
    yield from _share(f"{case}: not equivalent, seen by {OWN}", own, len(others))
    test = sum(verdict.seen[TEST] for verdict in in_data)
    yield from _share(
        f"{case}: of these, {len(in_data)} in the data path by {TEST}", test, len(in_data)
    )
    yield Row(f"{case}: a fault", "s", seconds / (wanted + replaced))


def _share(case: str, part: int, whole: int) -> Iterator[Row]:
    """A share, and the least that it may be in all faults, by Wilson's interval."""
    share, z = part / whole, QUANTILE**2 / whole
    middle = share + z / 2
    half = sqrt(z * share * (1 - share) + z * z / 4)
    yield Row(case, "%", 100 * share)
    yield Row(f"{case}, at 95 % confidence more than", "%", 100 * (middle - half) / (1 + z))


def _verdicts(case: str, wanted: int) -> tuple[int, list[Verdict]]:
    """How many edits were no fault, and the verdicts on as many faults as are wanted."""
    example, overrides = CASES[case]
    network = trained(case)
    test_samples = load_dataset(load_config(EXAMPLES / f"{example}.toml", overrides)).test_samples
    rng = random.Random(1)
    drawn: set[Mutant] = set()
    replaced = 0
    verdicts: list[Verdict] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        simplified = simplify(network)
        design = export(network, folder, Request(), provenance={}, simplified=simplified)
        sources = {name: (folder / name).read_text(encoding="ascii") for name in design.sources}
        own = bench_samples(network, simplified.network)
        judge = Judge(folder, {OWN: own.samples, TEST: test_samples})
        while len(verdicts) < wanted:
            fault = mutant(sources, rng)
            if fault in drawn:
                continue
            drawn.add(fault)
            verdict = judge.verdict(fault)
            if verdict.outcome in ("invalid", "same"):
                replaced += 1
                continue
            verdicts.append(verdict)
            if verdict.outcome == "proved":
                strange = verdict.noticed
            else:
                strange = verdict.outcome == "unknown" or not verdict.seen.get(OWN)
            if strange:
                print(case, fault, verdict, flush=True)
    return replaced, verdicts
