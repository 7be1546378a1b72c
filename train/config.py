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
    """Layers of gates, from the input to the output."""

    layers: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    """gates of each layer, from the input to the output; the last must be a multiple of the
    classes"""

    candidates: Annotated[
        tuple[int | Literal["all"], ...], BeforeValidator(_candidates_by_layer)
    ] = (16,)
    """N_c, nodes of the layer before that each gate input chooses from, one number or one for each
    layer; 1 is fixed connections, `"all"` the whole layer"""

    draw: Literal["random", "coverage"] = "random"
    """how candidates are drawn at first; `"coverage"`: every node of the layer before is a
    candidate equally often"""

    inputs: int = Field(default=2, ge=2, le=6)
    """of a gate, with connections of its own each. A gate of four or six inputs is one LUT of an
    FPGA; three make a multiplexer possible, which is one of their 256 tables"""

    gates: Literal["table", "softmax", "softmax-14"] = "table"
    """`"table"`: a sigmoid for each bit of the truth table; `"softmax"`: a softmax over the
    sixteen functions of two inputs; `"softmax-14"`: the same without the constants"""

    start: Literal["pass", "random"] = "pass"
    """of gates: at first each mostly passes its first input; `"random"`: random tables, so
    that fewer gates stay wires, measured with one to six layers"""

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
    """How the loss is descended."""

    epochs: int = Field(ge=1)
    """passes over the training points"""

    batch: int = Field(default=256, ge=1)
    """samples of a step"""

    learning_rate: float = Field(default=0.03, gt=0)
    """of Adam"""

    schedule: Literal["constant", "cosine"] = "constant"
    """of the learning rate; `"cosine"`: over the whole training, down to 2 %"""

    tau: Annotated[PositiveFloat | Literal["learned"] | None, BeforeValidator(_tau)] = None
    """what a class's sum is divided by in the loss; left out, a fifth of the square root of the
    gates that a class sums. It decides much, and 0.13 to 0.3 roots are worth a try. `"learned"`:
    that at first, then trained with the rest"""

    patience: int | None = Field(default=None, ge=1)
    """epochs after annealing without a better discretised validation accuracy after which
    training ends; the best epoch after annealing is the result. Left out, the last one is"""

    all_points: bool = False
    """whether the validation part is trained on too, once settings are settled: what is called
    validation accuracy is then of points that were learned"""

    @model_validator(mode="after")
    def _validated(self) -> Self:
        if self.all_points and self.patience is not None:
            raise PydanticCustomError(
                "patience",
                "training.patience is {patience}, and with training.all_points no point is left "
                "to stop by: leave one of them out",
                {"patience": self.patience},
            )
        return self


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
    """of candidates"""

    gates: Literal["softmax", "straight-through", "gumbel"] = "softmax"
    """the same for the tables"""


class Annealing(Section):
    """Temperatures fall from 1 to `end` within a window of the training, then stay."""

    shape: Literal["geometric", "linear"] = "geometric"
    """how they fall"""

    end: float = Field(default=0.01, gt=0, lt=1)
    """the last temperature"""

    connections: Annotated[Windows, BeforeValidator(_windows)] = "staggered"
    """windows of T_c as fractions of the training: `[start, end]` for all layers, or one such pair
    for each; `"staggered"` hardens layer after layer from the input on, connections before gates"""

    gates: Annotated[Windows, BeforeValidator(_windows)] = "staggered"
    """the same for T_g"""

    freeze: bool = False
    """whether a layer whose temperatures have ended is no longer trained, from the input on; the
    last layer always is"""


class Resampling(Section):
    """Replaces candidates that were given up, while a layer still explores."""

    every: float = Field(default=0.01, gt=0, le=1)
    """fraction of the training between two rounds"""

    until: float = Field(default=0.6, ge=0, le=1)
    """fraction of the training after which candidates stay; 0 keeps them as drawn"""

    threshold: float = Field(default=0.01, gt=0, lt=1)
    """a candidate is given up below this fraction of the best one's probability"""

    margin: float = Field(default=5.0, gt=0)
    """a newcomer's logit starts this many temperatures below the best"""


class Refinement(Section):
    """A discrete search on the discretised network, after training."""

    sweeps: int = Field(default=10, ge=0)
    """over all gates, each of which is given the best table and wires; 0: no search"""

    points: int = Field(default=65_536, ge=64)
    """training points of a sweep, drawn anew; a small number is overfitted"""

    tau: float | None = Field(default=None, gt=0)
    """of the cross-entropy; left out, the training's"""

    temperature: float = Field(default=0.0, ge=0)
    """at which choices are drawn at first, in mean loss; it falls to 0, where only the best is
    taken"""

    gate_price: float = Field(default=0.0, ge=0)
    """what a gate in use (of two inputs or more) costs, in loss and in validation accuracy: with a
    price, gates that help too little go"""

    patience: int = Field(default=10, ge=1)
    """sweeps without a better validation accuracy after which the search ends"""


class TrainingConfig(Section):
    """A training run; the same configuration gives the same network."""

    seed: int = Field(default=0, ge=0, lt=2**63)
    """of the initial parameters, the candidates, the batches and the resampling"""

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
