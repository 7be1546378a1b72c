"""`connective export`: a network becomes an IP core in Verilog."""

from pathlib import Path
from typing import get_args

import click
from rich.console import Group

from connective.axi_stream import AxiStream
from connective.cli.simplify import certified, effort
from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, cycles, emit, pairs, working
from connective.design import Design, Options, Reset, Target
from connective.errors import InputError
from connective.folder import check_replaceable, replace_folder
from connective.network_file import read_network
from connective.packing import pack_features


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
    "--clock",
    type=click.FloatRange(min=0, min_open=True),
    help="MHz that the core shall run at on the target, which says how much a stage holds.",
)
@click.option(
    "--target",
    type=click.Choice(get_args(Target)),
    default="lut6",
    show_default=True,
    help="Family for which sums are built; ice40, ecp5, gowin, sky130 and sg13g2 know delays.",
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
@click.option(
    "--max-fanout",
    type=click.IntRange(min=2),
    help="Readers that a register of a node may have; what more read gets copies.",
)
@click.option("--clock-gating", is_flag=True, help="Data registers load only where a sample moves.")
@click.option("--scores", is_flag=True, help="Give the score of each class beside the label.")
@click.option("--margin", is_flag=True, help="Give the best score less the second best.")
@click.option(
    "--reject-below",
    type=click.IntRange(min=1),
    help="Give a bit that says that the margin is less than this.",
)
@click.option(
    "--best",
    type=click.IntRange(min=2),
    help="Give the labels of so many of the best classes, the best in the lowest bits.",
)
@click.option(
    "--interface",
    type=click.Choice(["native", "axi-stream", "axi-lite", "combinational"]),
    default="native",
    show_default=True,
    help="A sample a transfer, AXI4-Streams with a sample a packet, registers on AXI4-Lite, or "
    "gates without a clock.",
)
@click.option("--tdata-width", type=int, show_default="32", help="Bits of a beat of samples.")
@click.option(
    "--tag-width", type=int, show_default="0", help="Bits of a tag that goes with a sample."
)
@click.option(
    "--reset",
    type=click.Choice(get_args(Reset)),
    show_default="sync-high, AXI: sync-low",
    help="Whether the reset waits for the clock, and at which level it acts.",
)
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
    clock: float | None,
    target: Target,
    form: str,
    bits_per_cycle: int | None,
    input_width: int | None,
    max_fanout: int | None,
    clock_gating: bool,
    scores: bool,
    margin: bool,
    reject_below: int | None,
    best: int | None,
    interface: str,
    tdata_width: int | None,
    tag_width: int | None,
    reset: Reset | None,
    top: str,
    simplify: bool,
    as_json: bool,
) -> None:
    """Turn NETWORK into an IP core: Verilog between streams, and all that tools expect."""
    from hwgen.emit import export as run
    from hwgen.form import Form
    from hwgen.handover import write_core
    from hwgen.request import Request
    from sim.runner import bench_files

    chosen = Form(form == "serial", bits_per_cycle, input_width, clock_gating)
    stream = _stream(interface, tdata_width, tag_width)
    native_tag = tag_width if stream is None and tag_width is not None else 0
    request = Request(
        levels_per_stage=levels_per_stage,
        latency=latency,
        clock=clock,
        max_fanout=max_fanout,
        target=target,
        form=chosen,
        scores=scores,
        margin=margin,
        reject_below=reject_below,
        best=best,
        tag_width=native_tag,
        stream=stream,
        axi_lite=interface == "axi-lite",
        combinational=interface == "combinational",
        reset=reset,
        top=top,
    )
    loaded, provenance = read_network(network)
    if stream:
        pack_features(loaded.encoder.features, stream.tdata_width)  # refuses before the long work
    check_replaceable(out)
    simplified = None
    if simplify:
        with effort("Simplifying", as_json) as progress:
            simplified = certified(
                loaded, "scores" if scores else "label", sat=True, progress=progress
            )
    with working("Generating Verilog", as_json), replace_folder(out) as folder:
        design = run(loaded, folder, request, provenance=provenance, simplified=simplified)
        write_core(folder, design, loaded, bench=bench_files(design))
    emit(as_json, design.model_dump(mode="json"), _table(design, out))


def _stream(interface: str, tdata_width: int | None, tag_width: int | None) -> AxiStream | None:
    """The AXI4-Stream that the options ask for, if any; `InputError` for what belongs to none."""
    widths = {"tdata_width": tdata_width, "tag_width": tag_width}
    if interface == "axi-stream":
        return AxiStream(**{name: width for name, width in widths.items() if width is not None})
    if tdata_width is not None:
        raise InputError("--tdata-width is of AXI4-Stream: use it with --interface axi-stream")
    return None


def _table(design: Design, folder: Path) -> Group:
    """What was generated, and its interface."""
    rows = [
        ("files", ", ".join(design.sources)),
        ("latency", cycles(design.latency)),
        ("initiation interval", cycles(design.initiation_interval)),
        _budget(design.options),
        ("register bits", f"{design.register_bits} (least possible: {design.least_register_bits})"),
        ("ports", ", ".join(f"{p.name}[{p.width}]" for p in design.ports)),
    ]
    return pairs(f"Module {design.top} in {folder}", rows)


def _budget(options: Options) -> tuple[str, str]:
    """What a stage holds."""
    if clock := options.clock:
        return (
            "clock",
            f"{clock.mhz:g} MHz: {clock.budget} ps a stage and {clock.overhead} overhead",
        )
    return "levels per stage", str(options.levels_per_stage or "all")
