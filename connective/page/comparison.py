"""The page of a comparison: its table, and a chart of accuracy over each cost."""

from dataclasses import dataclass

from connective.comparison import Comparison, Entry, costs_of
from connective.page.chart import Chart, Point, axes
from connective.page.render import render


@dataclass(frozen=True)
class Group:
    """Entries of the same data by number, their costs, and the charts of those that differ."""

    data: str
    digest: str
    entries: dict[int, Entry]
    costs: tuple[str, ...]
    charts: tuple[Chart, ...]


def comparison_page(comparison: Comparison) -> bytes:
    """A table and charts for each group of entries of the same data."""
    groups = [_group(entries) for entries in comparison.by_data]
    return render("comparison.html", title="Comparison", groups=groups)


def _group(entries: dict[int, Entry]) -> Group:
    first = next(iter(entries.values()))
    costs = costs_of(entries.values())
    charts = [_chart(entries, cost) for cost in costs]
    return Group(
        data=first.data or "Data unknown",
        digest=first.data_sha256 or "",
        entries=entries,
        costs=tuple(costs),
        charts=tuple(chart for chart in charts if chart),
    )


def _chart(entries: dict[int, Entry], cost: str) -> Chart | None:
    """Accuracy over a cost, if it is known of two entries and not the same for all."""
    known = [
        (number, entry.costs[cost], 100 * entry.accuracy, cost in entry.front)
        for number, entry in entries.items()
        if entry.accuracy is not None and cost in entry.costs
    ]
    values = [value for _, value, _, _ in known]
    if len(set(values)) < 2:
        return None
    shares = [share for _, _, share, _ in known]
    x, y = axes((cost, min(values), max(values)), ("accuracy, %", min(shares), max(shares)))
    front = sorted({(value, share) for _, value, share, leads in known if leads})
    corners: list[tuple[float, float]] = []
    for value, share in front:  # to the right, and then up
        corners += [(x(value), corners[-1][1])] if corners else []
        corners.append((x(value), y(share)))
    corners.append((x.end, corners[-1][1]))
    return Chart(
        f"Accuracy over {cost} of {len(known)} networks, {len(front)} of them on the Pareto front",
        x,
        y,
        lines={},
        points=tuple(Point(x(v), y(share), leads, str(n)) for n, v, share, leads in known),
        staircase=" ".join(f"{a},{b}" for a, b in corners),
    )
