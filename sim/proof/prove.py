"""Proves a design: that its Verilog answers as its network, for all samples and at all times."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.folder import temporary_folder
from connective.results import CounterexampleRecord, ProofResult
from sim.gates import read_gates
from sim.proof import search
from sim.proof.design_proof import DesignProof
from sim.proof.lemma import Lemma, stated
from sim.proof.outcome import Shown, conclude, silent
from sim.proof.replay import replay
from sim.reference import read_reference

REPLAY_SECONDS = 600


def prove(folder: Path, *, timeout: float = 3600, shown: Shown = silent) -> ProofResult:
    """Prove the design in a folder; `shown` is called with each lemma once it is decided.

    Every tool ends within `timeout` seconds. A counterexample leaves a test bench and a waveform in
    results/. Raises `InputError` for a design that is not as it was exported, and `ToolError` of
    Yosys and ABC.
    """
    design, network = read_reference(folder)
    proof = DesignProof(folder.absolute(), design, network, timeout)
    simplified = design.simplified.sha256 if design.simplified else None

    def refuting(lemmas: list[Lemma]) -> CounterexampleRecord | None:
        return search.counterexample(proof, lemmas)

    return conclude(stated(proof.lemmas()), refuting, shown, simplified_sha256=simplified)


def prove_netlist(folder: Path, target: str, *, timeout: float = 3600) -> ProofResult:
    """Prove that what synthesis made of a design for a target does what its Verilog does.

    With the proof of the Verilog, it answers as the network. Raises as `prove`, and `InputError`
    where there is no netlist.
    """
    design, network = read_reference(folder)
    gates = read_gates(folder.absolute(), target)
    proof = DesignProof(folder.absolute(), design, network, timeout)
    with temporary_folder() as work:
        file = work / "netlist.v"
        file.write_text(gates.verilog, encoding="utf-8")

        def refuting(_: list[Lemma]) -> CounterexampleRecord | None:
            return search.in_traffic(proof, [file])

        lemmas = stated(proof.netlist_lemmas(file))
        return conclude(lemmas, refuting, silent, netlist=target, netlist_sha256=gates.sha256)


def replay_samples(folder: Path, samples: NDArray[np.int64], *, seed: int) -> list[str]:
    """What Icarus finds wrong with a design that gets a sample (samples, features) a cycle.

    Samples are offered, and results taken, in random traffic; what is not taken is not answered.
    """
    design, network = read_reference(folder)
    proof = DesignProof(folder.absolute(), design, network, timeout=REPLAY_SECONDS)
    pattern = search.traffic(np.random.default_rng(seed), len(samples), design.latency)
    return replay(search.traffic_bench(proof, pattern, samples), proof.sources, folder=None)
