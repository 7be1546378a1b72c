"""Tables as text: a row a line, its cells separated by commas, semicolons or tabs."""

import csv
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

import numpy as np

from connective.errors import InputError
from connective.samples.block import rows_of
from connective.table.rows import TEXT, Blocks, Rows

DELIMITERS = ",;\t"
MAX_LINE = 1 << 20  # characters; a file without line ends must not fill memory
CELL_BYTES = 64  # about what a short text takes while its block is read


def read_text(path: str, file: TextIO) -> tuple[list[str], Blocks]:
    """The columns that the first line names, and the rows below; empty lines are left out.

    The separator is the one that the first line has most of. White space around cells is removed.
    """
    lines = _lines(path, file)
    first = next(lines, "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(
        chain([first], lines), delimiter=delimiter, skipinitialspace=True, strict=True
    )

    def numbered() -> Iterator[tuple[int, list[str]]]:
        """The rows that are not empty, and the line that each ends in."""
        try:
            for cells in reader:
                if any(cells):
                    yield reader.line_num, cells
        except csv.Error as error:
            raise InputError(
                f"{path}: line {reader.line_num}: {error}: correct its quotation marks"
            ) from None

    rows = numbered()
    _, header = next(rows, (1, []))
    names = [cell.strip() for cell in header]
    if not names:
        raise InputError(f"{path}: is empty: its first line must name the columns")

    def blocks(columns: Sequence[str]) -> Iterator[Rows]:
        index = [names.index(name) for name in columns]
        while part := list(islice(rows, rows_of(CELL_BYTES * len(names)))):
            for line, cells in part:
                if len(cells) != len(names):
                    raise InputError(
                        f"{path}: line {line} has {len(cells)} cells for the {len(names)} columns "
                        "that the first line names: correct it, or quote cells that hold "
                        f"{delimiter!r}"
                    )
            table = np.strings.strip(np.array([cells for _, cells in part], dtype=TEXT))
            contents = {name: table[:, i].copy() for name, i in zip(columns, index, strict=True)}
            yield Rows(path, contents, np.array([line for line, _ in part]), "line")

    return names, blocks


def _lines(path: str, file: TextIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise InputError(f"{path}: line {number} has {MAX_LINE} characters or more: split it")
        yield line
