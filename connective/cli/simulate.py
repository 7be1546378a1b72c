"""`connective simulate`: the Verilog runs on test data."""

import sys
from pathlib import Path

import click
import numpy as np
from rich.console import Group

from connective.cli.data import stimulus
from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, pairs, working
from connective.corners import MOST, Corners, corners
from connective.coverage_rows import corner_rows, coverage_rows
from connective.design import Design, read_design
from connective.errors import InputError
from connective.network import Network
from connective.network_file import read_network
from connective.results import SimulationResult, TiesFound, write_result
from connective.technology import TECHNOLOGIES

ICARUS_GATES, VERILATOR_CYCLES = 300_000, 50_000
"""What corners may cost: gates times cycles on Icarus, cycles on Verilator; either take seconds."""
FEWEST = 8


@click.command(cls=Example, epilog="connective simulate design --simulator icarus --samples 1000")
@click.argument("design", type=FOLDER)
@click.option(
    "--simulator",
    type=click.Choice(["icarus", "verilator"]),
    default="verilator",
    show_default=True,
)
@click.option(
    "--harness",
    type=click.Choice(["cocotb", "cpp"]),
    default="cocotb",
    show_default=True,
    help="cpp: without Python a sample, for large networks; on Verilator only.",
)
@click.option(
    "--netlist",
    type=click.Choice(list(TECHNOLOGIES)),
    help="Simulate what connective synth made for this target, in the Verilog's place.",
)
@click.option(
    "--samples", type=click.IntRange(min=1), help="How many; all of the test set if not said."
)
@click.option(
    "--waves",
    type=FILE,
    help="Record all tests: FILE.fst with Icarus, FILE.vcd with Verilator; use few samples.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random stalls.")
@AS_JSON
def simulate(
    design: Path,
    simulator: str,
    harness: str,
    netlist: str | None,
    samples: int | None,
    waves: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Run DESIGN in a simulator on the test set and compare every output with the network."""
    from sim import simulate as with_cocotb
    from sim import simulate_compiled

    if harness == "cpp" and simulator != "verilator":
        raise InputError(f"{simulator} has no C++ harness: leave out --harness cpp")
    if harness == "cpp" and netlist:
        raise InputError("the C++ harness runs no netlists: leave out --harness cpp or --netlist")
    if harness == "cpp" and waves:
        raise InputError("--harness cpp records no waveforms: leave it or --waves out")
    loaded = read_design(design)
    network, provenance = read_network(design / loaded.network.file)
    words, data = stimulus(network, provenance, samples, design)
    with working("Looking for corners", as_json):
        first = corners(network, words, most=affordable(loaded, network, simulator))
    words = np.concatenate([first.samples, words])
    with working(f"Simulating {len(words)} samples on {simulator}", as_json):
        if harness == "cpp":
            result = simulate_compiled(design, words, data=data, seed=seed)
        else:
            result = with_cocotb(
                design,
                words,
                simulator=simulator,
                netlist=netlist,
                data=data,
                seed=seed,
                waves=waves,
            )
    result = result.model_copy(update={"corners": first.counts, "ties": _ties(network, first)})
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), _table(result))
    if not result.passed:
        sys.exit(1)


def affordable(design: Design, network: Network, simulator: str) -> int:
    """How many corners take some seconds: all, unless the core or the simulator is slow."""
    cycles = ICARUS_GATES // max(1, network.n_gates) if simulator == "icarus" else VERILATOR_CYCLES
    return min(MOST, max(FEWEST, cycles // design.initiation_interval))


def _ties(network: Network, found: Corners) -> TiesFound | None:
    ties = found.ties
    if network.head == "bits":
        return None
    counts = map(len, (ties.found, ties.impossible, ties.left))
    return TiesFound(**dict(zip(TiesFound.model_fields, counts, strict=True)))


def _table(result: SimulationResult) -> Group:
    """One run of the test bench."""
    rows = [
        ("data", result.data),
        ("samples", f"{result.samples:,}"),
        *corner_rows(result),
        ("mismatches", f"{result.mismatches:,}"),
        *([("first mismatch", result.first_mismatch)] if result.first_mismatch else []),
        ("latency measured", f"{result.latency_measured} cycles"),
        ("samples/s", f"{result.samples_per_second:,.0f}"),
        *_seconds(result),
        *coverage_rows(result),
        *((name.replace("_", " "), text) for name, text in result.tests.items()),
    ]
    return pairs(f"{result.name} {result.version}", rows)


def _seconds(result: SimulationResult) -> list[tuple[str, str]]:
    """Rows on the build and on all together, where they are known."""
    if result.build_seconds is None or result.total_seconds is None:
        return []
    build = f"{result.build_seconds:.1f} s" if result.build_seconds else "kept from an earlier run"
    return [("build", build), ("in all", f"{result.total_seconds:.1f} s")]
