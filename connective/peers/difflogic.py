"""difflogic 0.1: arrays as docs/import.md has them saved, for its state_dict lacks the wiring."""

import numpy as np

from connective.errors import InputError
from connective.formats.source import MAX_INPUTS
from connective.peers.gates import gate_tables
from connective.peers.hyperparameters import Hyperparameters
from connective.peers.layers import Layer
from connective.peers.state_dict import StateDict

FIRST, SECOND, WEIGHTS = "indices_a", "indices_b", "weights"
INPUTS, CLASSES, TAU = "in_dim", "k", "tau"


def read_layers(state: StateDict, model: Hyperparameters) -> tuple[Hyperparameters, list[Layer]]:
    """The layers, and the model with what the file says of it."""
    found = Hyperparameters(
        inputs=state.integer(INPUTS), classes=state.integer(CLASSES), tau=state.number(TAU)
    )
    model = model.joined(found, "the file")
    layers: list[Layer] = []
    width = MAX_INPUTS if model.inputs is None else model.inputs
    for name in state.layers((FIRST, SECOND, WEIGHTS), (INPUTS, CLASSES, TAU)):
        if f"{name}.{FIRST}" not in state:
            raise InputError(
                f"{name}.{WEIGHTS} comes without the wiring, which a state_dict of difflogic does "
                "not hold: save the model as docs/import.md says"
            )
        a = state.indices(f"{name}.{FIRST}", (None,), width)
        b = state.indices(f"{name}.{SECOND}", a.shape, width)
        weights = state.array(f"{name}.{WEIGHTS}", (len(a), 16), kinds="f")
        layers.append(Layer(np.stack([b, a], axis=1), gate_tables(weights.argmax(1))))
        width = len(a)
    return model, layers
