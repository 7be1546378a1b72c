"""Proofs of designs, right and wrong; Icarus has the last word on both."""

import random
import re
import shutil
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connective import Network
from connective.design import Target
from connective.errors import InputError
from connective.simplify import simplify
from hwgen.emit import export
from hwgen.request import Request
from sim.proof.prove import prove
from sim.runner import simulate
from tests.designs import make_design
from tests.hwgen.test_margin import greatest_margin
from tests.networks import random_network
from tests.sim.proof.faults import edit, thermometer_network

SLOW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def network() -> Network:
    return random_network(np.random.default_rng(3), layers=[30, 24], n_inputs=10)


@SLOW
@given(
    seed=st.integers(0, 2**32),
    head=st.sampled_from(["class", "scores", "bits"]),
    levels=st.integers(0, 3),
    target=st.sampled_from(["lut6", "lut4", "asic"]),
    simplified=st.booleans(),
    combinational=st.booleans(),
    asked=st.sampled_from([(False, None), (True, None), (False, 1), (True, 2)]),
    best=st.sampled_from([None, 2, 4]),
)
def test_every_pipeline_and_combinational_core_is_proved(
    tmp_path: Path,
    seed: int,
    head: str,
    levels: int,
    target: Target,
    simplified: bool,
    combinational: bool,
    asked: tuple[bool, int | None],
    best: int | None,
) -> None:
    rng = np.random.default_rng(seed)
    layers = rng.integers(5, 40, int(rng.integers(1, 4))).tolist()
    made = random_network(
        rng,
        layers=layers,
        k=int(rng.integers(2, 4)),
        classes=int(rng.integers(1, 6)),
        head=head,
        skips=bool(rng.integers(2)),
        weighted=bool(rng.integers(2)) and head != "bits",
    )
    folder = tmp_path / "d"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    smaller = simplify(made, keep="scores" if head == "scores" else "label") if simplified else None
    built = smaller.network if smaller else made
    margin, below = asked if built.n_classes > 1 else (False, None)
    if below is not None and greatest_margin(built) < below:
        below = None
    request = Request(
        target=target,
        levels_per_stage=0 if combinational else levels,
        combinational=combinational,
        margin=margin,
        reject_below=below,
        best=best if best and best <= built.n_classes else None,
    )
    export(made, folder, request, provenance={}, simplified=smaller)
    result = prove(folder)
    assert result.outcome == "proved", result.lemmas


LATE = r"reg [99:0] late;\n  always @(posedge clk) late <= \1;\n  assign o = late;"
FAULTS = {
    "a gate": ("level_1", r" \^ ", " & "),
    "a wire": ("level_0", r"\bi\[1\]", "i[2]"),
    "a threshold": ("encoder", r">= 4'd6", ">= 4'd7"),
    "a carry": ("popcount_0", r"(carry0 = [^&]*)&", r"\1|"),
    "a sum bit": ("popcount_2", r"carry0, (\w+_sum0)", r"carry0, ~\1"),
    "a register too many": ("level_1", r"assign o = ([^;]*);", LATE),
    "ties to the highest": ("argmax", r" > ", " >= "),
    "a score of another class": ("argmax", r"i\[11:8\] >", "i[7:4] >"),
    "one place less": ("flow", r"credits_used != 4'd\d", "credits_used != 4'd2"),
    "valid without stall": ("flow", r"addr <= \(o_valid & o_ready\)", "addr <= o_valid"),
    "valid early": ("flow", r"valid <= \{valid\[5:0\]", "valid <= {valid[4:0], take"),
    "ready is ignored": ("flow", r"give = o_valid & o_ready", "give = o_valid"),
    "no reset": ("flow", r"if \(rst\)", "if (1'b0)"),
}


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proof") / "design"
    make_design(folder, thermometer_network())
    return folder


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refuted_by_what_a_simulation_shows(
    design: Path, tmp_path: Path, fault: str
) -> None:
    folder = tmp_path / "d"
    shutil.copytree(design, folder)
    block, old, new = FAULTS[fault]
    edit(folder, f"accelerator_{block}", old, new)
    result = prove(folder)
    assert result.outcome == "refuted", result.lemmas
    assert result.counterexample is not None
    assert all("WRONG" in line for line in result.counterexample.observed)
    assert (folder / result.counterexample.bench).exists()
    assert (folder / result.counterexample.waveform).exists()


PLACES = {
    "who is greater": (r"(greater_\w+ = [^;]*?) > ", r"\1 < "),
    "ties to the higher": (r"(greater_\w+ = [^;]*?) > ", r"\1 >= "),
    "a place": (r"(place_1_of_3 = [^;]*?) \| ", r"\1 & "),
}


@pytest.mark.parametrize("fault", PLACES)
def test_a_fault_of_the_best_classes_is_refuted(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "d"
    made = random_network(np.random.default_rng(7), layers=[40], n_inputs=12, classes=4)
    make_design(folder, made, best=3)
    assert prove(folder).outcome == "proved"
    edit(folder, "accelerator_argmax", *PLACES[fault])
    result = prove(folder)
    assert result.outcome == "refuted", result.lemmas
    assert result.counterexample is not None
    assert all("WRONG" in line for line in result.counterexample.observed)


LEADS = {
    "the second best of the winner's side": r"right_twice_\w+ =",
    "the margin": r"difference =",
    "what is too small": r"reject =",
}


@pytest.mark.parametrize("fault", LEADS)
def test_a_fault_of_a_margin_is_refuted(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "d"
    made = random_network(np.random.default_rng(7), layers=[40], n_inputs=12, classes=4)
    make_design(folder, made, margin=True, reject_below=2)
    assert prove(folder).outcome == "proved"
    pattern = rf"({LEADS[fault]} [^;]*?) ([-<>]) "
    other = {"-": "+", "<": "<=", ">": "<"}
    text = (folder / "rtl/accelerator_argmax.v").read_text()
    found = re.search(pattern, text)
    assert found
    edit(folder, "accelerator_argmax", pattern, rf"\1 {other[found[2]]} ")
    result = prove(folder)
    assert result.outcome == "refuted", result.lemmas
    assert result.counterexample is not None
    assert all("WRONG" in line for line in result.counterexample.observed)


def test_a_certificate_of_labels_proves_no_scores(tmp_path: Path) -> None:
    made = random_network(np.random.default_rng(3), layers=[30], n_inputs=10, weighted=True)
    (tmp_path / "d").mkdir()
    smaller = simplify(made, keep="label")
    export(made, tmp_path / "d", Request(scores=True), provenance={}, simplified=smaller)
    result = prove(tmp_path / "d")
    assert result.outcome != "proved"
    assert result.lemmas[0].why == "the certificate leaves scores open, and the core shows them"


@pytest.mark.parametrize(
    "fault", ["a gate", "a wire", "a threshold", "a carry", "ties to the highest"]
)
def test_a_fault_of_a_combinational_core_is_refuted(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "d"
    make_design(folder, thermometer_network(), combinational=True)
    assert prove(folder).outcome == "proved"
    block, old, new = FAULTS[fault]
    edit(folder, f"accelerator_{block}", old, new)
    result = prove(folder)
    assert result.outcome == "refuted", result.lemmas
    assert result.counterexample is not None
    assert len(result.counterexample.samples) == 1
    assert all("WRONG" in line for line in result.counterexample.observed)
    assert (folder / result.counterexample.bench).exists()


EDITS = [(r" & ", " | "), (r" \^ ", " & "), (r"~", ""), (r" > ", " >= "), (r"\[0\]", "[1]")]


@SLOW
@given(st.randoms(use_true_random=False))
def test_a_verdict_on_any_edit_is_what_icarus_says_of_all_samples(
    design: Path, tmp_path: Path, rng: random.Random
) -> None:
    folder = tmp_path / "d"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(design, folder)
    sources = sorted((folder / "rtl").glob("*_[alp]*_*.v"))
    source = rng.choice(sources)
    old, new = rng.choice([e for e in EDITS if re.search(e[0], source.read_text())])
    edit(folder, source.stem, old, new)
    verdict = prove(folder).outcome
    samples = np.array(list(product(range(16), repeat=3)))
    seen = simulate(folder, samples, simulator="icarus", data="all", seed=0)
    assert verdict == ("refuted" if seen.mismatches else "proved")


def test_a_core_of_another_network_is_refused(design: Path, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    shutil.copytree(design, folder)
    other = tmp_path / "other"
    make_design(other, network())
    shutil.copy(other / "network.npz", folder / "network.npz")
    with pytest.raises(InputError, match="is not the network that design.json names"):
        prove(folder)
