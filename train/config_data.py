"""What data a training run takes and how it becomes bits: [data] and [encoder]."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from train.section import Section


class YinYangData(Section):
    """Points of the plane in four classes, drawn from `seed`."""

    name: Literal["yin-yang"]

    reading: Literal["disc", "box"] = "disc"
    """of a geometry that the paper does not print: points in the disc, and the two dots are classes
    of their own; or `"box"`: points in the square, both dots one class, and the outside the
    fourth"""

    training_points: int = Field(default=200_000, ge=100)
    """of which a tenth is the validation part"""

    test_points: int = Field(default=10_000, ge=1)
    """drawn apart from those"""

    seed: int = Field(default=1, ge=0)
    """of the points"""


class PublishedYinYangData(Section):
    """The points in three classes that Kriener et al. published: 5000, 1000 and 1000."""

    name: Literal["yin-yang-published"]


class ImageData(Section):
    """28×28 grey pixels in ten classes, downloaded or read from the folder CONNECTIVE_DATA."""

    name: Literal["mnist", "fashion-mnist"]

    shift: float = Field(default=0.0, ge=0, le=14)
    """pixels, in x and in y, by which each training image is moved at most, anew in each epoch;
    whole ones unless `fractions` are allowed"""

    fractions: bool = False
    """whether it is moved by fractions of pixels too, with grey values between theirs"""

    rotation: float = Field(default=0.0, ge=0, le=180)
    """degrees by which each training image is turned at most, anew in each epoch"""

    distortion: float = Field(default=0.0, ge=0, le=7)
    """pixels, in x and in y, by which the points of a grid seven pixels apart are moved at most,
    and what lies between them in proportion, anew in each epoch of each training image"""

    @model_validator(mode="after")
    def _fractions_of_a_shift(self) -> Self:
        if not self.fractions and not self.shift.is_integer():
            raise PydanticCustomError(
                "fractions",
                "data.shift is {shift}, not a whole number of pixels: set data.fractions = true",
                {"shift": self.shift},
            )
        if self.fractions and not self.shift:
            raise PydanticCustomError(
                "fractions", "data.fractions is true, and data.shift is 0: set data.shift to 1"
            )
        return self


class ArchiveData(Section):
    """The user's own words: a NumPy archive with integer arrays of samples and labels."""

    name: Literal["npz"]

    path: Path
    """relative to the configuration: integer arrays `train_samples` and `test_samples`
    (samples, features), `train_labels` and `test_labels` (samples,)"""


class TableData(Section):
    """The user's own table, in CSV, Parquet or NPZ, a row a sample."""

    name: Literal["table"]

    path: Path
    """`.csv`, `.parquet` or `.npz`, relative to the configuration"""

    target: str
    """the column of the classes"""

    test_path: Path | None = None
    """a file with the test rows, if they are not to be drawn"""

    test_fraction: float = Field(default=0.2, gt=0, lt=1)
    """share of the rows that are drawn for testing, so that every class keeps its share"""

    seed: int = Field(default=0, ge=0)
    """of the draw of test and validation rows"""

    drop: tuple[str, ...] = ()
    """columns that are left out"""

    kinds: dict[str, Literal["number", "category"]] = Field(default_factory=dict)
    """by column, where it is not what it looks like: left out, a column of numbers is numbers, and
    any other categories"""

    missing_texts: tuple[str, ...] = ()
    """texts that stand for a missing cell, beside the empty one"""

    missing_numbers: Literal["refuse", "median"] = "refuse"
    """whether missing numbers are refused, or are the median of the training rows"""


class FixedPoint(Section):
    """The `width` most significant bits of each word; all of them where it is left out."""

    kind: Literal["fixed-point"] = "fixed-point"

    width: int | None = Field(default=None, ge=1, le=32)
    """the most significant bits that are used; left out, all"""


MAX_THRESHOLDS = 1 << 16  # no word has more values that matter


def _evenly(count: int) -> tuple[float, ...]:
    return tuple(i / (count + 1) for i in range(1, count + 1))


def _fractions(value: object) -> object:
    if type(value) is int and 1 <= value <= MAX_THRESHOLDS:
        return _evenly(value)
    return tuple(value) if isinstance(value, list) else value


class Thermometer(Section):
    """One bit a threshold: whether the feature lies above it."""

    kind: Literal["thermometer"] = "thermometer"

    thresholds: Annotated[
        tuple[Annotated[float, Field(ge=0, lt=1)], ...], BeforeValidator(_fractions)
    ] = Field(default=(0.5,), min_length=1)
    """fractions, or how many evenly spaced ones"""

    of: Literal["range", "points"] = "range"
    """what the fractions are of: the feature's range, or the training points, which gives
    quantiles"""


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
