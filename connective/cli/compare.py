"""`connective compare`: runs and designs side by side."""

from pathlib import Path

import click
from rich.console import Group
from rich.table import Table

from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, percent
from connective.comparison import Comparison, compare
from connective.folder import write_atomic


@click.command(
    "compare", cls=Example, epilog="connective compare build/*/design --html comparison.html"
)
@click.argument("folders", metavar="RUN_OR_DESIGN…", type=FOLDER, nargs=-1, required=True)
@click.option("--html", type=FILE, help="Write a page with the table and its charts.")
@AS_JSON
def compare_verb(folders: tuple[Path, ...], html: Path | None, as_json: bool) -> None:
    """Set runs and designs side by side: accuracy against gates, LUTs and latency.

    A star marks what is on the Pareto front of accuracy and that cost, among those of the same
    data. Only files are read; nothing is run.
    """
    comparison = compare(folders)
    if html is not None:
        from connective.page import comparison_page

        write_atomic(html, comparison_page(comparison))
    emit(as_json, comparison.model_dump(mode="json"), _table(comparison))


def _table(comparison: Comparison) -> Group:
    table = Table()
    for name in ("folder", "data"):
        table.add_column(name)
    for name in ("accuracy", "levels", *comparison.costs):
        table.add_column(name, justify="right")
    table.add_column("proof")
    for entry in comparison.entries:
        figures = [
            f"{entry.costs[cost]:,.0f}{' ★' * (cost in entry.front)}" if cost in entry.costs else "–"
            for cost in comparison.costs
        ]
        accuracy = percent(entry.accuracy)
        table.add_row(
            entry.folder,
            entry.data or "unknown",
            accuracy,
            str(entry.levels),
            *figures,
            entry.proof or "–",
        )
    stale = [
        f"Stale in {entry.folder}: {', '.join(entry.stale)}"
        for entry in comparison.entries
        if entry.stale
    ]
    return Group(table, "★ on the front of accuracy and this cost", *stale)
