"""Layers of gates, each of which reads the one before, as a network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.canonical import canonicalize, table_words
from connective.errors import InputError
from connective.formats.source import MAX_GATES, MAX_INPUTS
from connective.network import Network
from connective.peers.group_sum import grouped
from connective.peers.hyperparameters import Hyperparameters


@dataclass(frozen=True)
class Layer:
    """Gates of n inputs.

    Members
    -------
    fanin: (gates, n) bits of the layer before that a gate reads
    tables: (gates, 2^n) outputs; column Σ x_j·2^j is for the values x_j of the bits in `fanin`
    """

    fanin: NDArray[np.int64]
    tables: NDArray[np.bool_]


def layered(layers: Sequence[Layer], model: Hyperparameters, *, padded: bool) -> Network:
    """The network of layers; `padded`: the last groups may be short, as if zeros filled them."""
    if not layers or not all(len(layer.fanin) for layer in layers):
        raise InputError("there is no layer, or one without gates")
    if (gates := sum(len(layer.fanin) for layer in layers)) > MAX_GATES:
        raise InputError(f"there are {gates} gates, more than the {MAX_GATES} that are read")
    inputs = int(layers[0].fanin.max()) + 1 if model.inputs is None else model.inputs
    if inputs > MAX_INPUTS:
        raise InputError(f"there are {inputs} inputs, more than the {MAX_INPUTS} that are read")
    sizes = _sizes(len(layers[-1].fanin), model.classes, padded)
    return grouped(
        inputs,
        _stack(inputs, layers),
        np.arange(inputs + gates - len(layers[-1].fanin), inputs + gates),
        sizes=sizes,
        tau=[1.0 if model.tau is None else model.tau] * len(sizes),
        beta=[0.0 if model.beta is None else model.beta] * len(sizes),
    )


def _sizes(outputs: int, classes: int | None, padded: bool) -> list[int]:
    if classes is None:
        raise InputError(
            "the file does not say how many classes there are: give --classes, or 0 if the last "
            "layer's bits are the outputs"
        )
    if not 0 <= classes <= outputs or (classes and outputs % classes and not padded):
        raise InputError(f"{classes} classes do not divide the {outputs} gates of the last layer")
    size = -(-outputs // max(classes, 1))
    return [max(0, min(size, outputs - c * size)) for c in range(classes)]


def _stack(n_inputs: int, layers: Sequence[Layer]) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """Canonical fanin (gates, k) and table (gates,), where k is the most inputs that a gate has."""
    k = max(layer.fanin.shape[1] for layer in layers)
    fanins, tables = [], []
    first, after = 0, n_inputs  # nodes of the layer that is read
    for layer in layers:
        n = layer.fanin.shape[1]
        fanins.append(layer.fanin[:, np.minimum(np.arange(k), n - 1)] + first)
        tables.append(table_words(np.tile(layer.tables, 2 ** (k - n))))
        first, after = after, after + len(layer.fanin)
    return canonicalize(np.concatenate(fanins), np.concatenate(tables))
