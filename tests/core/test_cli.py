"""The command line as a user meets it: outputs, exit statuses, one sentence for each mistake."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connective import Feature, Network, thermometer
from connective.certificate import check
from connective.certificate_file import read_certificate
from connective.design import AxiLiteProtocol, AxiStreamProtocol, NativeProtocol, read_design
from connective.network_file import read_network, write_network
from tests.libraries import SIX
from tests.networks import random_network

ROOT = Path(__file__).parents[2]
VERBS = (
    "train",
    "explore",
    "models",
    "evaluate",
    "inspect",
    "simplify",
    "convert",
    "export",
    "simulate",
    "synth",
    "report",
    "compare",
    "doctor",
)
NAMELESS = {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}


def connective(
    *arguments: object, status: int = 0, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [sys.executable, "-m", "connective", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | NAMELESS | (environment or {}),
    )
    assert run.returncode == status, run.stdout + run.stderr
    return run


def refused(*arguments: object, environment: dict[str, str] | None = None) -> str:
    """The one sentence with which bad input is refused."""
    error = connective(*arguments, status=2, environment=environment).stderr
    assert "Traceback" not in error
    assert error.startswith("connective: ") and error.count("\n") == 1, error
    return error


@pytest.fixture
def network(tmp_path: Path) -> Path:
    network = random_network(np.random.default_rng(2), layers=[8, 8], classes=4)
    path = tmp_path / "network.npz"
    write_network(path, network, {})
    return path


def disagree(design: Path, network: Path) -> None:
    """Let the design name another network than that of which it was made."""
    loaded, _ = read_network(network)
    flipped = Network(
        encoder=loaded.encoder,
        fanin=loaded.fanin,
        table=loaded.table,
        outputs=loaded.outputs[::-1],
        weights=loaded.weights,
        groups=loaded.groups,
        bias=loaded.bias,
    )
    write_network(design / "network.npz", flipped, {})
    description = json.loads((design / "design.json").read_bytes())
    description["network"]["sha256"] = flipped.sha256
    (design / "design.json").write_text(json.dumps(description))


def test_help_of_every_verb_shows_an_example() -> None:
    overview = connective("--help").stdout
    for verb in VERBS:
        assert verb in overview
        text = connective(verb, "--help").stdout
        assert f"Example:\n  connective {verb}" in text


def test_inspect_counts_what_is_there(network: Path) -> None:
    result = json.loads(connective("inspect", network, "--json").stdout)
    loaded, _ = read_network(network)
    assert result["gates"] == sum(result["gates_by_level"]) == sum(result["tables"].values()) == 16
    assert result["sha256"] == loaded.sha256
    assert "gates by type" in connective("inspect", network).stdout


def test_a_simplified_network_is_written_with_its_certificate(
    network: Path, tmp_path: Path
) -> None:
    out, certificate = tmp_path / "smaller.npz", tmp_path / "certificate.npz"
    run = connective("simplify", network, "--out", out, "--certificate", certificate, "--json")
    before, (after, provenance) = read_network(network)[0], read_network(out)
    assert json.loads(run.stdout)["after"]["gates"] == after.n_gates < before.n_gates
    assert provenance["simplified_from"] == {"sha256": before.sha256, "keep": "label"}
    assert check(read_certificate(certificate), before, after) is None
    table = connective("simplify", network, "--out", out, "--keep", "scores", "--no-sat").stdout
    assert "the same scores for every sample" in table


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


def test_a_network_without_data_goes_through_the_chain_on_random_words(
    network: Path, tmp_path: Path
) -> None:
    design = tmp_path / "ein Löwe & 'Co' $HOME"
    connective("export", network, "--out", design, "--scores", "--top", "gates")
    simulated = connective(
        "simulate", design, "--simulator", "icarus", "--samples", 50, "--json"
    ).stdout
    assert json.loads(simulated)["mismatches"] == 0
    assert json.loads(simulated)["data"] == "random words, seed 0"
    connective("synth", design, "--target", "lut6")
    proof = json.loads(connective("prove", design, "--json").stdout)
    assert proof["outcome"] == "proved"
    out = tmp_path / "report.json"
    table = connective("report", design, "--out", out).stdout
    report = json.loads(out.read_bytes())
    assert report["missing"] == ["simulate-verilator", "synth-lut4"]
    assert report["proof"] == proof
    assert "missing" in table and "simulate-verilator" in table
    assert report["accuracy"]["discretized"] is None
    (synthesis,) = report["synthesis"]
    assert sum(b["luts"] for b in synthesis["blocks"].values()) == synthesis["luts"]

    replaced = random_network(np.random.default_rng(9), layers=[8, 8], classes=4)
    write_network(network, replaced, {})
    results = {p.name: p.read_bytes() for p in (design / "results").glob("*.json")}
    connective("export", network, "--out", design)
    for name, content in results.items():
        (design / "results").mkdir(exist_ok=True)
        (design / "results" / name).write_bytes(content)
    stale = json.loads(connective("report", design, "--json").stdout)
    assert stale["stale"] == ["prove", "simulate-icarus", "synth-lut6"]
    assert stale["simulations"] == []


def test_a_design_becomes_cells_of_a_library_and_these_are_simulated(
    network: Path, tmp_path: Path
) -> None:
    design = tmp_path / "design"
    connective("export", network, "--out", design, "--target", "asic")
    assert "name its file with --liberty" in refused("synth", design, "--target", "asic")
    simulation = ("simulate", design, "--simulator", "icarus", "--samples", 20, "--netlist", "asic")
    assert "run connective synth" in refused(*simulation)
    assert "leave out --harness cpp" in refused(
        "simulate", design, "--harness", "cpp", *simulation[-2:]
    )
    table = connective("synth", design, "--target", "asic", "--liberty", SIX).stdout
    assert "GE" in table and "popcount" in table
    assert json.loads(connective(*simulation, "--json").stdout)["mismatches"] == 0
    report = json.loads(connective("report", design, "--json").stdout)
    (synthesis,) = report["synthesis"]
    assert synthesis["library"]["file"] == "six.lib"
    assert synthesis["area_um2"] == sum(b["area_um2"] for b in synthesis["blocks"].values())
    assert [run["netlist"] for run in report["simulations"]] == ["asic"]
    assert "asic: whole design" in connective("report", design).stdout


def test_a_netlist_of_a_library_is_estimated_in_energy(network: Path, tmp_path: Path) -> None:
    design, cache = tmp_path / "design", {"CONNECTIVE_CACHE": str(tmp_path / "cache")}
    connective("export", network, "--out", design, "--target", "asic")
    power = ("power", design, "--samples", 50)
    assert "name one with --mhz" in refused(*power)
    assert "run connective synth" in refused(*power, "--mhz", 50, "--liberty", SIX)
    connective("synth", design, "--target", "asic", "--liberty", SIX)
    assert "name six.lib with --liberty" in refused(*power, "--mhz", 50)
    other = tmp_path / "other.lib"
    other.write_text(SIX.read_text() + "\n")
    assert "is not the six.lib of which" in refused(*power, "--mhz", 50, "--liberty", other)
    arguments = (*power, "--mhz", 50, "--liberty", SIX)
    result = json.loads(connective(*arguments, "--json", environment=cache).stdout)
    assert result["samples"] == 50 and result["voltage"] == 2
    rate = 50e6 * 50 / result["cycles"]  # samples a second
    total = sum(result["energy_pj"].values())
    assert result["power_uw"] == pytest.approx(total * rate / 1e6)
    assert "mW at 50 MHz" in connective(*arguments, environment=cache).stdout
    report = json.loads(connective("report", design, "--json").stdout)
    (kept,) = report["power"]  # of the second run, which gave the same
    assert kept | {"seconds": 0} == result | {"seconds": 0}
    assert "asic: estimated at 50 MHz" in connective("report", design).stdout
    netlist = design / "results/synth-asic.v"
    netlist.write_text(netlist.read_text() + "\n")
    assert "power-asic" in json.loads(connective("report", design, "--json").stdout)["stale"]


def test_a_compiled_design_is_simulated_and_reported_by_itself(
    network: Path, tmp_path: Path
) -> None:
    design, cache = tmp_path / "design", {"CONNECTIVE_CACHE": str(tmp_path / "cache")}
    connective("export", network, "--out", design)
    arguments = ("simulate", design, "--harness", "cpp", "--samples", 5000)
    result = json.loads(connective(*arguments, "--json", environment=cache).stdout)
    assert (result["harness"], result["mismatches"]) == ("cpp", 0)
    assert result["samples"] == sum(result["corners"].values()) + 5000
    assert all(result["coverage"]["stalls"].values())
    assert result["build_seconds"] > 0
    assert "kept from an earlier run" in connective(*arguments, environment=cache).stdout
    assert (design / "results/simulate-verilator-cpp.json").exists()
    error = refused(*arguments, "--waves", tmp_path / "a.vcd", environment=cache)
    assert "--harness cpp records no waveforms: leave it or --waves out" in error
    report = connective("report", design).stdout
    assert "verilator-cpp: mismatches" in report
    assert "verilator-cpp: gates seen at 0 and 1" in report
    assert "missing" in report and "simulate-verilator," in report
    disagree(design, network)
    run = connective(*arguments, status=1, environment=cache)
    assert "first mismatch" in run.stdout
    error = refused("simulate", design, "--simulator", "icarus", "--harness", "cpp")
    assert "icarus has no C++ harness: leave out --harness cpp" in error


def test_a_simulation_that_disagrees_has_status_1(network: Path, tmp_path: Path) -> None:
    design = tmp_path / "design"
    connective("export", network, "--out", design)
    disagree(design, network)
    run = connective("simulate", design, "--simulator", "icarus", "--samples", 50, status=1)
    assert "first mismatch" in run.stdout
    connective("report", design, status=1)


def test_bad_input_is_one_sentence(network: Path, tmp_path: Path) -> None:
    config = tmp_path / "bad.toml"
    text = '[data]\nname = "yin-yang"\n[network]\nlayers = [40, 41]\n[training]\n'
    for rest, found in (
        ("tau = 1", "training.epochs is missing"),
        ("epochs = 1", "network.layers ends with 41"),
    ):
        config.write_text(text + rest)
        error = refused("train", config, "--out", tmp_path / "run")
        assert "bad.toml" in error and found in error
    assert not (tmp_path / "run").exists()
    assert "names no data" in refused("evaluate", network)
    assert "not a network.npz" in refused("inspect", config)
    assert "No such file" in refused("export", tmp_path / "none.npz")
    assert "is not a design" in refused("simulate", tmp_path)
    assert "is not a design" in refused("synth", tmp_path)
    assert "is not a design" in refused("report", tmp_path)
    assert "which Connective did not write" in refused("export", network, "--out", tmp_path)
    assert "module" in refused("export", network, "--out", tmp_path / "d", "--top", "module")
    assert not (tmp_path / "d").exists()


def test_missing_tools_are_named_with_the_remedy(network: Path, tmp_path: Path) -> None:
    design = tmp_path / "design"
    connective("export", network, "--out", design)
    empty = {"PATH": str(tmp_path)}
    assert "iverilog" in refused("simulate", design, "--simulator", "icarus", environment=empty)
    before = sorted(tmp_path.rglob("*"))
    refused("simulate", design, "--simulator", "verilator", environment=empty)
    assert sorted(tmp_path.rglob("*")) == before


def test_edited_verilog_is_refused(network: Path, tmp_path: Path) -> None:
    design = tmp_path / "design"
    connective("export", network, "--out", design)
    source = next((design / "rtl").glob("*.v"))
    source.write_text(source.read_text() + "// edited\n")
    for verb in ("simulate", "synth", "report"):
        assert "was edited" in refused(verb, design)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_no_result(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    command = [sys.executable, "-m", "connective", "train", ROOT / "examples" / "yin_yang.toml"]
    process = subprocess.Popen(
        [*command, "--out", tmp_path / "run"], stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stderr is not None
    assert "epoch" in process.stderr.readline().decode()
    process.send_signal(number)
    _, error = process.communicate()
    assert process.returncode == status
    assert b"Traceback" not in error
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"run.checkpoint"}  # which a run of more than ten seconds has saved


def test_wrong_usage_has_status_2(tmp_path: Path) -> None:
    assert "No such command" in connective("fly", status=2).stderr
    assert (
        "Usage" in connective("export", tmp_path / "n", "--levels-per-stage", -1, status=2).stderr
    )


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


def test_report_and_compare_write_pages(network: Path, tmp_path: Path) -> None:
    design, page = tmp_path / "design", tmp_path / "page.html"
    connective("export", network, "--out", design)
    connective("report", design, "--html", page)
    text = page.read_text()
    assert "Missing: design: its provenance names no data" in text.replace(f"{design}", "design")
    assert '"kind": "sliders"' in text  # the circuit
    assert "--html" in refused("report", design, "--run", tmp_path)
    shown = connective("compare", design, design, "--html", page).stdout
    assert f"2: {design}" in shown
    compared = json.loads(connective("compare", design, "--json").stdout)
    assert compared["format"] == "connective.comparison"
    assert compared["entries"][0]["costs"]["gates trained"] == 16
    assert "Accuracy against cost" in page.read_text()


def test_a_page_that_cannot_be_made_leaves_nothing(network: Path, tmp_path: Path) -> None:
    design, page = tmp_path / "design", tmp_path / "page.html"
    connective("export", network, "--out", design)
    error = refused("report", design, "--run", tmp_path / "nowhere", "--html", page)
    assert "nowhere" in error and not page.exists()
