"""`connective report`: all that was measured of a design."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Group
from rich.table import Table

from connective.cli.cells import figures, path_text
from connective.cli.data import dataset_of
from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, cycles, emit, percent
from connective.coverage_rows import corner_rows, coverage_rows
from connective.errors import InputError
from connective.folder import write_atomic
from connective.implementation import Block
from connective.report import Report, gather

if TYPE_CHECKING:
    from connective.page import HeldOut, Missing


@click.command(cls=Example, epilog="connective report design --run run --html report.html")
@click.argument("design", type=FOLDER)
@click.option("--out", type=FILE, help="Write the report as JSON.")
@click.option("--html", type=FILE, help="Write the report as one page for a browser.")
@click.option("--run", type=FOLDER, help="Folder of the training, for the page's curves.")
@AS_JSON
def report(
    design: Path, out: Path | None, html: Path | None, run: Path | None, as_json: bool
) -> None:
    """Gather what was measured of DESIGN, and name what is missing or stale.

    No tool is run. A page also shows what the network answers to its test set.
    """
    if run is not None and html is None:
        raise InputError("--run is for the curves of a page: name the page with --html")
    gathered = gather(design)
    content = gathered.model_dump(mode="json")
    if html is not None:
        _write_page(html, design, gathered, run)
    if out is not None:
        write_atomic(out, (json.dumps(content, indent=1) + "\n").encode())
    emit(as_json, content, _table(gathered))
    if not gathered.passed:
        sys.exit(1)


def _write_page(path: Path, design: Path, gathered: Report, run: Path | None) -> None:
    from connective.page import report_page

    write_atomic(path, report_page(design, gathered, _test_set(gathered, design), run))


def _test_set(gathered: Report, design: Path) -> "HeldOut | Missing":
    """The test set of the training, or why it cannot be had."""
    from connective.page import HeldOut, Missing

    try:
        dataset = dataset_of(gathered.provenance, design)
    except InputError as error:
        return Missing(str(error))
    except ModuleNotFoundError as error:
        return Missing(f"{error.name} is not installed: pip install 'connective[train]'")
    return HeldOut(
        dataset.test_samples, dataset.test_labels, dataset.class_names, dataset.description
    )


def _table(report: Report) -> Group:
    """The one table of the whole chain."""
    table = Table(show_header=False)
    table.add_row("accuracy, relaxed (not the hardware)", percent(report.accuracy.relaxed))
    table.add_row("accuracy, discretised (the hardware)", percent(report.accuracy.discretized))
    left = f", {report.simplified.gates} after simplification" if report.simplified else ""
    table.add_row("gates", f"{report.gates}{left}")
    table.add_row("levels of gates", str(report.levels))
    table.add_row("latency", cycles(report.latency))
    table.add_row("initiation interval", cycles(report.initiation_interval))
    if report.proof is not None:
        table.add_section()
        proved = sum(lemma.holds is True for lemma in report.proof.lemmas)
        table.add_row("for every sample, at all times", report.proof.outcome)
        for proof in report.netlist_proofs:
            table.add_row(f"{proof.netlist} netlist as the Verilog", proof.outcome)
        table.add_row("lemmas that hold", f"{proved} of {len(report.proof.lemmas)}")
    for run in report.simulations:
        table.add_section()
        failed = [f"{name}: {text}" for name, text in run.tests.items() if text != "passed"]
        table.add_row(f"{run.name}: samples", f"{run.samples:,} at {run.samples_per_second:,.0f}/s")
        table.add_row(f"{run.name}: mismatches", f"{run.mismatches:,}")
        held = f"{len(run.tests) - len(failed)} of {len(run.tests)}"
        table.add_row(f"{run.name}: tests passed", "; ".join([held, *failed]))
        for name, text in [*corner_rows(run), *coverage_rows(run)]:
            table.add_row(f"{run.name}: {name}", text)
    for result in report.synthesis:
        table.add_section()
        for name, block in {**result.blocks, "whole design": result}.items():
            table.add_row(f"{result.target}: {name}", _cells(block))
        if result.delay_ps is not None:
            table.add_row(f"{result.target}: delay of logic", f"{result.delay_ps:,.0f} ps")
    for power in report.power:
        table.add_section()
        table.add_row(f"{power.netlist}: toggles of a sample", f"{power.toggles:,.1f}")
        if power.energy_pj and power.power_uw is not None:
            energy = f"{power.energy_pj.total:,.4g} pJ, {power.power_uw / 1000:,.4g} mW"
            table.add_row(f"{power.netlist}: estimated at {power.mhz:g} MHz", energy)
    for placed in report.placements:
        table.add_section()
        table.add_row(f"{placed.device}: placed and routed", placed.title)
        clock = f"{placed.median_mhz:.1f} MHz, {placed.best_mhz:.1f} at best"
        table.add_row(f"{placed.device}: median of {len(placed.runs)}", clock)
        if placed.asked_mhz is not None:
            met = "met" if placed.met else "missed"
            table.add_row(f"{placed.device}: asked for", f"{placed.asked_mhz:g} MHz, {met}")
        best = max(placed.runs, key=lambda run: run.fmax_mhz)
        table.add_row(f"{placed.device}: slowest path of the best", path_text(best.path))
    for state, names in (("missing", report.missing), ("stale", report.stale)):
        if names:
            table.add_section()
            table.add_row(state, ", ".join(names))
    return Group(report.data or "Data unknown", table)


def _cells(part: Block) -> str:
    counts = figures(part, part.others)
    depth = counts.pop("depth")
    return ", ".join([*(f"{count} {name}" for name, count in counts.items()), f"depth {depth}"])
