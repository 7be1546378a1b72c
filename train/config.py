"""What decides the result of a training run, as validated, frozen values."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PositiveFloat, model_validator
from pydantic_core import PydanticCustomError

from train.config_data import Data, Encoding, default_encoding
from train.section import Section


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
    draw: of the candidates: "random", or "coverage", every node equally often
    inputs: of a gate
    gates: "table" learns the bits of a truth table, "softmax" a choice of the sixteen functions of
        two inputs, "softmax-14" the same without the constants
    start: "pass", gates that mostly pass their first input at first, or "random" ones
    """

    layers: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    candidates: Annotated[
        tuple[int | Literal["all"], ...], BeforeValidator(_candidates_by_layer)
    ] = (16,)
    draw: Literal["random", "coverage"] = "random"
    inputs: int = Field(default=2, ge=2, le=6)
    gates: Literal["table", "softmax", "softmax-14"] = "table"
    start: Literal["pass", "random"] = "pass"

    @model_validator(mode="after")
    def _two_inputs(self) -> Self:
        if self.inputs != 2 and self.gates != "table":
            raise PydanticCustomError(
                "inputs",
                'network.inputs is {inputs}, and gates = "{gates}" is a choice of functions of two '
                'inputs: write gates = "table"',
                {"inputs": self.inputs, "gates": self.gates},
            )
        return self

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


def _tau(value: object) -> object:
    if isinstance(value, str) and value != "learned":
        raise PydanticCustomError("tau", 'must be a number or "learned"')
    return value


class TrainingSection(Section):
    """How the loss is descended.

    epochs: passes over the training points
    schedule: of the learning rate: "constant", or a "cosine" over the whole training to 2 %
    tau: what a class's sum is divided by to become a logit of the cross-entropy; left out, a fifth
        of the root of the gates that it sums; "learned": that at first, then trained
    patience: epochs after annealing without a better discretised validation accuracy after which
        training ends; the best such epoch is kept. Left out, the last one is
    """

    epochs: int = Field(ge=1)
    batch: int = Field(default=256, ge=1)
    learning_rate: float = Field(default=0.03, gt=0)
    schedule: Literal["constant", "cosine"] = "constant"
    tau: Annotated[PositiveFloat | Literal["learned"] | None, BeforeValidator(_tau)] = None
    patience: int | None = Field(default=None, ge=1)


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


class Estimators(Section):
    """What the forward pass takes for a choice: its probabilities, which annealing hardens, or the
    most probable alone with the gradient of the probabilities, with Gumbel noise or without.

    Only the softmax is annealed; the others keep temperature 1.
    """

    connections: Literal["softmax", "straight-through", "gumbel"] = "softmax"
    gates: Literal["softmax", "straight-through", "gumbel"] = "softmax"


class Annealing(Section):
    """Temperatures fall from 1 to `end` within a window of the training, then stay.

    connections, gates: the windows of T_c and T_g as fractions of the training, one for each layer
        or one for all; "staggered" hardens from the input layer to the output layer
    freeze: whether a layer before the last whose temperatures have ended is no longer trained
    """

    freeze: bool = False
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


class Refinement(Section):
    """A discrete search on the discretised network, after training.

    sweeps: over all gates, each of which is given the best table and wires; 0: no search
    points: training points of a sweep, drawn anew
    tau: of the cross-entropy; the training's if left out
    temperature: of the choice, at first and in mean loss; it falls to 0, where only the best is
        taken
    gate_price: what a gate in use costs, in loss and in validation accuracy
    patience: sweeps without a better validation after which the search ends
    """

    sweeps: int = Field(default=10, ge=0)
    points: int = Field(default=65_536, ge=64)
    tau: float | None = Field(default=None, gt=0)
    temperature: float = Field(default=0.0, ge=0)
    gate_price: float = Field(default=0.0, ge=0)
    patience: int = Field(default=10, ge=1)


class TrainingConfig(Section):
    """A training run; the same configuration gives the same network."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    data: Data
    encoder: Encoding = Field(default_factory=lambda known: default_encoding(known["data"]))
    network: NetworkSection
    training: TrainingSection
    estimator: Estimators = Estimators()
    annealing: Annealing = Annealing()
    resampling: Resampling = Resampling()
    refinement: Refinement = Refinement()

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
