"""Rows of a table as they are in its file, and their cells as numbers or as texts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError

TEXT = np.dtypes.StringDType()
MAX_MAGNITUDE = 2.0**500  # so that no difference of numbers overflows


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a file, by column.

    Members
    -------
    columns: texts (`StringDType`), int64 or float64 by the column's name, (rows,) each
    places: where each row stands in the file, (rows,)
    noun: what `places` counts: "line" or "row", from 1
    """

    path: str
    columns: dict[str, NDArray[Any]]
    places: NDArray[np.int64]
    noun: str

    def __len__(self) -> int:
        return len(self.places)

    @classmethod
    def joined(cls, blocks: Iterable["Rows"]) -> Self:
        """One after the other; at least one is needed."""
        parts = list(blocks)
        first = parts[0]
        columns = {name: np.concatenate([p.columns[name] for p in parts]) for name in first.columns}
        return cls(first.path, columns, np.concatenate([p.places for p in parts]), first.noun)

    def cell(self, name: str, row: int) -> str:
        """Place and content of a cell, as a sentence about it begins."""
        content = str(self.columns[name][row])
        shown = content if len(content) <= 60 else content[:57] + "..."
        return f"{self.path}: {self.noun} {self.places[row]}, column {name!r}: {shown!r}"

    def numbers(self, name: str, missing: Collection[str]) -> NDArray[np.float64]:
        """A column's cells as numbers, NaN where it is missing.

        A cell is missing if it is empty, NaN, or one of the texts `missing`. Raises `InputError`
        for other texts, infinity and numbers that are too large.
        """
        column = self.columns[name]
        if column.dtype == TEXT:
            present = ~_missing(column, missing)
            values = np.full(len(column), np.nan)
            try:
                values[present] = column[present].astype(np.float64)
            except ValueError:
                row = next(i for i in np.flatnonzero(present).tolist() if not _is_number(column[i]))
                raise InputError(
                    f"{self.cell(name, row)} is not a number: correct it, name it in "
                    "data.missing_texts, or declare the column a category in data.kinds"
                ) from None
        else:
            values = column.astype(np.float64)
        if (large := np.abs(values) >= MAX_MAGNITUDE).any():
            raise InputError(
                f"{self.cell(name, int(large.argmax()))} is infinite or too large: correct the "
                "cell or remove the row"
            )
        return values

    def are_numbers(self, name: str, missing: Collection[str]) -> bool:
        """Whether all cells of a column that are not missing are numbers, and there is one."""
        column = self.columns[name]
        if column.dtype != TEXT:
            return True
        present = column[~_missing(column, missing)]
        try:
            present.astype(np.float64)
        except ValueError:
            return False
        return len(present) > 0

    def texts(self, name: str, missing: Collection[str]) -> NDArray[Any]:
        """A column's cells as texts, "" where it is missing; 3.0 and 3 are the same."""
        column = self.columns[name]
        if column.dtype.kind == "f":
            whole = (column == np.floor(column)) & (np.abs(column) < 2**53)
            texts = column.astype(TEXT)
            texts[whole] = column[whole].astype(np.int64).astype(TEXT)
            texts[np.isnan(column)] = ""
            return texts
        texts = column.astype(TEXT)
        texts[_missing(texts, missing)] = ""
        return texts


Blocks = Callable[[Sequence[str]], Iterator[Rows]]
"""The rows of a file in blocks that can be read once, of the columns that are asked for."""


def _missing(column: NDArray[Any], missing: Collection[str]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column == ""
    for text in missing:
        found |= column == text
    return found


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
