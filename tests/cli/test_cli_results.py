"""What simulation, synthesis and estimates leave, and how reports show it."""

import json
from pathlib import Path

import numpy as np
import pytest

from connective.network_file import write_network
from tests.command_line import connective, disagree, refused
from tests.libraries import SIX
from tests.networks import random_network


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
