"""How a table's rows become words: what training learned of its columns, kept with the network."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connective.encoder import Encoder
from connective.errors import InputError
from connective.network import Network
from connective.sentence import first_error
from connective.table.rows import TEXT, Rows


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NumberColumn(_Record):
    """Cells that are numbers. `fill` is the word of a missing one; None: it is refused."""

    kind: Literal["number"] = "number"
    name: str
    fill: int | None = None


class CategoryColumn(_Record):
    """Cells that are one of a few texts, "" if missing.

    The word is 1 for the first category, 2 for the second, and so on, and 0 for any other text.
    """

    kind: Literal["category"] = "category"
    name: str
    categories: tuple[str, ...] = Field(min_length=1)

    def codes(self, texts: NDArray[Any]) -> NDArray[np.int64]:
        """Words (rows,) of texts (rows,)."""
        return 1 + numbered(texts, self.categories)


Column = Annotated[NumberColumn | CategoryColumn, Field(discriminator="kind")]


class Table(_Record):
    """The columns behind a network's features, in their order, and the one of the classes.

    missing: texts that stand for a missing cell, beside the empty one
    notes: what training did with the table that its owner should know, a sentence each
    """

    columns: tuple[Column, ...]
    target: str
    classes: tuple[str, ...] = Field(min_length=1)
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def words(self, rows: Rows, encoder: Encoder) -> NDArray[np.int64]:
        """Words (rows, features) of a table's rows; a cell that cannot be one is `InputError`.

        A number is rounded down to its feature's scale and held within its range.
        """
        values = np.empty((len(rows), len(self.columns)))
        fills = []
        for i, column in enumerate(self.columns):
            if isinstance(column, CategoryColumn):
                values[:, i] = column.codes(rows.texts(column.name, self.missing))
                continue
            values[:, i] = rows.numbers(column.name, self.missing)
            missing = np.isnan(values[:, i])
            if missing.any():
                if column.fill is None:
                    raise InputError(
                        f"{rows.cell(column.name, int(missing.argmax()))} is missing: fill it in, "
                        'or train with data.missing_numbers = "median"'
                    )
                values[missing, i] = 0
                fills.append((missing, i, column.fill))
        words = encoder.quantize(values)
        for missing, i, fill in fills:
            words[missing, i] = fill
        return words

    def labels(self, rows: Rows) -> NDArray[np.int64]:
        """Class numbers (rows,); a class that the network does not have is `InputError`."""
        labels = numbered(rows.texts(self.target, self.missing), self.classes)
        if (unknown := labels < 0).any():
            raise InputError(
                f"{rows.cell(self.target, int(unknown.argmax()))} is not a class that was trained, "
                f"which are {', '.join(self.classes[:10])}{', …' * (len(self.classes) > 10)}: "
                "correct it or remove the row"
            )
        return labels


def numbered(texts: NDArray[Any], known: tuple[str, ...]) -> NDArray[np.int64]:
    """The position of each text among those that are known, −1 for others."""
    names = np.array(known, dtype=TEXT)
    order = np.argsort(names)
    place = np.minimum(np.searchsorted(names, texts, sorter=order), len(known) - 1)
    position = order[place]
    return np.where(names[position] == texts, position, -1)


def table_of(provenance: Mapping[str, Any], network: Network, source: Path) -> Table | None:
    """The table that a network was trained on, if it was one; a damaged one is `InputError`."""
    data = provenance.get("data")
    if not isinstance(data, dict) or "table" not in data:
        return None
    try:
        table = Table.model_validate_json(json.dumps(data["table"]))
    except ValidationError as error:
        raise InputError(f"{source}: data.table.{first_error(error)}") from None
    features = network.encoder.features
    if table.names != tuple(feature.name for feature in features):
        raise InputError(f"{source}: its table has other columns than its encoder has features")
    if network.head != "bits" and len(table.classes) != network.n_classes:
        raise InputError(
            f"{source}: data.table has {len(table.classes)} classes, but the network "
            f"{network.n_classes}"
        )
    for column, feature in zip(table.columns, features, strict=True):
        words = (len(column.categories),) if column.kind == "category" else (column.fill or 0,)
        if not feature.low <= words[0] <= feature.high:
            raise InputError(
                f"{source}: data.table has {words[0]} for column {column.name!r}, whose feature "
                f"takes {feature.low} to {feature.high}"
            )
    return table
