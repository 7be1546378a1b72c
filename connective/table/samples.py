"""A table's rows as samples for a network that was trained on such a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connective.network import Network
from connective.samples import Block, Samples
from connective.table.open import TableFile, open_table
from connective.table.schema import Table


@contextmanager
def open_rows(path: Path, table: Table, network: Network) -> Iterator[Samples]:
    """Open a file of rows, whose words and, where it has the target's column, classes are read.

    Its columns may stand in any order and others among them. Raises `InputError`, as a mistake in
    the rows does when their block is read.
    """
    with open_table(path) as file:
        file.refuse_without(table.names, "which the network was trained on")
        yield Samples(path.name, None, _blocks(file, table, network))


def _blocks(file: TableFile, table: Table, network: Network) -> Iterator[Block]:
    labelled = table.target in file.names and network.head != "bits"
    wanted = [*table.names, table.target] if labelled else list(table.names)
    for rows in file.blocks(wanted):
        labels = table.labels(rows) if labelled else None
        yield Block(table.words(rows, network.encoder), labels)
