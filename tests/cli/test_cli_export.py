"""What `connective export` takes and refuses, up to the simulation of what it made."""

import json
from pathlib import Path
from typing import Any

import pytest

from connective import Feature, Network, thermometer
from connective.certificate import check
from connective.certificate_file import read_certificate
from connective.design import AxiLiteProtocol, AxiStreamProtocol, NativeProtocol, read_design
from connective.network_file import read_network, write_network
from tests.command_line import connective, refused


def test_export_builds_the_simplified_network_unless_told_not_to(
    network: Path, tmp_path: Path
) -> None:
    loaded = read_network(network)[0]
    smaller, plain = tmp_path / "smaller", tmp_path / "plain"
    connective("export", network, "--out", smaller)
    connective("export", network, "--out", plain, "--no-simplify")
    design = read_design(smaller)
    assert design.simplified is not None
    built, _ = read_network(smaller / design.simplified.file)
    certificate = read_certificate(smaller / design.simplified.certificate)
    assert check(certificate, loaded, built) is None
    assert read_design(plain).simplified is None
    for folder in (smaller, plain):
        assert read_network(folder / "network.npz")[0].sha256 == loaded.sha256
    report = json.loads(connective("report", smaller, "--json").stdout)
    assert (report["gates"], report["simplified"]["gates"]) == (16, built.n_gates)


def test_a_core_for_a_clock_with_copies_is_exported_simulated_and_proved(
    network: Path, tmp_path: Path
) -> None:
    options = ("--clock", 60, "--target", "ice40", "--max-fanout", 2)
    shown = connective("export", network, "--out", tmp_path / "design", *options).stdout
    assert "60 MHz" in shown
    design = read_design(tmp_path / "design")
    assert design.options.clock is not None
    assert design.options.clock.mhz == 60
    assert "set period 16.666" in (tmp_path / "design/constraints/accelerator.sdc").read_text()
    simulated = connective(
        "simulate", tmp_path / "design", "--simulator", "icarus", "--json"
    ).stdout
    assert json.loads(simulated)["mismatches"] == 0
    assert "proved" in connective("prove", tmp_path / "design").stdout


def test_a_core_whose_clock_is_gated_is_simulated(network: Path, tmp_path: Path) -> None:
    connective("export", network, "--out", tmp_path / "design", "--clock-gating")
    simulated = connective(
        "simulate", tmp_path / "design", "--simulator", "icarus", "--json"
    ).stdout
    assert json.loads(simulated)["mismatches"] == 0


def test_axi_streams_are_exported_and_simulated(network: Path, tmp_path: Path) -> None:
    arguments = ("--interface", "axi-stream", "--tdata-width", 16, "--tag-width", 4)
    connective("export", network, "--out", tmp_path / "design", *arguments)
    design = read_design(tmp_path / "design")
    assert isinstance(design.protocol, AxiStreamProtocol)
    assert (design.protocol.tdata_width, design.protocol.tag_width) == (16, 4)
    simulated = connective(
        "simulate", tmp_path / "design", "--simulator", "icarus", "--samples", 20, "--json"
    ).stdout
    result = json.loads(simulated)
    assert result["samples"] == sum(result["corners"].values()) + 20
    assert result["cycles"] == result["samples"] * design.initiation_interval + design.latency
    assert (tmp_path / "design/results/simulate-icarus.json").exists()


def test_registers_on_axi_lite_are_exported_and_simulated(network: Path, tmp_path: Path) -> None:
    arguments = ("--interface", "axi-lite", "--reset", "async-low")
    connective("export", network, "--out", tmp_path / "design", *arguments)
    design = read_design(tmp_path / "design")
    assert isinstance(design.protocol, AxiLiteProtocol)
    assert design.options.reset == "async-low"
    simulated = connective(
        "simulate", tmp_path / "design", "--simulator", "icarus", "--samples", 20, "--json"
    ).stdout
    result = json.loads(simulated)
    assert result["samples"] == sum(result["corners"].values()) + 20
    assert result["mismatches"] == 0
    assert result["coverage"]["stalls"] is None
    assert result["latency_measured"] == design.latency
    assert json.loads(connective("report", tmp_path / "design", "--json").stdout)["latency"]
    assert "proved" in connective("prove", tmp_path / "design").stdout


def test_a_serial_core_with_a_narrow_input_is_exported_and_simulated(
    network: Path, tmp_path: Path
) -> None:
    form = ("--form", "serial", "--bits-per-cycle", 2, "--input-width", 3)
    connective("export", network, "--out", tmp_path / "design", *form)
    design = read_design(tmp_path / "design")
    assert isinstance(design.protocol, NativeProtocol)
    simulated = connective(
        "simulate", tmp_path / "design", "--simulator", "icarus", "--samples", 20, "--json"
    ).stdout
    result = json.loads(simulated)
    beats = design.protocol.beats
    assert beats > 1
    rest = result["samples"] - 1
    assert result["cycles"] == rest * design.initiation_interval + beats + design.latency


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--tdata-width", 32),
            "--tdata-width is of AXI4-Stream: use it with --interface axi-stre",
        ),
        (("--tag-width", 1025), "tag width must be 0 to 1024, not 1025"),
        (
            ("--interface", "axi-stream", "--tdata-width", 12),
            "must be a multiple of 8 from 8 to 65536",
        ),
        (("--interface", "axi-stream", "--tag-width", -1), "tag width must be 0 to 1024, not -1"),
        (("--interface", "axi-stream", "--top", "module"), "no keyword, such as accelerator"),
        (
            ("--bits-per-cycle", 4),
            "4 bits per cycle are of the serial form: use that, or leave them",
        ),
        (("--form", "serial", "--latency", 4), "latency 4 and the serial form exclude one another"),
        (("--clock", 100), "100 MHz was asked for target lut6, whose delays were not measured"),
        (
            ("--clock", 9999, "--target", "ice40"),
            "MHz on ice40, whose period is 100 ps: the least ",
        ),
        (("--clock", 50, "--target", "ecp5", "--latency", 4), "latency 4 and a clock of 50 MHz"),
        (("--clock-gating", "--form", "serial"), "clock gating and the serial form, whose gates"),
        (("--input-width", 999), "and less than the 14 bits of a sample, not 999"),
        (("--interface", "axi-stream", "--input-width", 8), "width 8 and AXI4-Streams exclude one"),
    ],
)
def test_options_that_make_no_interface_are_refused(
    network: Path, tmp_path: Path, options: tuple[object, ...], sentence: str
) -> None:
    assert sentence in refused("export", network, "--out", tmp_path / "design", *options)
    assert not (tmp_path / "design").exists()


def test_a_feature_that_no_beat_holds_is_refused(tmp_path: Path) -> None:
    wide = Network(thermometer([Feature("x", 12)], [[7]]), [[0]], [2], [1], [1], [0], [], "bits")
    write_network(tmp_path / "wide.npz", wide, {})
    arguments = ("--interface", "axi-stream", "--tdata-width", 8, "--out", tmp_path / "design")
    error = refused("export", tmp_path / "wide.npz", *arguments)
    assert "feature 'x' has 12 bits, more than a beat of 8 holds: use a TDATA width of 16" in error
    assert not (tmp_path / "design").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--latency", 3, "--levels-per-stage", 1], "latency 3 and 1 levels per stage exclude"),
        (["--latency", 3, "--form", "serial"], "latency 3 and the serial form exclude"),
        (["--input-width", 8, "--interface", "axi-stream"], "input width 8 and AXI4-Streams"),
        (["--top", "module"], "top must be a Verilog identifier"),
        (
            ["--interface", "combinational", "--latency", 3],
            "latency 3 and the combinational interface, which has no clock, exclude one another",
        ),
        (
            ["--interface", "combinational", "--levels-per-stage", 2],
            "2 levels per stage and the combinational interface, which has no clock, exclude",
        ),
        (
            ["--interface", "combinational", "--tag-width", 2],
            "tag width 2 and the combinational interface, which has no clock, exclude one another",
        ),
        (["--interface", "axi-lite", "--tag-width", 2], "tag width 2 and AXI4-Lite, which has"),
        (["--interface", "axi-lite", "--input-width", 2], "input width 2 and AXI4-Lite, which"),
        (["--interface", "axi-lite", "--tdata-width", 32], "--tdata-width is of AXI4-Stream"),
        (["--interface", "axi-lite", "--latency", 1], "latency is 1: with AXI4-Lite it is at le"),
        (["--interface", "axi-lite", "--reset", "sync-high"], "sync-high is not of AXI, whose"),
        (["--interface", "combinational", "--reset", "sync-low"], "reset sync-low and the combin"),
        (["--best", 2, "--form", "serial"], "the best 2 and the serial form, which keeps only the"),
        (["--best", 1], "1 is not in the range x>=2"),
        (["--margin", "--form", "serial"], "a margin and the serial form, which keeps only the"),
        (["--reject-below", 0], "0 is not in the range x>=1"),
    ],
)
def test_an_export_that_no_network_has_is_refused_before_it_is_read(
    tmp_path: Path, options: list[Any], sentence: str
) -> None:
    (tmp_path / "broken.npz").touch()
    refused = connective("export", tmp_path / "broken.npz", *options, status=2)
    assert sentence in refused.stderr.replace("\n", " ")
