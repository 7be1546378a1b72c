"""The commands that made what a report shows, as they are typed."""

import shlex
from collections.abc import Iterator

from connective.design import (
    AxiLiteProtocol,
    AxiStreamProtocol,
    CombinationalProtocol,
    Design,
    Options,
)
from connective.report import Report
from connective.results import SimulationResult

RESETS = {"native": "sync-high", "axi-stream": "sync-low", "axi-lite": "sync-low"}
STREAM = {"tdata_width": 32, "tag_width": 0}


def commands(report: Report, design: Design) -> list[str]:
    """From the configuration to the page, for the results that are there.

    A library's place, cells that were left out and time limits are not kept, so they are not said.
    """
    lines = ["connective train config.toml --out run"] if "config" in report.provenance else []
    lines.append(_line("connective export run/network.npz --out design", export_options(design)))
    for result in report.synthesis:
        library = ["--liberty", result.library.file] if result.library else []
        lines.append(_line("connective synth design --target", [result.target, *library]))
    for placed in report.placements:
        given = ["--device", placed.device, "--seeds", str(len(placed.runs))]
        if placed.asked_mhz is not None:
            given += ["--mhz", f"{placed.asked_mhz:g}"]
        lines.append(_line("connective synth design --pnr --target", [placed.netlist, *given]))
    for power in report.power:
        library = ["--liberty", power.library.file] if power.library else []
        clock = ["--mhz", f"{power.mhz:g}"] if power.mhz is not None else []
        given = [power.netlist, *library, *clock, "--samples", str(power.samples)]
        lines.append(_line("connective power design --netlist", given))
    for run in report.simulations:
        lines.append(_line("connective simulate design", list(_simulate_options(run))))
    for proof in [*([report.proof] if report.proof else []), *report.netlist_proofs]:
        netlist = ["--netlist", proof.netlist] if proof.netlist else []
        lines.append(_line("connective prove design", netlist))
    lines.append("connective report design --run run --html report.html")
    return lines


def export_options(design: Design) -> list[str]:
    """What makes `connective export` give this design of its network, defaults left out."""
    options, protocol = design.options, design.protocol
    made = list(_stage_options(options, combinational=protocol.kind == "combinational"))
    choices: dict[str, object] = {
        "--target": None if options.target == "lut6" else options.target,
        "--form": None if options.form == "pipelined" else options.form,
        "--bits-per-cycle": options.bits_per_cycle,
        "--max-fanout": options.max_fanout,
        "--reject-below": options.reject_below,
        "--best": options.best,
        "--interface": None if protocol.kind == "native" else protocol.kind,
        "--reset": None if options.reset == RESETS.get(protocol.kind) else options.reset,
        "--top": None if design.top == "accelerator" else design.top,
    }
    if isinstance(protocol, AxiStreamProtocol):
        for name, default in STREAM.items():
            width = getattr(protocol, name)
            choices[f"--{name.replace('_', '-')}"] = None if width == default else width
    elif not isinstance(protocol, CombinationalProtocol | AxiLiteProtocol):
        width = next((port.width for port in design.ports if port.name == "i_payload"), None)
        choices["--input-width"] = width if protocol.beats > 1 else None
        choices["--tag-width"] = protocol.tag_width or None
    for name, value in choices.items():
        if value is not None:
            made += [name, str(value)]
    flags = {
        "--clock-gating": options.clock_gating,
        "--scores": options.scores and design.head != "scores",
        "--margin": options.margin,
        "--no-simplify": design.simplified is None,
    }
    return [*made, *(name for name, given in flags.items() if given)]


def _stage_options(options: Options, *, combinational: bool) -> Iterator[str]:
    default = 1 if options.form == "pipelined" else 0
    if options.clock:
        yield from ("--clock", f"{options.clock.mhz:g}")
    elif options.levels_per_stage != default and not combinational:
        yield from ("--levels-per-stage", str(options.levels_per_stage))


def _simulate_options(run: SimulationResult) -> Iterator[str]:
    yield from ("--simulator", run.simulator)
    if run.harness != "cocotb":
        yield from ("--harness", run.harness)
    if run.netlist:
        yield from ("--netlist", run.netlist)
    yield from ("--samples", str(run.samples - sum(run.corners.values())))


def _line(command: str, options: list[str]) -> str:
    return " ".join([command, *map(shlex.quote, options)])
