"""What all verbs share: arguments, help, and how results and progress are shown."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group
from rich.table import Table

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


class Example(click.Command):
    """A command whose help ends with its example."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.epilog:
            with formatter.section("Example"):
                formatter.write_text(self.epilog)


def emit(as_json: bool, content: dict[str, Any], *renderables: Any) -> None:
    if as_json:
        click.echo(json.dumps(content, indent=1))
    else:
        Console().print(*renderables)


@contextmanager
def working(text: str, silent: bool) -> Iterator[None]:
    """A sign of life on the terminal while an external program runs."""
    console = Console(stderr=True)
    if silent or not console.is_terminal:
        yield
        return
    with console.status(f"{text} …"):
        yield


def percent(share: float | None) -> str:
    return "not measured" if share is None else f"{100 * share:.2f} %"


def cycles(count: int) -> str:
    return f"{count:,} cycle{'s' * (count != 1)}"


def pairs(title: str, rows: Sequence[tuple[str, str]]) -> Group:
    table = Table(show_header=False)
    for name, value in rows:
        table.add_row(name, value)
    return Group(title, table)
