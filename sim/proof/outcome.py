"""What a proof comes to."""

import importlib.metadata
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict

from connective.results import CounterexampleRecord, LemmaRecord, ProofResult
from connective.tools import yosys
from sim.proof.lemma import Lemma

Shown = Callable[[Lemma], None]


def silent(lemma: Lemma) -> None:
    """Show nothing."""


def conclude(
    lemmas: Iterable[Lemma],
    search: Callable[[list[Lemma]], CounterexampleRecord | None],
    shown: Shown,
    *,
    simplified_sha256: str | None = None,
    netlist: str | None = None,
    netlist_sha256: str | None = None,
) -> ProofResult:
    """Decide the lemmas in turn, each `shown`; where one does not hold, search a counterexample."""
    began = time.perf_counter()
    decided = []
    for lemma in lemmas:
        shown(lemma)
        decided.append(lemma)
    holds = all(lemma.holds for lemma in decided)
    counterexample = None if holds else search(decided)
    return ProofResult(
        outcome="proved" if holds else "refuted" if counterexample else "unknown",
        tools={
            "Yosys and ABC": yosys.version(),
            "python-sat": importlib.metadata.version("python-sat"),
        },
        simplified_sha256=simplified_sha256,
        netlist=netlist,
        netlist_sha256=netlist_sha256,
        lemmas=[LemmaRecord(**asdict(lemma)) for lemma in decided],
        counterexample=counterexample,
        seconds=time.perf_counter() - began,
    )
