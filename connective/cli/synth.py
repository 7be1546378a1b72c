"""`connective synth`: the Verilog becomes cells, and these are placed and routed if asked for."""

import sys
from pathlib import Path

import click
from rich.console import Group
from rich.table import Table

from connective.cli.cells import figures, path_text
from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, working
from connective.design import read_design
from connective.devices import DEVICES, ROUTERS, device_for
from connective.errors import InputError
from connective.implementation import PlacementResult, SynthesisResult
from connective.results import write_result
from connective.technology import TECHNOLOGIES
from connective.tools import nextpnr

SEEDS = 5


@click.command(
    cls=Example,
    epilog="connective synth design --target lut6; "
    "connective synth design --target asic --liberty sky130.lib.gz --dont-use '*lpflow*'; "
    "connective synth design --target ice40 --pnr --device up5k --seeds 3",
)
@click.argument("design", type=FOLDER)
@click.option("--target", type=click.Choice(list(TECHNOLOGIES)), default="lut6", show_default=True)
@click.option("--liberty", type=FILE, help="The cells of asic: a Liberty file, plain or as .gz.")
@click.option(
    "--dont-use", multiple=True, help="Cells of it to leave out, such as '*lpflow*'; repeatable."
)
@click.option("--pnr", is_flag=True, help="Place and route what was synthesised, with nextpnr.")
@click.option(
    "--device", type=click.Choice(list(DEVICES)), help="What to place on; one of the target's."
)
@click.option("--seeds", type=click.IntRange(min=1), help="So many placements; 5 if not said.")
@click.option(
    "--mhz",
    type=click.FloatRange(min=0, min_open=True),
    help="The clock that it must reach; that of connective export --clock if not said.",
)
@AS_JSON
def synth(
    design: Path,
    target: str,
    liberty: Path | None,
    dont_use: tuple[str, ...],
    pnr: bool,
    device: str | None,
    seeds: int | None,
    mhz: float | None,
    as_json: bool,
) -> None:
    """Synthesise DESIGN with Yosys and count its cells by block."""
    from hwgen.flows.place import place
    from hwgen.flows.synth import synthesize as run

    if pnr:
        device, _ = device_for(target, device)
        nextpnr.version(ROUTERS[target].family)
    elif device or seeds or mhz:
        raise InputError("--device, --seeds and --mhz are for place and route: add --pnr")
    loaded = read_design(design)
    with working(f"Synthesising to {target}", as_json):
        result = run(design, target, liberty=liberty, dont_use=dont_use)
    write_result(design, loaded, result)
    if not pnr:
        emit(as_json, result.model_dump(mode="json"), _table(result))
        return
    with working(f"Placing and routing on {device}", as_json):
        placement = place(design, target, device=device, seeds=seeds or SEEDS, mhz=mhz)
    write_result(design, loaded, placement)
    both = {"synthesis": result, "placement": placement}
    content = {name: part.model_dump(mode="json") for name, part in both.items()}
    emit(as_json, content, Group(_table(result), "", _placement(placement)))
    if not placement.met:
        sys.exit(1)


def _table(result: SynthesisResult) -> Group:
    """What each block takes; it is before place and route."""
    table = Table("block")
    for column in figures(result, result.others):
        table.add_column(column, justify="right")
    for name, block in result.blocks.items():
        table.add_row(name, *figures(block, result.others).values())
    table.add_section()
    table.add_row("whole", *figures(result, result.others).values())
    lines = [] if result.delay_ps is None else [f"Delay of logic: {result.delay_ps:,.0f} ps"]
    if result.path:
        lines.append(f"Longest path: {path_text(result.path)}")
    return Group(
        f"After synthesis for {result.target}, {result.tool}", table, *lines, result.method
    )


def _placement(result: PlacementResult) -> Group:
    """What the device lets the netlist do; it is after place and route."""
    table = Table("seed", "MHz", "slowest path")
    for run in result.runs:
        table.add_row(str(run.seed), f"{run.fmax_mhz:.1f}", path_text(run.path))
    places = [
        f"{kind}: {n.used - n.harness:,} of {n.available:,}, and {n.harness:,} of the harness"
        for kind, n in result.places.items()
    ]
    clock = f"{result.median_mhz:.1f} MHz in the median, {result.best_mhz:.1f} at best"
    if result.asked_mhz is not None:
        clock += f"; {result.asked_mhz:g} MHz is {'met' if result.met else 'missed'}"
    tools = ", ".join(f"{tool} {version}" for tool, version in result.tools.items())
    return Group(
        f"After place and route on {result.title}, {tools}", table, clock, *places, result.method
    )
