"""Simulation without Python a sample: it passes what is right, and faults that are planted fail."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from connective import InputError
from connective.axi_stream import AxiStream
from connective.results import SimulationResult, Stalls, result_name
from hwgen.form import Form
from sim import simulate_compiled
from sim.protocols import streams_of
from sim.reference import read_reference
from sim.stream import Run
from sim.throughput import compare
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import damage

FULL_RATE = "every_sample_is_right_at_full_rate"
STALLED = "nothing_is_lost_when_stalled"

NETWORK = random_network(np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 3000)
COUNTER = """
reg [15:0] n;
always @(posedge clk) if (rst) n <= 0; else if (o_valid & o_ready) n <= n + 1;
"""


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNECTIVE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def run(folder: Path) -> SimulationResult:
    return simulate_compiled(folder, SAMPLES, data="random", seed=1)


def run_with(tmp_path: Path, fault: str) -> SimulationResult:
    folder = tmp_path / "design"
    damage(folder, make_design(folder, NETWORK), fault)
    return run(folder)


def test_a_core_passes_and_the_second_time_nothing_is_built(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", NETWORK, scores=True)
    first, second = run(tmp_path / "d"), run(tmp_path / "d")
    for result in (first, second):
        assert result.tests == {FULL_RATE: "passed", STALLED: "passed"}
        assert (result.samples, result.mismatches, result.first_mismatch) == (3000, 0, None)
        assert result.latency_measured == design.latency
        assert result.cycles == 3000 + design.latency
        assert result.passed
    assert first.build_seconds and second.build_seconds == 0
    assert result_name(first) == "simulate-verilator-cpp"


@pytest.mark.parametrize(
    "options",
    [{"form": Form(serial=True, input_width=8)}, {"stream": AxiStream(8, tag_width=70)}],
    ids=["serial in beats", "packets with tags"],
)
def test_cores_that_take_several_beats_pass(tmp_path: Path, options: dict[str, object]) -> None:
    design = make_design(tmp_path / "d", NETWORK, **options)
    result = run(tmp_path / "d")
    assert result.tests == {FULL_RATE: "passed", STALLED: "passed"}
    rest = 2999 * design.initiation_interval
    assert result.cycles == rest + design.protocol.beats + design.latency
    assert design.protocol.beats > 1


def test_one_wrong_sample_is_named(tmp_path: Path) -> None:
    result = run_with(tmp_path, COUNTER + "assign o_label = core_o_label ^ (n == 2037);")
    label = int(NETWORK.predict(SAMPLES)[2037])
    assert result.mismatches == 1
    assert result.first_mismatch == f"sample 2037: o_label is {label ^ 1:#x}, expected {label:#x}"
    assert result.tests == dict.fromkeys((FULL_RATE, STALLED), result.first_mismatch)
    assert not result.passed


def test_what_goes_wrong_with_stalls_alone_is_seen(tmp_path: Path) -> None:
    result = run_with(tmp_path, "assign core_o_ready = 1'b1;")
    assert result.mismatches == 0
    assert result.tests[FULL_RATE] == "passed"
    assert result.tests[STALLED].startswith("sample ")
    assert not result.passed


def test_an_output_that_changes_while_it_waits_is_seen(tmp_path: Path) -> None:
    result = run_with(
        tmp_path,
        "assign o_label = o_ready ? core_o_label : ~core_o_label ^ q;"
        "reg [1:0] q; always @(posedge clk) q <= q + 1;",
    )
    assert result.tests[FULL_RATE] == "passed"
    assert result.tests[STALLED].startswith("an output changed or went before it was taken, in ")


def test_half_rate_fails(tmp_path: Path) -> None:
    fault = """
    reg turn;
    always @(posedge clk) turn <= ~rst & ~turn;
    assign i_ready = core_i_ready & ~turn;
    assign core_i_valid = i_valid & ~turn;
    """
    result = run_with(tmp_path, fault)
    assert result.mismatches == 0
    assert result.tests[FULL_RATE].startswith("3000 samples took ")


def test_results_that_are_missing_or_too_many_are_counted(tmp_path: Path) -> None:
    make_design(tmp_path / "d", NETWORK)
    streams = streams_of(*read_reference(tmp_path / "d"))
    rows = streams.result_rows(SAMPLES, 0)
    for found, wrong, sentence in (
        (rows, 0, None),
        (rows[:-2], 2, "sample 2998 never came out"),
        (np.vstack([rows, rows[:1]]), 1, "an output came out after the last of 3000 samples"),
    ):
        stalls = Stalls(input_idle=0, input_held=0, output_held=0)
        made = Run(found, latency=1, cycles=1, broken=0, stalls=stalls, seconds=1.0)
        assert compare(streams, SAMPLES, made) == (wrong, sentence)


def test_no_samples_and_words_out_of_range_are_refused(tmp_path: Path) -> None:
    make_design(tmp_path / "d", NETWORK)
    with pytest.raises(InputError, match="needs at least one sample$"):
        simulate_compiled(tmp_path / "d", SAMPLES[:0], data="", seed=0)
    with pytest.raises(InputError, match="^sample 0 holds 1000, outside its feature's range: 'f0'"):
        simulate_compiled(tmp_path / "d", np.full_like(SAMPLES, 1000), data="", seed=0)
