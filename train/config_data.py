"""What data a training run takes and how it becomes bits: [data] and [encoder]."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from train.section import Section


class YinYangData(Section):
    """Points of the plane in four classes, drawn from `seed`.

    reading: "disc" draws the points in the big disc; "box" draws them in the square around it,
        takes both dots as one class, and makes the outside the fourth
    """

    name: Literal["yin-yang"]
    reading: Literal["disc", "box"] = "disc"
    training_points: int = Field(default=200_000, ge=100)
    test_points: int = Field(default=10_000, ge=1)
    seed: int = Field(default=1, ge=0)


class PublishedYinYangData(Section):
    """The points in three classes that Kriener et al. published: 5000, 1000 and 1000."""

    name: Literal["yin-yang-published"]


class ImageData(Section):
    """28×28 grey pixels in ten classes, downloaded or read from the folder CONNECTIVE_DATA.

    shift, rotation: pixels, in x and in y, and degrees by which each training image is moved at
        most, anew in each epoch
    """

    name: Literal["mnist", "fashion-mnist"]
    shift: int = Field(default=0, ge=0, le=14)
    rotation: float = Field(default=0.0, ge=0, le=180)


class ArchiveData(Section):
    """The user's own words: a NumPy archive with integer arrays of samples and labels."""

    name: Literal["npz"]
    path: Path


class TableData(Section):
    """The user's own table, in CSV, Parquet or NPZ, a row a sample.

    target: the column of the classes
    test_path: a file with the test rows; else `test_fraction` of the rows, drawn from `seed` so
        that every class keeps its share
    drop: columns that are left out
    kinds: what columns are; left out, a column of numbers is numbers, and any other categories
    missing_texts: what stands for a missing cell, beside the empty one
    missing_numbers: whether missing numbers are refused, or are the median of the training rows
    """

    name: Literal["table"]
    path: Path
    target: str
    test_path: Path | None = None
    test_fraction: float = Field(default=0.2, gt=0, lt=1)
    seed: int = Field(default=0, ge=0)
    drop: tuple[str, ...] = ()
    kinds: dict[str, Literal["number", "category"]] = Field(default_factory=dict)
    missing_texts: tuple[str, ...] = ()
    missing_numbers: Literal["refuse", "median"] = "refuse"


class FixedPoint(Section):
    """The `width` most significant bits of each word; all of them where it is left out."""

    kind: Literal["fixed-point"] = "fixed-point"
    width: int | None = Field(default=None, ge=1, le=32)


MAX_THRESHOLDS = 1 << 16  # no word has more values that matter


def _evenly(count: int) -> tuple[float, ...]:
    return tuple(i / (count + 1) for i in range(1, count + 1))


def _fractions(value: object) -> object:
    if type(value) is int and 1 <= value <= MAX_THRESHOLDS:
        return _evenly(value)
    return tuple(value) if isinstance(value, list) else value


class Thermometer(Section):
    """One bit a threshold: whether the feature lies above it.

    thresholds: fractions, or how many evenly spaced ones
    of: what the fractions are of: of the feature's range, or of the training points, which gives
        quantiles
    """

    kind: Literal["thermometer"] = "thermometer"
    thresholds: Annotated[
        tuple[Annotated[float, Field(ge=0, lt=1)], ...], BeforeValidator(_fractions)
    ] = Field(default=(0.5,), min_length=1)
    of: Literal["range", "points"] = "range"


class Raw(Section):
    """Features that are bits already."""

    kind: Literal["raw"] = "raw"


Data = Annotated[
    YinYangData | PublishedYinYangData | ImageData | ArchiveData | TableData,
    Field(discriminator="name"),
]
Encoding = Annotated[FixedPoint | Thermometer | Raw, Field(discriminator="kind")]


def default_encoding(data: Data) -> FixedPoint | Thermometer:
    """Words bit by bit, images by thresholds, as in the publications; tables by quantiles."""
    match data.name:
        case "mnist":
            return Thermometer(thresholds=(0.5,))
        case "fashion-mnist":
            return Thermometer(thresholds=(0.25, 0.5, 0.75))
        case "table":
            return Thermometer(thresholds=_evenly(15), of="points")
        case _:
            return FixedPoint()
