"""Results as tables for a person's eyes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from connective.design import Design
from connective.report import Report
from connective.results import Block, SimulationResult, SynthesisResult


def percent(share: float | None) -> str:
    return "not measured" if share is None else f"{100 * share:.2f} %"


def _pairs(title: str, rows: Sequence[tuple[str, str]]) -> Group:
    table = Table(show_header=False)
    for name, value in rows:
        table.add_row(name, value)
    return Group(title, table)


def _cells(part: Block | SynthesisResult) -> str:
    return f"{part.luts} LUTs, {part.registers} FFs, depth {part.depth}"


def training(result: dict[str, Any]) -> Group:
    """Accuracies of a finished training run."""
    accuracy = result["accuracy"]
    rows = [(name.replace("_", " "), percent(share)) for name, share in accuracy.items()]
    data = result["data"]["description"]
    return _pairs(f"Trained on {data} in {result['seconds']:.0f} s", rows)


def evaluation(result: dict[str, Any], class_names: Sequence[str]) -> Group:
    """Accuracy, speed, and the confusion matrix with the true class in rows."""
    title = (
        f"{result['data']}: {percent(result['accuracy'])} of {result['samples']:,} samples, "
        f"{result['samples_per_second']:,.0f} samples/s"
    )
    table = Table()
    table.add_column("true \\ predicted")
    for name in (*class_names, "recall"):
        table.add_column(name, justify="right")
    for i, (name, row) in enumerate(zip(class_names, result["confusion"], strict=True)):
        recall = percent(row[i] / sum(row)) if sum(row) else "–"
        table.add_row(name, *map(str, row), recall)
    return Group(title, table)


def inspection(result: dict[str, Any]) -> Group:
    """Sizes of a network."""
    rows = [
        ("features", f"{result['features']} in {result['payload_width']} bits"),
        ("input bits", f"{result['inputs']}, of which gates read {result['inputs_read']}"),
        ("gates", f"{result['gates']} of {result['fanin']} inputs"),
        ("gates by level", ", ".join(map(str, result["gates_by_level"]))),
        ("gates by truth table", ", ".join(f"{t}: {n}" for t, n in result["tables"].items())),
        ("classes", str(result["classes"])),
        ("outputs by class", ", ".join(map(str, result["outputs_by_class"]))),
        ("head", result["head"]),
    ]
    return _pairs(f"Network {result['sha256'][:12]}", rows)


def design(design: Design, folder: Path) -> Group:
    """What was generated, and its interface."""
    stage = design.options.levels_per_stage
    rows = [
        ("files", ", ".join(design.sources)),
        ("latency", f"{design.latency} cycles"),
        ("initiation interval", f"{design.initiation_interval} cycle"),
        ("levels per stage", str(stage) if stage else "all"),
        ("register bits", str(design.register_bits)),
        ("ports", ", ".join(f"{p.name}[{p.width}]" for p in design.ports)),
    ]
    return _pairs(f"Module {design.top} in {folder}", rows)


def simulation(result: SimulationResult) -> Group:
    """One run of the test bench."""
    rows = [
        ("data", result.data),
        ("samples", f"{result.samples:,}"),
        ("mismatches", f"{result.mismatches:,}"),
        ("latency measured", f"{result.latency_measured} cycles"),
        ("samples/s", f"{result.samples_per_second:,.0f}"),
        *((name.replace("_", " "), text) for name, text in result.tests.items()),
    ]
    if result.first_mismatch:
        rows.insert(3, ("first mismatch", result.first_mismatch))
    return _pairs(f"{result.simulator} {result.version}", rows)


def synthesis(results: Sequence[SynthesisResult]) -> Group:
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


def report(report: Report) -> Group:
    """The one table of the whole chain."""
    table = Table(show_header=False)
    table.add_row("accuracy, relaxed (not the hardware)", percent(report.accuracy.relaxed))
    table.add_row("accuracy, discretised (the hardware)", percent(report.accuracy.discretized))
    table.add_row("gates", str(report.gates))
    table.add_row("levels of gates", str(report.levels))
    table.add_row("latency", f"{report.latency} cycles")
    table.add_row("initiation interval", f"{report.initiation_interval} cycle")
    for run in report.simulations:
        table.add_section()
        failed = [f"{name}: {text}" for name, text in run.tests.items() if text != "passed"]
        table.add_row(
            f"{run.simulator}: samples", f"{run.samples:,} at {run.samples_per_second:,.0f}/s"
        )
        table.add_row(f"{run.simulator}: mismatches", f"{run.mismatches:,}")
        held = f"{len(run.tests) - len(failed)} of {len(run.tests)}"
        table.add_row(f"{run.simulator}: tests passed", "; ".join([held, *failed]))
    for result in report.synthesis:
        table.add_section()
        for name, block in result.blocks.items():
            table.add_row(f"{result.target}: {name}", _cells(block))
        table.add_row(f"{result.target}: whole design", _cells(result))
    for state, names in (("missing", report.missing), ("stale", report.stale)):
        if names:
            table.add_section()
            table.add_row(state, ", ".join(names))
    return Group(report.data or "Data unknown", table)
