"""Proofs of cores behind each interface, right and wrong; Icarus has the last word on both."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connective.axi_stream import AxiStream
from connective.design import read_design
from hwgen.emit import export
from hwgen.form import Form
from hwgen.request import Request
from sim.proof.design_proof import DesignProof
from sim.proof.prove import prove
from sim.proof.search import in_traffic
from tests.designs import make_design
from tests.networks import random_network
from tests.sim.proof.faults import edit, thermometer_network

SLOW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LOW = st.sampled_from(["sync-low", "async-low"])
ANY = st.sampled_from(["sync-high", "sync-low", "async-high", "async-low"])
AXI_STREAMS = st.builds(AxiStream, st.sampled_from([8, 16, 24, 64]), st.integers(0, 4))
NARROW = st.builds(lambda width: Form(input_width=width), st.integers(1, 7))
SERIAL = st.builds(
    lambda bits, width: Form(serial=True, bits_per_cycle=bits, input_width=width),
    st.none() | st.integers(1, 4),
    st.none() | st.integers(1, 7),
)
REQUESTS = st.one_of(
    st.fixed_dictionaries({"form": SERIAL, "tag_width": st.integers(0, 4), "reset": ANY}),
    st.fixed_dictionaries({"stream": AXI_STREAMS, "reset": LOW}),
    st.fixed_dictionaries({"axi_lite": st.just(True), "reset": LOW}),
    st.fixed_dictionaries({"form": NARROW, "tag_width": st.integers(0, 4), "reset": ANY}),
    st.fixed_dictionaries({"tag_width": st.integers(0, 40), "reset": ANY}),
)


@SLOW
@given(
    seed=st.integers(0, 2**32),
    asked=REQUESTS,
    head=st.sampled_from(["class", "scores", "bits"]),
    levels=st.integers(0, 2),
    serial=st.booleans(),
)
def test_every_interface_is_proved(
    tmp_path: Path, seed: int, asked: dict[str, Any], head: str, levels: int, serial: bool
) -> None:
    if serial:
        asked = {"form": Form(serial=True), **asked}
    assume(head != "bits" or not asked.get("form", Form()).serial)
    rng = np.random.default_rng(seed)
    n_inputs, weighted = int(rng.integers(8, 20)), head == "scores"
    made = random_network(rng, layers=[20, 15], n_inputs=n_inputs, head=head, weighted=weighted)
    width = asked.get("form", Form()).input_width
    assume(width is None or width < made.encoder.payload_width)
    assume(made.weights.any() or not asked.get("form", Form()).serial)
    folder = tmp_path / "d"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    request = Request(levels_per_stage=levels, **asked)
    export(made, folder, request, provenance={})
    result = prove(folder)
    assert result.outcome == "proved", result.lemmas
    proof = DesignProof(folder, read_design(folder), made, timeout=60)
    assert in_traffic(proof, proof.sources) is None, "a search refutes what is right"


def test_a_serial_popcount_may_be_wires(tmp_path: Path) -> None:
    """Scores of a bit each: what is counted is what the selector gives."""
    layer = random_network(np.random.default_rng(0), layers=[3], n_inputs=8, head="scores")
    make_design(tmp_path / "d", layer, form=Form(serial=True), axi_lite=True, reset="sync-low")
    result = prove(tmp_path / "d")
    assert result.outcome == "proved", result.lemmas


STREAM = {"stream": AxiStream(8, 2)}
NARROW_PORT = {"form": Form(input_width=5)}
TAGS = {"tag_width": 3}
SOFTWARE = {"axi_lite": True}
SERIALLY = {"form": Form(serial=True, bits_per_cycle=2), "levels_per_stage": 1}
DROPS = r"result_ready = .* & result_valid;"
FAULTS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "the tag of another sample": (TAGS, "_sideband", r"assign o = .*;", "assign o = i;"),
    "a tag that goes early": (TAGS, "_sideband", r"fifo_r_rdy & get", "fifo_r_rdy"),
    "a place less for tags": (TAGS, "_sideband", r"!= 4'd9", "!= 4'd4"),
    "a beat in another place": (NARROW_PORT, "_beats", r"kept\[9:5\]", "kept[8:4]"),
    "a beat counted but not taken": (NARROW_PORT, "_beats", r"beat <= takes", "beat <= i_valid"),
    "beats without a handshake": (NARROW_PORT, "_beats", r"takes & ~last", "~last"),
    "a sample without its last beat": (NARROW_PORT, "_beats", r"i_valid & last;", "last;"),
    "beats over a sample that waits": (STREAM, "_receiver", r"tready = .*;", "tready = 1'b1;"),
    "bits without a handshake": (STREAM, "_packet", r"take \?", "1'b1 ?"),
    "a packet of another length": (STREAM, "_receiver", r"== 2'd2", "== 2'd1"),
    "the tag of the first beat": (STREAM, "_receiver", r"tag <= done", "tag <= (number == 0)"),
    "the result of a wrong packet": (STREAM, "", r"m_axis_tuser\[0\] \?", "1'b0 ?"),
    "a byte that is not needed": (STREAM, "_receiver", r"lacking = .*;", "lacking = 1'b0;"),
    "no end of a long packet": (STREAM, "_receiver", r"(lacking\)) \| last_expected", r"\1"),
    "the flag of another packet": (STREAM, "", r"i\(\{tag, wrong\}\)", "i({tag, ~wrong})"),
    "a class less": (SERIALLY, "_flow", r"at_class == 2'd2", "at_class == 2'd1"),
    "a cycle less to settle": (SERIALLY, "_flow", r"settled == 2'd2", "settled == 2'd1"),
    "a sum that is not kept": (SERIALLY, "_accumulator", r"at_cycle != 2'd0", "at_cycle == 2'd1"),
    "a tie to the higher class": (SERIALLY, "_argmax", r"total > best", "total >= best"),
    "the best without its end": (SERIALLY, "_argmax", r"better = ends &", "better = "),
    "a bit of another cycle": (SERIALLY, "_selector", r"at_cycle\[1\]", "at_cycle[0]"),
    "a result that does not wait": (SERIALLY, "_flow", r"\(~o_valid \| o_ready\)", "1'b1"),
    "another word": (SOFTWARE, "", r"s_axi_wdata\[19:16\]", "s_axi_wdata[20:17]"),
    "a word over a sample": (SOFTWARE, "_registers", r"\) & ~sample_valid;", ");"),
    "a result that drops itself": (
        SOFTWARE,
        "_registers",
        DROPS,
        "result_ready = result_valid;",
    ),
    "another identity": (SOFTWARE, "_registers", "434e5601", "434e5602"),
    "a write without an answer": (SOFTWARE, "_bus", r"bvalid <= awready", "bvalid <= 1'b0"),
    "a read of the word before": (SOFTWARE, "_bus", r"rdata <= take_read", "rdata <= rready"),
    "an error that is none": (SOFTWARE, "_bus", r"assign bresp = write_error", "assign bresp = 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_around_the_core_is_refuted(tmp_path: Path, fault: str) -> None:
    asked, block, old, new = FAULTS[fault]
    folder = tmp_path / "d"
    make_design(folder, thermometer_network(), **asked)
    edit(folder, f"accelerator{block}", old, new)
    result = prove(folder)
    assert result.outcome == "refuted", result.lemmas
    assert result.counterexample is not None
    assert all("WRONG" in line for line in result.counterexample.observed)
    assert (folder / result.counterexample.waveform).exists()


def test_a_gated_core_is_proved_and_a_register_that_loads_late_is_refuted(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    form = Form(clock_gating=True)
    make_design(folder, thermometer_network(), form=form, stream=AxiStream(16))
    assert prove(folder).outcome == "proved"
    edit(folder, "accelerator_core", r"\.load\(moves\[0\]\)", ".load(moves[1])")
    result = prove(folder)
    assert result.outcome == "refuted", result.lemmas
