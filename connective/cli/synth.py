"""`connective synth`: the Verilog becomes cells."""

from pathlib import Path

import click
from rich.console import Group
from rich.table import Table

from connective.cli.cells import figures
from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, working
from connective.design import read_design
from connective.results import SynthesisResult, write_result
from connective.technology import TECHNOLOGIES


@click.command(
    cls=Example,
    epilog="connective synth design --target lut6; "
    "connective synth design --target asic --liberty sky130.lib.gz --dont-use '*lpflow*'",
)
@click.argument("design", type=FOLDER)
@click.option("--target", type=click.Choice(list(TECHNOLOGIES)), default="lut6", show_default=True)
@click.option("--liberty", type=FILE, help="The cells of asic: a Liberty file, plain or as .gz.")
@click.option(
    "--dont-use", multiple=True, help="Cells of it to leave out, such as '*lpflow*'; repeatable."
)
@AS_JSON
def synth(
    design: Path, target: str, liberty: Path | None, dont_use: tuple[str, ...], as_json: bool
) -> None:
    """Synthesise DESIGN with Yosys and count its cells by block."""
    from hwgen.flows.synth import synthesize as run

    loaded = read_design(design)
    with working(f"Synthesising to {target}", as_json):
        result = run(design, target, liberty=liberty, dont_use=dont_use)
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), _table(result))


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
    return Group(
        f"After synthesis for {result.target}, {result.tool}", table, *lines, result.method
    )
