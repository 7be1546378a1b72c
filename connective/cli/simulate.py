"""`connective simulate`: the Verilog runs on test data."""

import sys
from pathlib import Path

import click
from rich.console import Group

from connective.cli.data import stimulus
from connective.cli.terminal import AS_JSON, FOLDER, Example, emit, pairs, working
from connective.design import read_design
from connective.errors import InputError
from connective.network_file import read_network
from connective.results import SimulationResult, write_result
from connective.technology import TECHNOLOGIES


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
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random stalls.")
@AS_JSON
def simulate(
    design: Path,
    simulator: str,
    harness: str,
    netlist: str | None,
    samples: int | None,
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
    loaded = read_design(design)
    network, provenance = read_network(design / loaded.network.file)
    words, data = stimulus(network, provenance, samples, design)
    with working(f"Simulating {len(words)} samples on {simulator}", as_json):
        if harness == "cpp":
            result = simulate_compiled(design, words, data=data, seed=seed)
        else:
            result = with_cocotb(
                design, words, simulator=simulator, netlist=netlist, data=data, seed=seed
            )
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), _table(result))
    if not result.passed:
        sys.exit(1)


def _table(result: SimulationResult) -> Group:
    """One run of the test bench."""
    rows = [
        ("data", result.data),
        ("samples", f"{result.samples:,}"),
        ("mismatches", f"{result.mismatches:,}"),
        ("latency measured", f"{result.latency_measured} cycles"),
        ("samples/s", f"{result.samples_per_second:,.0f}"),
        *_seconds(result),
        *((name.replace("_", " "), text) for name, text in result.tests.items()),
    ]
    if result.first_mismatch:
        rows.insert(3, ("first mismatch", result.first_mismatch))
    return pairs(f"{result.name} {result.version}", rows)


def _seconds(result: SimulationResult) -> list[tuple[str, str]]:
    """Rows on the build and on all together, where they are known."""
    if result.build_seconds is None or result.total_seconds is None:
        return []
    build = f"{result.build_seconds:.1f} s" if result.build_seconds else "kept from an earlier run"
    return [("build", build), ("in all", f"{result.total_seconds:.1f} s")]
