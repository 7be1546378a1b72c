"""State_dicts of DWN (torch-dwn 1.1), alone or in a dwn2rtl 0.3 checkpoint: layers of LUTs."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.formats.source import MAX_INPUTS
from connective.network import MAX_FANIN
from connective.peers.hyperparameters import Hyperparameters
from connective.peers.layers import Layer
from connective.peers.state_dict import StateDict

LUTS, FIXED, LEARNED = "luts", "mapping", "mapping.weights"
DECOY = "_LUTLayer__dummy_mapping"  # has the shape of a mapping, and only numbers the slots
CLASSES = "num_classes"  # of a checkpoint


def read_layers(state: StateDict, model: Hyperparameters) -> tuple[Hyperparameters, list[Layer]]:
    """The layers, and the model with what the file says of it.

    Slot 0 is the lowest bit of a LUT's address, as in our tables.
    """
    model = model.joined(Hyperparameters(classes=state.integer(CLASSES)), "the checkpoint")
    layers: list[Layer] = []
    width = model.inputs
    for name in state.layers((LUTS, FIXED, LEARNED, DECOY), (CLASSES,)):
        luts = state.array(f"{name}.{LUTS}", (None, None), kinds="f")
        gates, columns = luts.shape
        n = columns.bit_length() - 1
        if columns != 2**n or not 1 <= n <= MAX_FANIN:
            raise InputError(
                f"{name}.{LUTS} has {columns} columns, expected 2^n for 1 to {MAX_FANIN} inputs: a "
                "network with wider tables can be given as Connective's JSON"
            )
        if f"{name}.{LEARNED}" in state:
            scores = state.array(f"{name}.{LEARNED}", (width, gates * n), kinds="f")
            fanin: NDArray[np.int64] = scores.argmax(0).reshape(gates, n)
            if not layers:
                model = replace(model, inputs=len(scores))
        else:
            bound = MAX_INPUTS if width is None else width
            fanin = state.indices(f"{name}.{FIXED}", (gates, n), bound)
        layers.append(Layer(fanin, luts > 0))
        width = gates
    return model, layers
