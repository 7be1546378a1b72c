"""What training learns of a table's columns: the words that their cells become."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective.encoder import MAX_WIDTH, Feature
from connective.errors import InputError
from connective.table import CategoryColumn, Column, NumberColumn, Rows
from train.config_data import TableData

MAX_CATEGORIES = 256  # more is most likely a name or a number of the row
RESOLUTION = 16  # bits that the range of a column's fractions is divided into
LEAST_EXPONENT = -1000  # of a scale, where float64 is still exact


def is_number(rows: Rows, name: str, data: TableData) -> bool:
    """Whether a column is numbers, as declared, or else as all its cells look."""
    if name in data.kinds:
        return data.kinds[name] == "number"
    return rows.are_numbers(name, data.missing_texts)


def number_column(
    rows: Rows, train: NDArray[np.int64], name: str, data: TableData
) -> tuple[Column, Feature] | None:
    """A column of numbers and its feature by the rows `train`, None if it is constant in them."""
    values = rows.numbers(name, data.missing_texts)[train]
    present = values[~np.isnan(values)]
    if not len(present):
        return None
    feature = number_feature(name, present)
    words = np.sort(np.floor(present / feature.scale).astype(np.int64))
    fill = int(words[(len(words) - 1) // 2]) if data.missing_numbers == "median" else None
    return (NumberColumn(name=name, fill=fill), feature) if words[0] < words[-1] else None


def number_feature(name: str, values: NDArray[np.float64]) -> Feature:
    """The feature that holds finite values (rows,), at least one.

    Whole numbers of at most 32 bits are words as they are. Others are rounded down to a power of
    two, which is exact in binary: the one that divides their range by 2^16, or a coarser one where
    the word would have more than 32 bits.
    """
    low, high = float(values.min()), float(values.max())
    exponent = 0
    if (values != np.floor(values)).any():
        exponent = max(math.frexp(high - low)[1] - RESOLUTION, LEAST_EXPONENT)
    while (width := _width(low, high, exponent)) > MAX_WIDTH:
        exponent += width - MAX_WIDTH
    return Feature(name, width, signed=low < 0, scale=2.0**exponent)


def _width(low: float, high: float, exponent: int) -> int:
    least, greatest = (math.floor(math.ldexp(value, -exponent)) for value in (low, high))
    return max(greatest.bit_length(), (~least).bit_length() if least < 0 else 0, 1) + (least < 0)


def category_column(
    rows: Rows, train: NDArray[np.int64], name: str, data: TableData
) -> tuple[Column, Feature] | None:
    """A column of categories and its feature by the rows `train`, None if all of one category."""
    categories = np.unique(rows.texts(name, data.missing_texts)[train])
    if len(categories) > MAX_CATEGORIES:
        if name not in data.kinds and _mostly_numbers(categories):
            rows.numbers(name, data.missing_texts)  # says which cell is not one
        raise InputError(
            f"{rows.path}: column {name!r} has {len(categories)} different texts, such as "
            f"{categories[-1]!r}, but a category at most {MAX_CATEGORIES}: leave it out with "
            "data.drop"
        )
    column = CategoryColumn(name=name, categories=tuple(categories.tolist()))
    feature = Feature(name, len(categories).bit_length())
    return (column, feature) if len(categories) > 1 else None


def class_names(rows: Rows, data: TableData) -> tuple[str, ...]:
    """The texts of the target's column, in the order of numbers if they are some."""
    texts = rows.texts(data.target, data.missing_texts)
    if (missing := texts == "").any():
        raise InputError(
            f"{rows.cell(data.target, int(missing.argmax()))} is missing: fill in the class, or "
            "remove the row"
        )
    classes: list[str] = np.unique(texts).tolist()
    if len(classes) == 1:
        raise InputError(
            f"{rows.path}: column {data.target!r} is {classes[0]!r} in every row: a target needs "
            "two classes or more"
        )
    if len(classes) > MAX_CATEGORIES:
        raise InputError(
            f"{rows.path}: column {data.target!r} has {len(classes)} different values, but a "
            f"target at most {MAX_CATEGORIES} classes: name another column in data.target, or "
            "write classes into this one"
        )
    by_number = rows.are_numbers(data.target, data.missing_texts)
    return tuple(sorted(classes, key=float) if by_number else classes)


def _mostly_numbers(texts: NDArray[Any]) -> bool:
    def is_one(text: str) -> bool:
        try:
            return math.isfinite(float(text))
        except ValueError:
            return False

    return 2 * sum(map(is_one, texts.tolist())) > len(texts)
