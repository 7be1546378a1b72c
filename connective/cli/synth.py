"""`connective synth`: the Verilog becomes cells."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Group
from rich.table import Table

from connective.cli.terminal import AS_JSON, FOLDER, Example, emit, working
from connective.design import read_design
from connective.results import SynthesisResult, write_result


@click.command(cls=Example, epilog="connective synth design --target lut6")
@click.argument("design", type=FOLDER)
@click.option("--target", type=click.Choice(["lut4", "lut6"]), default="lut6", show_default=True)
@AS_JSON
def synth(design: Path, target: str, as_json: bool) -> None:
    """Synthesise DESIGN with Yosys and count its cells by block."""
    from hwgen.flows.synth import synthesize as run

    loaded = read_design(design)
    with working(f"Synthesising to {target}", as_json):
        result = run(design, target)
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), _table([result]))


def _table(results: Sequence[SynthesisResult]) -> Group:
    """LUTs, registers and depth by block, a column group for each target."""
    table = Table()
    table.add_column("block")
    for result in results:
        for column in ("LUTs", "registers", "depth"):
            table.add_column(f"{result.target}\n{column}", justify="right")
    for name in results[0].blocks:
        blocks = [result.blocks[name] for result in results]
        table.add_row(name, *(str(n) for b in blocks for n in (b.luts, b.registers, b.depth)))
    table.add_section()
    table.add_row("whole", *(str(n) for r in results for n in (r.luts, r.registers, r.depth)))
    return Group(f"Synthesis, {results[0].tool}", table, results[0].method)
