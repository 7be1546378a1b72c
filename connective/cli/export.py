"""`connective export`: a network becomes an IP core in Verilog."""

from pathlib import Path

import click
from rich.console import Group

from connective.cli.simplify import certified, effort
from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, cycles, emit, pairs, working
from connective.design import Design
from connective.folder import check_replaceable, replace_folder
from connective.network_file import read_network


@click.command(cls=Example, epilog="connective export run/network.npz --out design")
@click.argument("network", type=FILE)
@click.option("--out", type=FOLDER, default="design", show_default=True, help="Folder to write.")
@click.option(
    "--levels-per-stage",
    type=click.IntRange(min=0),
    help="Levels of gates, counters or comparisons between registers; 0: one stage for all.  "
    "[default: 1, serial: 0]",
)
@click.option(
    "--latency",
    type=click.IntRange(min=1),
    help="Cycles that a sample may take; as few levels per stage as that allows.",
)
@click.option(
    "--target",
    type=click.Choice(["lut6", "lut4", "asic"]),
    default="lut6",
    show_default=True,
    help="Family for which sums are built.",
)
@click.option(
    "--form",
    type=click.Choice(["pipelined", "serial"]),
    default="pipelined",
    show_default=True,
    help="A sample a cycle, or, in far less area, the classes one after another.",
)
@click.option(
    "--bits-per-cycle",
    type=click.IntRange(min=1),
    help="Bits of a class that the serial form counts in a cycle.  [default: all]",
)
@click.option(
    "--input-width",
    type=click.IntRange(min=1),
    help="Bits of a sample that come in a transfer, the lowest first.  [default: all]",
)
@click.option("--scores", is_flag=True, help="Give the score of each class beside the label.")
@click.option("--top", default="accelerator", show_default=True, help="Name of the top module.")
@click.option(
    "--simplify/--no-simplify",
    default=True,
    show_default=True,
    help="Build a smaller network that is proved to answer alike.",
)
@AS_JSON
def export(
    network: Path,
    out: Path,
    levels_per_stage: int | None,
    latency: int | None,
    target: str,
    form: str,
    bits_per_cycle: int | None,
    input_width: int | None,
    scores: bool,
    top: str,
    simplify: bool,
    as_json: bool,
) -> None:
    """Turn NETWORK into an IP core: Verilog between streams, and all that tools expect."""
    from hwgen.emit import export as run
    from hwgen.form import Form
    from hwgen.handover import write_core
    from sim.runner import BENCH

    chosen = Form(form == "serial", bits_per_cycle, input_width)
    loaded, provenance = read_network(network)
    check_replaceable(out)
    simplified = None
    if simplify:
        with effort("Simplifying", as_json) as progress:
            simplified = certified(
                loaded, "scores" if scores else "label", sat=True, progress=progress
            )
    with working("Generating Verilog", as_json), replace_folder(out) as folder:
        design = run(
            loaded,
            folder,
            levels_per_stage=levels_per_stage,
            latency=latency,
            target=target,
            form=chosen,
            scores=scores,
            top=top,
            provenance=provenance,
            simplified=simplified,
        )
        write_core(folder, design, loaded, bench=BENCH.read_text(encoding="utf-8"))
    emit(as_json, design.model_dump(mode="json"), _table(design, out))


def _table(design: Design, folder: Path) -> Group:
    """What was generated, and its interface."""
    stage = design.options.levels_per_stage
    rows = [
        ("files", ", ".join(design.sources)),
        ("latency", cycles(design.latency)),
        ("initiation interval", cycles(design.initiation_interval)),
        ("levels per stage", str(stage) if stage else "all"),
        ("register bits", f"{design.register_bits} (least possible: {design.least_register_bits})"),
        ("ports", ", ".join(f"{p.name}[{p.width}]" for p in design.ports)),
    ]
    return pairs(f"Module {design.top} in {folder}", rows)
