"""State_dicts of torchlogix 0.2: dense layers, wiring fixed or learned, in three parametrizations.

A gate's first input is the high bit of a column in torchlogix's tables, and the low bit in ours:
inputs are taken in reverse order, and tables stay as they are.
"""

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.formats.source import MAX_INPUTS
from connective.network import MAX_FANIN
from connective.peers.gates import gate_tables
from connective.peers.hyperparameters import Hyperparameters
from connective.peers.layers import Layer
from connective.peers.state_dict import StateDict

WEIGHT, INDICES, SCORES = "weight", "connections.indices", "connections.weights"
GATE_NUMBERS, EXPORTED_INDICES = "_export_lut_ids", "connections._export_indices"
CONVOLUTION = re.compile(r"(.*\.)?(tree_weights\.\d+|connections\._indices_L\d+)")


def read_layers(state: StateDict, model: Hyperparameters) -> tuple[Hyperparameters, list[Layer]]:
    """The layers, and the model with what the file says of it."""
    for key in filter(CONVOLUTION.fullmatch, state.arrays):
        raise InputError(
            f"{key} is of a convolution, whose geometry is not in the file: write "
            "Circuit.from_model(model, input_shape) with its write_json and convert that"
        )
    layers: list[Layer] = []
    width = MAX_INPUTS if model.inputs is None else model.inputs
    for name in state.layers((WEIGHT, INDICES, SCORES, GATE_NUMBERS, EXPORTED_INDICES)):
        candidates = _candidates(state, name, width)
        if model.inputs is None:
            model = replace(model, inputs=int(candidates.max(initial=0)) + 1)
        fanin = _chosen(state, name, candidates)
        layers.append(Layer(fanin[:, ::-1], _tables(state, name, fanin.shape, model)))
        width = len(fanin)
    return model, layers


def _candidates(state: StateDict, name: str, width: int) -> NDArray[np.int64]:
    """Bits that an input may read, (candidates, n, gates); fixed wiring has one."""
    learned = f"{name}.{SCORES}" in state
    shape = (None, None, None) if learned else (None, None)
    indices = state.indices(f"{name}.{INDICES}", shape, width)
    candidates = indices if learned else indices[None]
    if not 1 <= (n := candidates.shape[1]) <= MAX_FANIN:
        raise InputError(f"{name}.{INDICES} wires gates of {n} inputs, expected 1 to {MAX_FANIN}")
    return candidates


def _chosen(state: StateDict, name: str, candidates: NDArray[np.int64]) -> NDArray[np.int64]:
    """The candidate of the greatest score, the first of equals, (gates, n)."""
    if f"{name}.{SCORES}" not in state:
        fixed: NDArray[np.int64] = candidates[0].T
        return fixed
    scores = state.array(f"{name}.{SCORES}", candidates.shape, kinds="f")
    best = scores.argmax(0)[None]
    chosen: NDArray[np.int64] = np.take_along_axis(candidates, best, 0)[0].T
    return chosen


def _tables(
    state: StateDict, name: str, shape: tuple[int, ...], model: Hyperparameters
) -> NDArray[np.bool_]:
    """Truth tables of gates whose fanin has this shape."""
    gates, n = shape
    key = f"{name}.{WEIGHT}"
    weight = state.array(key, (gates, None), kinds="f")
    if n == 2 and weight.shape[1] == 16:
        return gate_tables(weight.argmax(1))
    if weight.shape[1] != 2**n:
        expected = "16 or 4" if n == 2 else str(2**n)
        raise InputError(
            f"{key} has {weight.shape[1]} columns, expected {expected} for gates of {n} inputs"
        )
    if f"{name}.{GATE_NUMBERS}" in state:
        return gate_tables(state.indices(f"{name}.{GATE_NUMBERS}", (gates,), 2**2**n), n)
    if model.parametrization is None:
        raise InputError(
            f"{key} is of the parametrization warp or light, and the file does not say of which: "
            "give --parametrization"
        )
    if model.parametrization == "light":
        return weight > 0
    columns = np.arange(2**n)
    walsh = 1.0 - 2.0 * (np.bitwise_count(columns[:, None] & columns) & 1)
    return weight.astype(np.float64) @ walsh < 0
