"""Designs with registers on AXI4-Lite are simulated, and faults planted in them are caught."""

from pathlib import Path

import numpy as np
import pytest

from connective import InputError, Network
from connective.design import Design
from connective.results import SimulationResult
from hwgen.form import Form
from sim import Core, simulate
from tests.designs import make_design
from tests.hwgen.test_axi_stream import image
from tests.networks import random_network, random_samples
from tests.sim.designs import damage, write_design

SAMPLE = "every_sample_is_right"
RATE = "a_word_is_written_every_other_cycle"
FULL = "results_wait_until_they_are_dropped"
VAIN = "what_has_no_effect_is_refused"
IDENTITY = "it_says_what_it_is"
ORDER = "words_come_in_any_order_but_for_the_last"
RESET = "nothing_stale_after_reset_in_flight"
PAUSES = {f"nothing_is_lost_when_channels_pause/pauses={p}" for p in ("random", "bursts")}
ALL = {SAMPLE, RATE, FULL, VAIN, IDENTITY, ORDER, RESET} | PAUSES

NETWORK = image([[100]] * 10)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 40)


def run(folder: Path, simulator: str = "icarus") -> SimulationResult:
    return simulate(folder, SAMPLES, simulator=simulator, data="random", seed=1)


def run_with(tmp_path: Path, fault: str) -> SimulationResult:
    folder = tmp_path / "design"
    damage(folder, make_design(folder, NETWORK, axi_lite=True), fault)
    return run(folder)


def failed(result: SimulationResult) -> set[str]:
    return {name for name, text in result.tests.items() if text != "passed"}


def check(folder: Path, network: Network, design: Design, simulator: str) -> None:
    samples = random_samples(np.random.default_rng(2), network, 30)
    result = simulate(folder, samples, simulator=simulator, data="random words", seed=3)
    assert result.tests == dict.fromkeys(ALL, "passed")
    assert (result.samples, result.mismatches, result.first_mismatch) == (30, 0, None)
    assert result.latency_measured == design.latency
    assert result.cycles > 30 * design.initiation_interval


@pytest.mark.parametrize("head", ["class", "scores", "bits"])
def test_icarus_agrees_with_the_network(tmp_path: Path, head: str) -> None:
    rng = np.random.default_rng(len(head))
    network = random_network(
        rng, layers=[20, 20], n_inputs=40, head=head, weighted=head != "bits", skips=True
    )
    design = make_design(
        tmp_path / "d", network, levels_per_stage=2, margin=head != "bits", axi_lite=True
    )
    check(tmp_path / "d", network, design, "icarus")


def test_a_serial_core_behind_registers(tmp_path: Path) -> None:
    form = Form(serial=True, bits_per_cycle=4)
    design = make_design(tmp_path / "d", NETWORK, scores=True, form=form, axi_lite=True)
    assert design.initiation_interval > 2 * design.protocol.beats
    check(tmp_path / "d", NETWORK, design, "icarus")


def test_verilator_agrees_with_the_network(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", NETWORK, scores=True, axi_lite=True)
    assert design.protocol.beats == 3
    check(tmp_path / "d", NETWORK, design, "verilator")


def test_wrapper_without_a_fault_passes(tmp_path: Path) -> None:
    assert run_with(tmp_path, "").passed


def test_a_wrong_result_is_counted_in_every_sample(tmp_path: Path) -> None:
    fault = "reg [7:0] at; always @(posedge aclk) if (s_axi_arready) at <= s_axi_araddr;"
    result = run_with(
        tmp_path, fault + "assign s_axi_rdata = core_s_axi_rdata + {31'b0, at[7:2] == 4};"
    )
    label = int(NETWORK.predict(SAMPLES)[0])
    wrong = f"s_axi_rdata is {label + 1:#x}, expected {label:#x}"
    assert (result.mismatches, result.first_mismatch) == (40, f"sample 0: {wrong}")
    assert {SAMPLE, ORDER} <= failed(result)


def test_latency_other_than_promised_fails(tmp_path: Path) -> None:
    folder = tmp_path / "design"
    design = make_design(folder, NETWORK, axi_lite=True)
    promised = design.latency + 1
    write_design(folder, design.model_copy(update={"latency": promised}))
    result = run(folder)
    assert result.latency_measured == design.latency
    assert result.tests[SAMPLE] == f"latency is {design.latency} cycles, expected {promised}"
    assert failed(result) == {SAMPLE}


def test_an_interval_other_than_promised_fails(tmp_path: Path) -> None:
    fault = "reg wait_ = 0; always @(posedge aclk) wait_ <= s_axi_wvalid & s_axi_wready;"
    late = "reg late = 0; always @(posedge aclk) late <= wait_;"
    held = (
        "assign core_s_axi_wvalid = s_axi_wvalid & ~wait_ & ~late;"
        "assign core_s_axi_awvalid = s_axi_awvalid & ~wait_ & ~late;"
    )
    result = run_with(tmp_path, fault + late + held)
    assert result.tests[RATE].startswith("between words there were ")
    assert failed(result) == {RATE}


def test_an_access_that_is_never_answered_is_told(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign s_axi_bvalid = 1'b0;")
    assert result.mismatches == 40
    assert "was not answered in" in result.tests[VAIN]
    assert not result.passed


def test_a_core_that_never_refuses_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign s_axi_bresp = 2'b00;")
    assert failed(result) == {FULL, VAIN}


def test_a_read_of_nothing_that_is_no_error_is_seen(tmp_path: Path) -> None:
    assert failed(run_with(tmp_path, "assign s_axi_rresp = 2'b00;")) == {VAIN}


def test_parts_of_words_that_are_taken_are_seen(tmp_path: Path) -> None:
    assert VAIN in failed(run_with(tmp_path, "assign core_s_axi_wstrb = 4'hf;"))


def test_another_identity_is_seen(tmp_path: Path) -> None:
    fault = "assign s_axi_rdata = core_s_axi_rdata ^ {(core_s_axi_rdata == 32'h434e5601), 31'b0};"
    assert failed(run_with(tmp_path, fault)) == {IDENTITY}


def test_an_answer_that_does_not_wait_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign core_s_axi_rready = 1'b1;")
    assert failed(result) >= PAUSES
    assert SAMPLE not in failed(result)


def test_an_answer_that_changes_while_it_waits_is_seen(tmp_path: Path) -> None:
    fault = "assign s_axi_rdata = s_axi_rready ? core_s_axi_rdata : ~core_s_axi_rdata;"
    result = run_with(tmp_path, fault)
    sentence = "the answer on r changed before rready came in cycle "
    assert any(result.tests[name].startswith(sentence) for name in PAUSES)


def test_reset_that_leaves_a_sample_is_seen(tmp_path: Path) -> None:
    fault = "reg used = 0; always @(posedge aclk) used <= used | (s_axi_wvalid & aresetn);"
    assert failed(run_with(tmp_path, fault + "assign core_aresetn = aresetn | used;")) == {RESET}


def test_a_core_without_a_stream_is_no_function_of_python(tmp_path: Path) -> None:
    make_design(tmp_path / "d", NETWORK, axi_lite=True)
    with pytest.raises(InputError, match="^AXI4-Lite has no stream to pass samples through"):
        Core(tmp_path / "d")
