"""Samples as text: comma-separated values, a sample a line, from a file or a pipe."""

import csv
import warnings
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.network import Network
from connective.samples.block import Block, rows_of
from connective.samples.check import MisfitError, fit

MAX_CELL = 64  # characters; no number is longer, and a file without line ends must not fill memory
LABEL = "label"

Line = tuple[int, str]
"""Its number, from 1, and its text."""


def read_text(name: str, file: TextIO, network: Network, *, real: bool) -> Iterator[Block]:
    """Blocks of the lines of a file; `InputError` names line, column and value of a mistake.

    A line has a column a feature, in order, and may have one more, the class. Where the first line
    names the columns, the class is in the one named `label`, and where it names all features they
    may stand in any order. Values are words, or real and quantized by the encoder.
    """
    features = [feature.name for feature in network.encoder.features]
    longest = MAX_CELL * (len(features) + 1) + sum(map(len, features))
    lines = _lines(name, file, longest)
    first = next(lines, None)
    if first is None:
        return
    names = _cells(first[1])
    has_names = not all(map(_is_number, names))
    columns = _columns(name, first[0], names, features, named=has_names)
    if not has_names:
        lines = chain([first], lines)
    while part := list(islice(lines, rows_of(8 * len(columns)))):
        try:
            table = _table(name, part, columns, real=real)
            labels = table[:, columns[-1]] if len(columns) > len(features) else None
            values = table[:, columns[: len(features)]]
            yield fit(network, values, labels, real=real)
        except MisfitError as mistake:
            column = columns[mistake.column] + 1
            raise InputError(
                f"{name}: line {part[mistake.row][0]}, column {column}: {mistake}"
            ) from None


def _lines(name: str, file: TextIO, longest: int) -> Iterator[Line]:
    """The lines that are not empty."""
    number = 0
    try:
        while text := file.readline(longest):
            number += 1
            if len(text) == longest:
                raise InputError(f"{name}: line {number} has more than {longest} characters")
            if text.strip():
                yield number, text
    except UnicodeDecodeError:
        raise InputError(f"{name}: is not UTF-8 text") from None


def _columns(
    name: str, line: int, names: Sequence[str], features: Sequence[str], *, named: bool
) -> list[int]:
    """The columns of the features, and of the class if there is one."""
    columns = list(range(len(names)))
    if named and LABEL in names and LABEL not in features:
        columns.remove(names.index(LABEL))
        columns.append(names.index(LABEL))
    if len(columns) not in (len(features), len(features) + 1):
        raise InputError(
            f"{name}: line {line} has {len(names)} columns, but the network has {len(features)} "
            "features: give a column for each, and last one for the class if it is known"
        )
    if named and set(features) <= set(names):
        rest = [column for column in columns if names[column] not in features]
        columns = [names.index(feature) for feature in features] + rest
    return columns


def _table(name: str, part: Sequence[Line], columns: Sequence[int], *, real: bool) -> NDArray[Any]:
    """The numbers of the lines, (lines, columns)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table: NDArray[Any] = np.loadtxt(
                [text for _, text in part],
                dtype=np.float64 if real else np.int64,
                delimiter=",",
                quotechar='"',
                comments=None,
                ndmin=2,
            )
            if table.shape[1] == len(columns):
                return table
    except (ValueError, Warning):
        pass
    raise _mistake(name, part, len(columns), real=real)


def _mistake(name: str, part: Sequence[Line], n_columns: int, *, real: bool) -> InputError:
    """What is wrong with the first line that cannot be read."""
    for line, text in part:
        cells = _cells(text)
        if len(cells) != n_columns:
            return InputError(f"{name}: line {line} has {len(cells)} columns, not {n_columns}")
        for column, cell in enumerate(cells, 1):
            place = f"{name}: line {line}, column {column}: {cell!r}"
            if not _is_number(cell):
                return InputError(f"{place} is not a number")
            if not real and not cell.strip().lstrip("+-").isdecimal():
                return InputError(
                    f"{place} is not a whole number, as words are: pass --quantize for real values"
                )
            if not real and abs(int(cell)) >= 2**63:
                return InputError(f"{place} is too large for a word")
    return InputError(f"{name}: lines {part[0][0]} to {part[-1][0]} are not a table of numbers")


def _cells(text: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text]))]
    except csv.Error:  # such as a cell that is longer than any number or name
        return [text]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
