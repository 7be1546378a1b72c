"""`python -m benchmarks NAME`, where NAME is a module here with a function `measure`."""

from importlib import import_module
from pathlib import Path

import click
from rich.console import Console

from benchmarks.rows import table_of, write_rows

NAMES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("[a-z]*.py")
    if "def measure(" in path.read_text()
)


@click.command()
@click.argument("name", type=click.Choice(NAMES))
def main(name: str) -> None:
    """Measure, print a table, and write build/benchmarks/NAME.json."""
    rows = import_module(f"benchmarks.{name}").measure()
    path = Path("build") / "benchmarks" / f"{name}.json"
    write_rows(rows, path)
    Console().print(table_of(rows, name))
    click.echo(path)


main()
