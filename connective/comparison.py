"""Runs and designs side by side: accuracy against each cost. docs/report.md specifies the JSON."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import NonNegativeInt

from connective.design import FILE
from connective.errors import InputError
from connective.network_file import read_network
from connective.record import Record
from connective.report import accuracy_of, gather

NETWORK = "network.npz"


class Entry(Record):
    """A run or a design; `costs` by name, as far as they are known, and the lower the better.

    `front` names the costs by which no other entry of the same data is at least as accurate and as
    cheap, and better in one of the two, if there is another one to compare with. `stale` are
    results of a design that no longer hold for it.
    """

    folder: str
    kind: Literal["run", "design"]
    data: str | None
    data_sha256: str | None
    accuracy: float | None
    levels: NonNegativeInt
    costs: dict[str, float]
    proof: str | None
    stale: list[str]
    front: tuple[str, ...] = ()


class Comparison(Record):
    """Entries in the order that they were named in."""

    format: Literal["connective.comparison"] = "connective.comparison"
    version: Literal[1] = 1
    entries: list[Entry]

    @property
    def by_data(self) -> list[dict[int, Entry]]:
        """Entries by number, from 1, in groups whose accuracies are of the same data."""
        groups: dict[object, dict[int, Entry]] = {}
        for number, entry in enumerate(self.entries, 1):
            groups.setdefault(entry.data_sha256 or entry.data, {})[number] = entry
        return list(groups.values())


def costs_of(entries: Iterable[Entry]) -> list[str]:
    """All names of costs, in the order in which they come up."""
    return list(dict.fromkeys(name for entry in entries for name in entry.costs))


def compare(folders: Sequence[Path]) -> Comparison:
    """Read runs and designs; a folder that is neither raises `InputError`. Nothing is run."""
    return marked(Comparison(entries=[_read(folder) for folder in folders]))


def marked(comparison: Comparison) -> Comparison:
    """The same with each entry's `front` as the others make it."""
    entries = {
        number: entry.model_copy(
            update={"front": tuple(c for c in entry.costs if _leads(entry, c, [*group.values()]))}
        )
        for group in comparison.by_data
        for number, entry in group.items()
    }
    return Comparison(entries=[entries[number] for number in sorted(entries)])


def _leads(entry: Entry, cost: str, group: Sequence[Entry]) -> bool:
    """Whether an entry is on the Pareto front of accuracy and a cost in its group."""
    known = [
        (-e.accuracy, e.costs[cost]) for e in group if e.accuracy is not None and cost in e.costs
    ]
    if entry.accuracy is None or len(known) < 2:
        return False
    own = (-entry.accuracy, entry.costs[cost])
    return not any(a <= own[0] and c <= own[1] and (a, c) != own for a, c in known)


def _read(folder: Path) -> Entry:
    if (folder / FILE).exists():
        return _read_design(folder)
    if (folder / NETWORK).exists():
        return _read_run(folder)
    raise InputError(
        f"{folder} is neither a run nor a design, for it holds no {NETWORK} and no {FILE}: "
        "name folders of connective train or connective export"
    )


def _read_run(folder: Path) -> Entry:
    network, provenance = read_network(folder / NETWORK)
    return Entry(
        folder=str(folder),
        kind="run",
        **_of_data(provenance),
        accuracy=accuracy_of(provenance, folder / NETWORK).discretized,
        levels=network.depth,
        costs={"gates trained": network.n_gates},
        proof=None,
        stale=[],
    )


def _read_design(folder: Path) -> Entry:
    report = gather(folder)
    built = report.simplified or report
    costs: dict[str, float] = {
        "gates trained": report.gates,
        "gates built": built.gates,
        "latency, cycles": report.latency,
        "interval, cycles": report.initiation_interval,
    }
    for result in report.synthesis:
        if result.area_um2 is None:
            costs[f"{result.target}, LUTs"] = result.luts
        else:
            costs[f"{result.target}, µm²"] = result.area_um2
    for placed in report.placements:  # the median, as a seed that turned out well says little
        costs[f"{placed.title}, ns to the result"] = 1000 * report.latency / placed.median_mhz
        costs[f"{placed.title}, ns a sample"] = (
            1000 * report.initiation_interval / placed.median_mhz
        )
    for power in report.power:
        if power.energy_pj:
            costs[f"{power.netlist}, pJ a sample, estimated"] = power.energy_pj.total
    return Entry(
        folder=str(folder),
        kind="design",
        **_of_data(report.provenance),
        accuracy=report.accuracy.discretized,
        levels=report.levels,
        costs=costs,
        proof=report.proof.outcome if report.proof else None,
        stale=report.stale,
    )


def _of_data(provenance: dict[str, Any]) -> dict[str, Any]:
    data = provenance.get("data")
    known = data if isinstance(data, dict) else {}
    return {"data": known.get("description"), "data_sha256": known.get("sha256")}
