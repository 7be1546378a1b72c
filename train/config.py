"""What decides the result of a training run, as validated, frozen values."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """Values are never converted to another type, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


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


def _candidates(value: object) -> int | Literal["all"]:
    if value == "all":
        return "all"
    if type(value) is int and value >= 1:
        return value
    raise PydanticCustomError(
        "candidates", 'must be a whole number of at least 1 (1: fixed connections) or "all"'
    )


def _candidates_by_layer(value: object) -> tuple[int | Literal["all"], ...]:
    values = value if isinstance(value, list | tuple) else (value,)
    return tuple(_candidates(each) for each in values)


class NetworkSection(Section):
    """Layers of gates, from the input to the output.

    candidates: nodes of the layer before that each gate input chooses from, by layer or one number
        for all layers; 1 leaves the connections as drawn
    gates: "table" learns the four bits of a truth table, "softmax" a choice of the sixteen
        functions
    """

    layers: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    candidates: Annotated[
        tuple[int | Literal["all"], ...], BeforeValidator(_candidates_by_layer)
    ] = (16,)
    gates: Literal["table", "softmax"] = "table"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.candidates) not in (1, len(self.layers)):
            raise PydanticCustomError(
                "layers",
                "network.candidates has {given} entries for {layers} layers: give one for each "
                "layer, or one number for all",
                {"given": len(self.candidates), "layers": len(self.layers)},
            )
        for i, (candidates, width) in enumerate(
            zip(self.candidates_of_layer[1:], self.layers, strict=False), 1
        ):
            if candidates != "all" and candidates > width:
                raise PydanticCustomError(
                    "candidates",
                    "network.candidates of layer {i} is {candidates}, more than the {width} gates "
                    'of the layer before: lower it to {width} or write "all"',
                    {"i": i, "candidates": candidates, "width": width},
                )
        return self

    @property
    def candidates_of_layer(self) -> tuple[int | Literal["all"], ...]:
        repeats = len(self.layers) if len(self.candidates) == 1 else 1
        return self.candidates * repeats


class TrainingSection(Section):
    """How the loss is descended.

    epochs: passes over the training points
    tau: what a class's sum is divided by to become a logit of the cross-entropy
    """

    epochs: int = Field(ge=1)
    batch: int = Field(default=256, ge=1)
    learning_rate: float = Field(default=0.03, gt=0)
    tau: float = Field(gt=0)


Windows = Literal["staggered"] | tuple[tuple[float, float], ...]


def _windows(value: object) -> Windows:
    if value == "staggered":
        return "staggered"
    pairs = value if isinstance(value, list | tuple) else ()
    if pairs and not isinstance(pairs[0], list | tuple):
        pairs = (pairs,)
    windows = []
    for pair in pairs:
        match pair:
            case [int() | float() as start, int() | float() as end] if 0 <= start < end <= 1:
                windows.append((float(start), float(end)))
            case _:
                pairs = ()
    if not pairs:
        raise PydanticCustomError(
            "windows",
            'must be "staggered", a pair [start, end] of rising fractions of the training from 0 '
            "to 1, or one such pair for each layer",
        )
    return tuple(windows)


class Annealing(Section):
    """Temperatures fall from 1 to `end` within a window of the training, then stay.

    connections, gates: the windows of T_c and T_g as fractions of the training, one for each layer
        or one for all; "staggered" hardens from the input layer to the output layer
    """

    shape: Literal["geometric", "linear"] = "geometric"
    end: float = Field(default=0.01, gt=0, lt=1)
    connections: Annotated[Windows, BeforeValidator(_windows)] = "staggered"
    gates: Annotated[Windows, BeforeValidator(_windows)] = "staggered"


class Resampling(Section):
    """Replaces candidates that were given up, while a layer still explores.

    every, until: fractions of the training; until = 0 keeps the candidates as drawn
    threshold: a candidate is given up below this fraction of its rival's probability
    margin: how far a newcomer's logit starts below the best, in units of the temperature
    """

    every: float = Field(default=0.01, gt=0, le=1)
    until: float = Field(default=0.6, ge=0, le=1)
    threshold: float = Field(default=0.01, gt=0, lt=1)
    margin: float = Field(default=5.0, gt=0)


class TrainingConfig(Section):
    """A training run; the same configuration gives the same network."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    data: Data
    encoder: Encoding = Field(default_factory=lambda known: default_encoding(known["data"]))
    network: NetworkSection
    training: TrainingSection
    annealing: Annealing = Annealing()
    resampling: Resampling = Resampling()

    @model_validator(mode="after")
    def _windows_by_layer(self) -> Self:
        for name in ("connections", "gates"):
            windows = getattr(self.annealing, name)
            if windows != "staggered" and len(windows) not in (1, len(self.network.layers)):
                raise PydanticCustomError(
                    "windows",
                    "annealing.{name} has {given} windows for {layers} layers: give one for each "
                    'layer, one for all, or "staggered"',
                    {"name": name, "given": len(windows), "layers": len(self.network.layers)},
                )
        return self
