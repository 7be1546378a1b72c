"""The page of a comparison: its table, and a chart of accuracy over each cost."""

from dataclasses import dataclass

from connective.comparison import Comparison, Entry
from connective.page.chart import Chart, Point, axes
from connective.page.render import render


@dataclass(frozen=True)
class Group:
    """Entries of the same data by number, and the charts of the costs that differ among them."""

    data: str
    entries: tuple[tuple[int, Entry], ...]
    charts: tuple[Chart, ...]


def comparison_page(comparison: Comparison) -> bytes:
    """The table of all entries, and charts for each group of two or more of the same data."""
    groups = []
    for numbers in comparison.by_data:
        entries = tuple((number + 1, comparison.entries[number]) for number in numbers)
        charts = [_chart(entries, cost) for cost in comparison.costs]
        data = entries[0][1].data or "Data unknown"
        groups.append(Group(data, entries, tuple(chart for chart in charts if chart)))
    return render(
        "comparison.html", title="Comparison", groups=groups, costs=comparison.costs
    )


def _chart(entries: tuple[tuple[int, Entry], ...], cost: str) -> Chart | None:
    """Accuracy over a cost, if it is known of two entries and not the same for all."""
    known = [
        (number, entry.costs[cost], 100 * entry.accuracy, cost in entry.front)
        for number, entry in entries
        if entry.accuracy is not None and cost in entry.costs
    ]
    values = [value for _, value, _, _ in known]
    if len(set(values)) < 2:
        return None
    shares = [share for _, _, share, _ in known]
    x, y = axes((cost, min(values), max(values)), ("accuracy, %", min(shares), max(shares)))
    front = sorted({(value, share) for _, value, share, leads in known if leads})
    steps, level = [], 0.0
    for value, share in front:
        steps += [f"{x(value)},{y(level)}"] if steps else []
        steps.append(f"{x(value)},{y(share)}")
        level = share
    return Chart(
        f"Accuracy over {cost} of {len(known)} networks, {len(front)} of them on the Pareto front",
        x,
        y,
        lines={},
        points=tuple(Point(x(v), y(share), leads, str(n)) for n, v, share, leads in known),
        staircase=" ".join([*steps, f"{x.end},{y(level)}"]),
    )
