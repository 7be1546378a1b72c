"""The bench of a core without a clock passes sound cores and sees what is wrong with others."""

from pathlib import Path

import numpy as np
import pytest

from connective import InputError
from connective.results import SimulationResult
from sim import Core, simulate
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import damage

NETWORK = random_network(np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 100)
TESTS = {"every_sample_is_right", "nothing_is_remembered"}


def run_with(tmp_path: Path, fault: str) -> SimulationResult:
    folder = tmp_path / "design"
    damage(folder, make_design(folder, NETWORK, combinational=True), fault)
    return simulate(folder, SAMPLES, simulator="icarus", data="random", seed=1)


@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_a_sound_core_passes(tmp_path: Path, simulator: str) -> None:
    make_design(tmp_path / "d", NETWORK, combinational=True, scores=True)
    result = simulate(tmp_path / "d", SAMPLES, simulator=simulator, data="random", seed=1)
    assert result.tests == dict.fromkeys(TESTS, "passed")
    assert (result.samples, result.mismatches) == (100, 0)
    assert (result.latency_measured, result.cycles) == (0, 100)


def test_a_wrong_label_is_a_mismatch(tmp_path: Path) -> None:
    payloads = NETWORK.encoder.payloads(SAMPLES)
    wrong = payloads.count(payloads[37])
    fault = f"assign o_label = core_o_label ^ (i_payload == {payloads[37]});"
    result = run_with(tmp_path, fault)
    label, first = int(NETWORK.predict(SAMPLES)[37]), payloads.index(payloads[37])
    assert result.mismatches == wrong
    assert result.first_mismatch == (
        f"sample {first}: o_label is {label ^ 1:#x}, expected {label:#x}"
    )
    assert not result.passed


def test_an_unknown_bit_is_a_mismatch(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign o_label = {1'bx, core_o_label[0]};")
    assert result.mismatches == 100
    assert result.first_mismatch is not None and "o_label is X" in result.first_mismatch


def test_a_core_that_remembers_is_seen(tmp_path: Path) -> None:
    # right of the first hundred changes of its input
    fault = "integer n = 0; always @(i_payload) n = n + 1;"
    result = run_with(tmp_path, fault + "assign o_label = core_o_label ^ (n > 110);")
    assert result.mismatches == 0
    assert result.tests["every_sample_is_right"] == "passed"
    assert "expected" in result.tests["nothing_is_remembered"]


def test_a_core_without_a_stream_is_no_function_of_python(tmp_path: Path) -> None:
    make_design(tmp_path / "d", NETWORK, combinational=True)
    with pytest.raises(InputError, match="^a combinational core has no stream to pass samples"):
        Core(tmp_path / "d")
