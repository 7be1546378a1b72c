"""Who notices faults: the proof, the samples that a core comes with, and a test set.

Each verdict is kept in build/benchmarks/faults once it is known, and is not found again.
"""

import hashlib
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter

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
KEPT = Path("build/benchmarks/faults")


@dataclass(frozen=True)
class Judged:
    """A fault, the verdict on it, and how long that took."""

    fault: Mutant
    verdict: Verdict
    seconds: float


JUDGED = TypeAdapter(Judged)


def measure() -> list[Row]:
    """Shares of random faults, all different.

    Edits that change nothing, or leave no Verilog, are replaced.
    """
    return [row for case, wanted in FAULTS.items() for row in _measure(case, wanted)]


def _measure(case: str, wanted: int) -> Iterator[Row]:
    judged = list(_judged(case, wanted))
    verdicts = [one.verdict for one in judged if _is_fault(one)]
    others = [verdict for verdict in verdicts if verdict.outcome != "proved"]
    refuted = [verdict for verdict in others if verdict.outcome == "refuted"]
    in_data = [verdict for verdict in others if TEST in verdict.seen]
    yield Row(f"{case}: edits that are no fault", "", len(judged) - len(verdicts))
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
    yield Row(f"{case}: a fault", "s", sum(one.seconds for one in judged) / len(judged))


def _share(case: str, part: int, whole: int) -> Iterator[Row]:
    """A share, and the least that it may be in all faults, by Wilson's interval."""
    share, z = part / whole, QUANTILE**2 / whole
    middle = share + z / 2
    half = sqrt(z * share * (1 - share) + z * z / 4)
    yield Row(case, "%", 100 * share)
    yield Row(f"{case}, at 95 % confidence more than", "%", 100 * (middle - half) / (1 + z))


def _judged(case: str, wanted: int) -> Iterator[Judged]:
    """As many faults as are wanted, and the edits between them that are none."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        network = trained(case)
        simplified = simplify(network)
        design = export(network, folder, Request(), provenance={}, simplified=simplified)
        sources = {name: (folder / name).read_text(encoding="ascii") for name in design.sources}
        kept = KEPT / f"{_digest(sources)}.jsonl"
        known = kept.read_bytes().splitlines() if kept.exists() else []

        @cache
        def judge() -> Judge:
            example, overrides = CASES[case]
            dataset = load_dataset(load_config(EXAMPLES / f"{example}.toml", overrides))
            own = bench_samples(network, simplified.network)
            return Judge(folder, {OWN: own.samples, TEST: dataset.test_samples})

        for number, fault in enumerate(_faults(sources)):
            if number < len(known):
                one = JUDGED.validate_json(known[number])
            else:
                began = time.perf_counter()
                verdict = judge().verdict(fault)
                one = Judged(fault, verdict, time.perf_counter() - began)
                kept.parent.mkdir(parents=True, exist_ok=True)
                with kept.open("ab") as file:
                    file.write(JUDGED.dump_json(one) + b"\n")
            assert one.fault == fault, f"{kept} is of another choice of faults: delete it"
            if _is_strange(one):
                print(case, one, flush=True)
            yield one
            wanted -= _is_fault(one)
            if not wanted:
                return


def _faults(sources: Mapping[str, str]) -> Iterator[Mutant]:
    """Without end, all different."""
    rng, drawn = random.Random(1), set[Mutant]()
    while True:
        fault = mutant(sources, rng)
        if fault not in drawn:
            drawn.add(fault)
            yield fault


def _is_fault(one: Judged) -> bool:
    return one.verdict.outcome not in ("invalid", "same")


def _is_strange(one: Judged) -> bool:
    """Whether it is worth a look: what the core's samples or the proof do not notice."""
    outcome, seen = one.verdict.outcome, one.verdict.seen
    if outcome == "proved":
        return any(seen.values())
    return outcome == "unknown" or (outcome == "refuted" and not seen.get(OWN))


def _digest(sources: Mapping[str, str]) -> str:
    return hashlib.sha256("".join(sources.values()).encode()).hexdigest()[:16]
