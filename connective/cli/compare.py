"""`connective compare`: runs and designs side by side."""

from pathlib import Path

import click
from rich.console import Group
from rich.table import Table

from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, percent
from connective.comparison import Comparison, Entry, compare, costs_of
from connective.folder import write_atomic

COLUMNS = 5  # entries that a terminal of 80 characters has room for


@click.command(
    "compare", cls=Example, epilog="connective compare build/*/design --html comparison.html"
)
@click.argument("folders", metavar="RUN_OR_DESIGN…", type=FOLDER, nargs=-1, required=True)
@click.option("--html", type=FILE, help="Write a page with the table and its charts.")
@AS_JSON
def compare_verb(folders: tuple[Path, ...], html: Path | None, as_json: bool) -> None:
    """Set runs and designs side by side: accuracy against gates, LUTs, latency and energy.

    A star marks what is on the Pareto front of accuracy and that cost, among those of the same
    data. Only files are read; nothing is run.
    """
    comparison = compare(folders)
    if html is not None:
        from connective.page import comparison_page

        write_atomic(html, comparison_page(comparison))
    emit(as_json, comparison.model_dump(mode="json"), _table(comparison))


def _table(comparison: Comparison) -> Group:
    """For each data set the entries in columns, a few a table, below the folders that they are."""
    tables: list[Table | str] = []
    for group in comparison.by_data:
        numbers = list(group)
        for start in range(0, len(numbers), COLUMNS):
            shown = {number: group[number] for number in numbers[start : start + COLUMNS]}
            tables += [*_folders(shown), _columns(shown)]
    return Group(*tables, "★ on the Pareto front of accuracy and this cost, of the same data")


def _folders(entries: dict[int, Entry]) -> list[str]:
    lines = [next(iter(entries.values())).data or "Data unknown"]
    for number, entry in entries.items():
        stale = f" (stale: {', '.join(entry.stale)})" if entry.stale else ""
        lines.append(f"{number}: {entry.folder}{stale}")
    return lines


def _columns(entries: dict[int, Entry]) -> Table:
    table = Table("")
    for number in entries:
        table.add_column(str(number), justify="right")
    table.add_row("accuracy, discretised", *(percent(entry.accuracy) for entry in entries.values()))
    table.add_row("levels of gates", *(str(entry.levels) for entry in entries.values()))
    for cost in costs_of(entries.values()):
        table.add_row(cost, *(_cost(entry, cost) for entry in entries.values()))
    table.add_row("proof", *(entry.proof or "–" for entry in entries.values()))
    return table


def _cost(entry: Entry, cost: str) -> str:
    if cost not in entry.costs:
        return "–"
    value = entry.costs[cost]
    text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{text}{' ★' * (cost in entry.front)}"
