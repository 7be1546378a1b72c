"""What data a training run takes and how it becomes bits: [data] and [encoder]."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

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


class ImageData(Section):
    """28×28 grey pixels in ten classes, downloaded or read from the folder CONNECTIVE_DATA."""

    name: Literal["mnist", "fashion-mnist"]


class ArchiveData(Section):
    """The user's own data: a NumPy archive with integer arrays of samples and labels."""

    name: Literal["npz"]
    path: Path


class FixedPoint(Section):
    """The `width` most significant bits of each word; all of them where it is left out."""

    kind: Literal["fixed-point"] = "fixed-point"
    width: int | None = Field(default=None, ge=1, le=32)


class Thermometer(Section):
    """One bit a threshold: whether the feature lies above that fraction of its range."""

    kind: Literal["thermometer"] = "thermometer"
    thresholds: tuple[Annotated[float, Field(ge=0, lt=1)], ...] = Field(
        default=(0.5,), min_length=1
    )


class Raw(Section):
    """Features that are bits already."""

    kind: Literal["raw"] = "raw"


Data = Annotated[YinYangData | ImageData | ArchiveData, Field(discriminator="name")]
Encoding = Annotated[FixedPoint | Thermometer | Raw, Field(discriminator="kind")]


def default_encoding(data: YinYangData | ImageData | ArchiveData) -> FixedPoint | Thermometer:
    """The encoding of the publications: words bit by bit, images by thresholds."""
    match data.name:
        case "mnist":
            return Thermometer(thresholds=(0.5,))
        case "fashion-mnist":
            return Thermometer(thresholds=(0.25, 0.5, 0.75))
        case _:
            return FixedPoint()
