"""Planted faults: each is caught, by the test and with the words that it should be."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from connective.results import SimulationResult
from sim import simulate
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import damage, write_design

STREAM = "every_sample_is_right_at_full_rate"
BEFORE = "nothing_is_lost_when_stalled/stalls=before"
BEHIND = "nothing_is_lost_when_stalled/stalls=behind"
AROUND = "nothing_is_lost_when_stalled/stalls=around"
RESET = "nothing_stale_after_reset_in_flight"

NETWORK = random_network(np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 100)
COUNTER = """
reg [15:0] n;
always @(posedge clk) if (rst) n <= 0; else if (o_valid & o_ready) n <= n + 1;
"""


def run_with(tmp_path: Path, fault: str) -> SimulationResult:
    folder = tmp_path / "design"
    damage(folder, make_design(folder, NETWORK), fault)
    return simulate(folder, SAMPLES, simulator="icarus", data="random", seed=1)


def failed(result: SimulationResult) -> set[str]:
    return {name for name, text in result.tests.items() if text != "passed"}


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("monitor", {"cocotb"}),
        ("bench", {"cocotb", "monitor"}),
        ("axi_bench", {"cocotb", "cocotbext.axi", "monitor"}),
        ("axi_lite_bench", {"cocotb", "axi_lite_software", "monitor"}),
        ("axi_lite_software", {"cocotb", "cocotbext.axi", "monitor"}),
    ],
)
def test_a_bench_needs_only_its_libraries_and_the_monitor(name: str, needed: set[str]) -> None:
    tree = ast.parse(Path(sim.__file__).with_name(f"{name}.py").read_text())
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    foreign = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name.removesuffix(".clock").removesuffix(".triggers") for name in foreign} == needed


def test_wrapper_without_a_fault_passes(tmp_path: Path) -> None:
    result = run_with(tmp_path, "")
    assert result.tests == dict.fromkeys((STREAM, BEFORE, BEHIND, AROUND, RESET), "passed")
    assert result.passed
    assert result.coverage and result.coverage.stalls
    assert min(result.coverage.stalls.model_dump().values()) > 100


def test_wrong_label_is_counted_in_every_sample(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign o_label = core_o_label + 2'd1;")
    label = int(NETWORK.predict(SAMPLES)[0])
    assert result.mismatches == len(SAMPLES)
    assert result.first_mismatch == f"sample 0: o_label is {label + 1:#x}, expected {label:#x}"
    assert result.tests[STREAM] == result.first_mismatch
    assert failed(result) == {STREAM, BEFORE, BEHIND, AROUND, RESET}
    assert not result.passed


def test_one_wrong_sample_is_named(tmp_path: Path) -> None:
    result = run_with(tmp_path, COUNTER + "assign o_label = core_o_label ^ (n == 37);")
    label = int(NETWORK.predict(SAMPLES)[37])
    assert result.mismatches == 1
    assert result.first_mismatch == f"sample 37: o_label is {label ^ 1:#x}, expected {label:#x}"


def test_undefined_bit_of_an_output_is_a_mismatch(tmp_path: Path) -> None:
    fault = "assign o_label = n == 5 ? {1'bx, core_o_label[0]} : core_o_label;"
    result = run_with(tmp_path, COUNTER + fault)
    label = int(NETWORK.predict(SAMPLES)[5])
    assert result.first_mismatch == f"sample 5: o_label is X, expected {label:#x}"


def test_latency_other_than_promised_fails(tmp_path: Path) -> None:
    folder = tmp_path / "design"
    design = make_design(folder, NETWORK)
    promised = design.latency + 1
    write_design(folder, design.model_copy(update={"latency": promised}))
    result = simulate(folder, SAMPLES, simulator="icarus", data="random", seed=1)
    assert result.mismatches == 0
    assert result.latency_measured == design.latency
    assert result.tests[STREAM] == f"latency is {design.latency} cycles, expected {promised}"
    assert failed(result) == {STREAM, RESET}
    assert not result.passed


def test_stalls_are_counted_where_they_are(tmp_path: Path) -> None:
    never_held = run_with(tmp_path, "assign i_ready = 1'b1; assign core_o_ready = 1'b1;")
    assert never_held.coverage and never_held.coverage.stalls
    stalls = never_held.coverage.stalls
    assert stalls.input_held == 0
    assert stalls.input_idle > 0 and stalls.output_held > 0


def test_half_rate_fails(tmp_path: Path) -> None:
    fault = """
    reg turn;
    always @(posedge clk) turn <= ~rst & ~turn;
    assign i_ready = core_i_ready & ~turn;
    assign core_i_valid = i_valid & ~turn;
    """
    result = run_with(tmp_path, fault)
    assert result.mismatches == 0
    assert "100 samples took 20" in result.tests[STREAM]
    assert failed(result) == {STREAM, RESET}


def test_full_core_that_goes_on_accepting_loses_samples(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign i_ready = 1'b1;")
    assert result.mismatches == 0
    assert {BEHIND, AROUND} <= failed(result)
    assert STREAM not in failed(result)


def test_output_that_does_not_wait_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign core_o_ready = 1'b1;")
    assert {BEHIND, AROUND} <= failed(result)
    assert STREAM not in failed(result)


def test_output_that_changes_while_it_waits_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign o_label = o_ready ? core_o_label : ~core_o_label;")
    assert result.tests[BEHIND].startswith("an output changed before o_ready came in cycle ")
    assert failed(result) >= {BEHIND, AROUND}
    assert result.tests[BEFORE] == "passed"


def test_duplicated_output_is_seen(tmp_path: Path) -> None:
    fault = "reg again; always @(posedge clk) again <= ~rst & core_o_valid & (n == 99);"
    result = run_with(tmp_path, COUNTER + fault + "assign o_valid = core_o_valid | again;")
    assert result.mismatches == 1
    assert result.first_mismatch == "an output came out after the last of 100 samples"


def test_core_that_stops_is_seen(tmp_path: Path) -> None:
    fault = COUNTER + "assign o_valid = core_o_valid & (n < 60);"
    result = run_with(tmp_path, fault + "assign core_o_ready = o_ready & (n < 60);")
    assert result.mismatches == 40
    assert result.first_mismatch == "sample 60 never came out"


def test_core_that_never_answers_has_no_latency(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign i_ready = 1'b0; assign core_i_valid = 1'b0;")
    assert result.mismatches == len(SAMPLES)
    assert result.latency_measured is None
    assert result.tests[STREAM] == "sample 0 never came out"


def test_reset_that_leaves_samples_in_flight_is_seen(tmp_path: Path) -> None:
    fault = "reg used = 0; always @(posedge clk) used <= used | (i_valid & ~rst);"
    result = run_with(tmp_path, fault + "assign core_rst = rst & ~used;")
    assert failed(result) == {RESET}


def test_undefined_control_after_reset_is_seen(tmp_path: Path) -> None:
    fault = "reg seen; always @(posedge clk) seen <= ~rst & (seen | i_valid);"
    fault += "assign o_valid = seen ? core_o_valid : 1'bx;"
    result = run_with(tmp_path, fault)
    assert result.mismatches == 0
    assert result.tests[STREAM] == "o_valid is X in cycle 0 after reset"
