"""The page of one design: each section from what is there, or why it is missing."""

from pathlib import Path
from typing import Any

from connective.coverage_rows import corner_rows, coverage_rows
from connective.design import Design, read_built, read_design
from connective.network import Answers, Network
from connective.network_file import read_network
from connective.page.accuracy import Accuracy, accuracy
from connective.page.anatomy import gates_by_type, reads
from connective.page.circuit import circuit
from connective.page.commands import commands
from connective.page.cost import cost_tables
from connective.page.held_out import HeldOut
from connective.page.missing import Missing
from connective.page.regions import Plane, Regions, plane_of, regions
from connective.page.render import render
from connective.page.training import training
from connective.report import Report
from connective.table import Table, table_of

SCRIPTS = ("network.js", "layout.js", "circuit.js", "image.js", "plane.js", "sliders.js", "main.js")
SECTIONS = (
    "training",
    "accuracy",
    "regions",
    "network",
    "circuit",
    "speed",
    "cost",
    "checks",
    "reproduce",
)
NO_CLASSES = Missing("the network's outputs are bits, not classes")


def report_page(folder: Path, report: Report, test: HeldOut | Missing, run: Path | None) -> bytes:
    """The page of the design in a folder, of which `report` was gathered.

    `run` is the folder that its network was trained into; a damaged one raises `InputError`.
    """
    design = read_design(folder)
    network, provenance = read_network(folder / design.network.file)
    built = read_built(folder, design)
    table = table_of(provenance, network, folder / design.network.file)
    test = _fitting(test, network)
    known = test if isinstance(test, HeldOut) else None
    names = _class_names(network, known, table)
    answers = network(known.samples) if known and network.n_classes else None
    plane = plane_of(network, known.samples if known else None)
    seen = _regions(network, plane, names, known, answers)
    circuit_view = circuit(
        built,
        names,
        plane=plane,
        table=table,
        test=known,
        background=seen.picture if seen else None,
    )
    content = report.model_dump(mode="json")
    left_out = () if seen else ("regions",)
    return render(
        "report.html",
        scripts=() if isinstance(circuit_view, Missing) else SCRIPTS,
        title=report.data or design.top,
        sections=[name for name in SECTIONS if name not in left_out],
        report=report,
        design=design,
        figures=_figures(report, design),
        training=training(provenance, run, network.sha256),
        accuracy=_accuracy(network, test, answers, report),
        regions=seen,
        gates=_gates(network, built, design),
        reads=reads(built),
        circuit=circuit_view,
        cost=cost_tables(content),
        simulations=[(run, [*corner_rows(run), *coverage_rows(run)]) for run in report.simulations],
        commands=commands(report, design),
    )


def _fitting(test: HeldOut | Missing, network: Network) -> HeldOut | Missing:
    """The test set, if it can be one of the network."""
    if isinstance(test, Missing) or not network.n_classes:
        return test
    features, classes = len(network.encoder.features), network.n_classes
    if (test.samples.shape[1], len(test.class_names)) == (features, classes):
        return test
    return Missing(
        f"{test.description} has {test.samples.shape[1]} features and {len(test.class_names)} "
        f"classes, but the network {features} and {classes}: train it again"
    )


def _class_names(network: Network, test: HeldOut | None, table: Table | None) -> tuple[str, ...]:
    known = test.class_names if test else table.classes if table else ()
    numbers = tuple(map(str, range(network.n_classes)))
    return known if len(known) == network.n_classes else numbers


def _accuracy(
    network: Network, test: HeldOut | Missing, answers: Answers | None, report: Report
) -> Accuracy | Missing:
    if isinstance(test, Missing):
        return test
    if answers is None:
        return NO_CLASSES
    return accuracy(network, test, answers, report.accuracy.discretized)


def _regions(
    network: Network,
    plane: Plane | None,
    names: tuple[str, ...],
    test: HeldOut | None,
    answers: Answers | None,
) -> Regions | None:
    if plane is None or not network.n_classes:
        return None
    return regions(network, plane, names, test, answers)


def _gates(network: Network, built: Network, design: Design) -> list[Any]:
    trained = gates_by_type("As trained", network)
    return [trained, gates_by_type("As built", built)] if design.simplified else [trained]


def _figures(report: Report, design: Design) -> list[tuple[str, str, str]]:
    """What to see first: name, figure, and what it is of."""
    gates = report.simplified.gates if report.simplified else report.gates
    shown = [
        ("gates", f"{gates:,}", f"of {report.gates:,} trained" if report.simplified else "built"),
        ("latency", f"{report.latency:,}", "cycles" if report.latency != 1 else "cycle"),
    ]
    if (share := report.accuracy.discretized) is not None:
        shown.insert(0, ("test accuracy", f"{100 * share:.2f} %", "discretised"))
    for result in report.synthesis:
        if result.area_um2 is not None:
            shown.append(("area", f"{result.area_um2:,.0f} µm²", f"{result.target}, synthesised"))
        else:
            shown.append(("LUTs", f"{result.luts:,}", f"{result.target}, synthesised"))
    if report.proof:
        shown.append(("for every sample", report.proof.outcome, "Verilog against the network"))
    return shown
