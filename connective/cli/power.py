"""`connective power`: what a netlist takes for a sample."""

import time
from pathlib import Path

import click
from rich.console import Group
from rich.table import Table

from connective.cli.data import stimulus
from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, working
from connective.design import read_design
from connective.errors import InputError
from connective.network_file import read_network
from connective.power import NETLISTS, BlockPower, PowerResult
from connective.results import write_result
from connective.technology import TECHNOLOGIES


@click.command(
    cls=Example,
    epilog="connective power design --netlist asic --liberty sky130.lib.gz --mhz 100; "
    "connective power design --netlist ice40",
)
@click.argument("design", type=FOLDER)
@click.option(
    "--netlist",
    type=click.Choice(NETLISTS),
    default="asic",
    show_default=True,
    help="What connective synth made for this target.",
)
@click.option("--liberty", type=FILE, help="For asic: the Liberty file of the netlist's cells.")
@click.option(
    "--mhz",
    type=click.FloatRange(min=0, min_open=True),
    show_default="that of export --clock",
    help="For asic: the clock.",
)
@click.option("--samples", type=click.IntRange(min=1), default=1000, show_default=True)
@AS_JSON
def power(
    design: Path,
    netlist: str,
    liberty: Path | None,
    mhz: float | None,
    samples: int,
    as_json: bool,
) -> None:
    """Estimate what the netlist of DESIGN takes for a sample, from toggles in a simulation.

    For asic that is energy and power, for an FPGA how often outputs of cells toggle.
    """
    from hwgen.flows.power import read_power_model
    from sim import record_activity

    began = time.perf_counter()
    loaded = read_design(design)
    network, provenance = read_network(design / loaded.network.file)
    clock = mhz or (loaded.options.clock.mhz if loaded.options.clock else None)
    if TECHNOLOGIES[netlist].has_library and clock is None:
        raise InputError("power is that at a clock: name one with --mhz")
    model = read_power_model(design, netlist, liberty=liberty)
    words, data = stimulus(network, provenance, samples, design)
    with working(f"Counting toggles of {len(words)} samples", as_json):
        activity = record_activity(design, words, netlist)
    result = model.estimate(activity, mhz=clock, data=data, seconds=time.perf_counter() - began)
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), _table(result))


def _table(result: PowerResult) -> Group:
    """What each block takes."""
    table = Table("block")
    for column in figures(result):
        table.add_column(column, justify="right")
    for name, block in result.blocks.items():
        table.add_row(name, *figures(block).values())
    table.add_section()
    table.add_row("whole", *figures(result).values())
    lines = [f"{result.netlist}, a sample of {result.samples:,} of {result.data}, by {result.tool}"]
    if result.power_uw is not None:
        lines.append(f"{result.power_uw / 1000:,.3f} mW at {result.mhz:g} MHz")
    if result.energy_pj:
        lines[0] += ", energies in pJ"
    return Group(lines[0], table, *lines[1:], result.method)


def figures(part: BlockPower) -> dict[str, str]:
    """Toggles and, where they are known, energies of a sample."""
    shown = {"toggles": f"{part.toggles:,.1f}"}
    if energy := part.energy_pj:
        values = {**energy.model_dump(), "total": energy.total}
        shown |= {name: f"{value:,.3g}" for name, value in values.items()}
    return shown
