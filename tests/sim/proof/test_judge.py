"""Faults at random, and verdicts on them, held against whole proofs and all samples."""

import random
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from connective.design import read_design
from sim.proof.judge import Judge
from sim.proof.mutants import KINDS, mutant, write_mutant
from sim.proof.prove import prove
from sim.runner import simulate
from tests.designs import make_design
from tests.sim.proof.faults import thermometer_network

ALL = np.array(list(product(range(16), repeat=3)))
FEW = 40


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judge") / "design"
    make_design(folder, thermometer_network())
    return folder


@pytest.fixture(scope="module")
def sources(design: Path) -> dict[str, str]:
    return {name: (design / name).read_text() for name in read_design(design).sources}


@pytest.fixture(scope="module")
def judge(design: Path) -> Judge:
    return Judge(design, {"few": ALL[:FEW], "all": ALL})


@pytest.mark.parametrize("kind", KINDS)
def test_faults_of_each_kind_are_seen(judge: Judge, sources: dict[str, str], kind: str) -> None:
    rng = random.Random(kind)
    outcomes = {judge.verdict(mutant(sources, rng, [kind])).outcome for _ in range(3)}
    assert "refuted" in outcomes
    assert "unknown" not in outcomes


@pytest.mark.parametrize("seed", range(6))
def test_a_verdict_is_that_of_the_whole_proof_and_of_all_samples(
    judge: Judge, design: Path, sources: dict[str, str], tmp_path: Path, seed: int
) -> None:
    fault = mutant(sources, random.Random(seed))
    verdict = judge.verdict(fault)
    if verdict.outcome == "invalid":
        return
    write_mutant(design, read_design(design), fault, tmp_path / "d")
    whole = prove(tmp_path / "d").outcome
    same = ("same", "proved"), ("proved", "unknown" if verdict.left else "proved")
    assert (verdict.outcome, whole) in (*same, ("refuted", "refuted"))
    if verdict.outcome != "same" and "flow" not in fault.source:
        assert verdict.seen["all"] == (whole == "refuted")
        icarus = simulate(tmp_path / "d", ALL, simulator="icarus", data="all", seed=0)
        assert bool(icarus.mismatches) == verdict.seen["all"]
