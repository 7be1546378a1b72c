"""Designs with AXI4-Streams are simulated, and faults that are planted in them are caught."""

from pathlib import Path

import numpy as np
import pytest

from connective import Network, ToolError
from connective.axi_stream import AxiStream
from connective.design import Design
from connective.results import SimulationResult
from hwgen.form import Form
from sim import simulate
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import damage, write_design

STREAM = "every_sample_is_right_at_full_rate"
LENGTH = "wrong_length_spoils_no_other_packet"
RESET = "nothing_stale_after_reset_in_flight"
TAG_WIDTH = 5

NETWORK = random_network(np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 40)
COUNTER = """
reg [15:0] n;
always @(posedge aclk) if (!aresetn) n <= 0; else if (m_axis_tvalid & m_axis_tready) n <= n + 1;
"""


def stalled(idle: str, stalls: str) -> str:
    return f"nothing_is_lost_when_stalled/idle={idle}/stalls={stalls}"


STALLED = {
    stalled(idle, stalls)
    for idle in ("never", "random", "bursts")
    for stalls in ("never", "random", "bursts")
}
SPOILT = {f"{LENGTH}/stalls={stalls}" for stalls in ("never", "random", "bursts")}
ALL = {STREAM, RESET} | STALLED | SPOILT


def run(folder: Path, simulator: str = "icarus") -> SimulationResult:
    return simulate(folder, SAMPLES, simulator=simulator, data="random", seed=1)


def run_with(tmp_path: Path, fault: str) -> SimulationResult:
    folder = tmp_path / "design"
    damage(folder, make_design(folder, NETWORK, stream=AxiStream(8, TAG_WIDTH)), fault)
    return run(folder)


def failed(result: SimulationResult) -> set[str]:
    return {name for name, text in result.tests.items() if text != "passed"}


def check(folder: Path, network: Network, design: Design, simulator: str) -> None:
    samples = random_samples(np.random.default_rng(2), network, 30)
    result = simulate(folder, samples, simulator=simulator, data="random words", seed=3)
    assert result.tests == dict.fromkeys(ALL, "passed")
    assert (result.samples, result.mismatches, result.first_mismatch) == (30, 0, None)
    assert result.latency_measured == design.latency
    assert design.protocol.beats + design.latency == result.cycles - 29 * design.initiation_interval


@pytest.mark.parametrize(("head", "tdata_width"), [("class", 8), ("scores", 16), ("bits", 64)])
def test_icarus_agrees_with_the_network(tmp_path: Path, head: str, tdata_width: int) -> None:
    rng = np.random.default_rng(tdata_width)
    network = random_network(rng, layers=[20, 20], head=head, weighted=head != "bits", skips=True)
    stream = AxiStream(tdata_width, tag_width=tdata_width // 16)
    design = make_design(tmp_path / "d", network, levels_per_stage=tdata_width // 16, stream=stream)
    check(tmp_path / "d", network, design, "icarus")


def test_a_serial_core_between_axi_streams(tmp_path: Path) -> None:
    form = Form(serial=True, bits_per_cycle=4)
    stream = AxiStream(16, TAG_WIDTH)
    design = make_design(tmp_path / "d", NETWORK, scores=True, form=form, stream=stream)
    assert design.latency == 1 + NETWORK.n_classes * 3
    assert design.initiation_interval == design.protocol.beats - 2 + design.latency
    check(tmp_path / "d", NETWORK, design, "icarus")


def test_verilator_agrees_with_the_network(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(6), layers=[40, 40], n_inputs=40, weighted=True)
    design = make_design(tmp_path / "d", network, scores=True, stream=AxiStream(16, 3))
    check(tmp_path / "d", network, design, "verilator")


def test_wrapper_without_a_fault_passes(tmp_path: Path) -> None:
    assert run_with(tmp_path, "").passed


def test_wrong_label_is_counted_in_every_sample(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign m_axis_tdata = core_m_axis_tdata + 8'd1;")
    label = int(NETWORK.predict(SAMPLES)[0])
    assert result.mismatches == len(SAMPLES)
    wrong = f"m_axis_tdata is {label + 1:#x}, expected {label:#x}"
    assert result.first_mismatch == f"sample 0: {wrong}"
    assert failed(result) == ALL


def test_wrong_tag_is_named(tmp_path: Path) -> None:
    result = run_with(
        tmp_path, COUNTER + "assign m_axis_tuser = core_m_axis_tuser ^ (n == 7) << 3;"
    )
    assert result.mismatches == 1
    assert result.first_mismatch is not None
    assert result.first_mismatch.startswith("sample 7: m_axis_tuser is ")


def test_result_without_an_end_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign m_axis_tlast = 1'b0;")
    assert result.first_mismatch == "sample 0: m_axis_tlast is 0x0, expected 0x1"


def test_flag_that_is_never_raised_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign m_axis_tuser = {core_m_axis_tuser[5:1], 1'b0};")
    assert failed(result) == SPOILT


def test_null_bytes_that_are_taken_for_data_are_seen(tmp_path: Path) -> None:
    folder = tmp_path / "design"
    design = make_design(folder, NETWORK, stream=AxiStream(64))
    damage(folder, design, "assign core_s_axis_tkeep = 8'hff;")
    assert failed(run(folder)) <= SPOILT
    assert failed(run(folder))


def test_latency_other_than_promised_fails(tmp_path: Path) -> None:
    folder = tmp_path / "design"
    design = make_design(folder, NETWORK, stream=AxiStream(8))
    promised = design.latency + 1
    write_design(folder, design.model_copy(update={"latency": promised}))
    result = run(folder)
    assert result.latency_measured == design.latency
    assert result.tests[STREAM] == f"latency is {design.latency} cycles, expected {promised}"
    assert failed(result) == {STREAM, RESET}


def test_a_bubble_between_packets_fails(tmp_path: Path) -> None:
    fault = """
    reg ended;
    always @(posedge aclk) ended <= s_axis_tvalid & s_axis_tready & s_axis_tlast;
    assign s_axis_tready = core_s_axis_tready & ~ended;
    assign core_s_axis_tvalid = s_axis_tvalid & ~ended;
    """
    result = run_with(tmp_path, fault)
    assert result.mismatches == 0
    assert result.tests[STREAM].startswith("40 samples took ")
    assert failed(result) == {STREAM, RESET}


def test_core_that_goes_on_accepting_loses_packets(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign s_axis_tready = 1'b1;")
    assert result.mismatches == 0
    assert stalled("never", "bursts") in failed(result)
    assert STREAM not in failed(result)


def test_result_that_does_not_wait_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign core_m_axis_tready = 1'b1;")
    assert {stalled("never", "random"), stalled("never", "bursts")} <= failed(result)
    assert STREAM not in failed(result)


def test_result_that_changes_while_it_waits_is_seen(tmp_path: Path) -> None:
    fault = "assign m_axis_tdata = m_axis_tready ? core_m_axis_tdata : ~core_m_axis_tdata;"
    result = run_with(tmp_path, fault)
    sentence = "an output changed before m_axis_tready came in cycle "
    assert result.tests[stalled("never", "random")].startswith(sentence)


def test_reset_that_leaves_a_packet_begun_is_seen(tmp_path: Path) -> None:
    fault = "reg used = 0; always @(posedge aclk) used <= used | (s_axis_tvalid & aresetn);"
    result = run_with(tmp_path, fault + "assign core_aresetn = aresetn | used;")
    assert failed(result) == {RESET}


def test_a_missing_driver_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_design(tmp_path / "d", NETWORK, stream=AxiStream(8))
    monkeypatch.setattr("connective.tools.cocotb.AXI", "cocotbext-nothing")
    with pytest.raises(ToolError, match="^cocotbext-nothing is missing: pip install "):
        run(tmp_path / "d")
