"""From logits to choices."""

import numpy as np
import torch
from torch import Tensor, nn

from connective.canonical import canonicalize, table_words
from connective.encoder import Encoder
from connective.network import Network
from train.layer import FUNCTIONS, LogicLayer
from train.model import LogicModel


def hard_choice(layer: LogicLayer) -> Tensor:
    """The most probable candidate of each input, (gates, 2); the first of equals."""
    return layer.connection_logits.detach().argmax(-1)


def hard_table(layer: LogicLayer) -> Tensor:
    """The most probable truth tables (gates, 4) of zeros and ones; the first of equals, or zero."""
    logits = layer.gate_logits.detach()
    return (logits > 0).float() if layer.gates == "table" else FUNCTIONS[logits.argmax(-1)]


@torch.no_grad()
def hard_scores(model: LogicModel, x: Tensor) -> Tensor:
    """The class sums (batch, classes) of the model's layers with all choices made."""
    for layer in model.layers:
        choice = nn.functional.one_hot(hard_choice(layer), layer.candidates.shape[-1]).float()
        x = layer.evaluate(x, choice, hard_table(layer))
    return model.group_sum(x)


def discretize(model: LogicModel, encoder: Encoder) -> Network:
    """The network of the model's most probable choices; its scores are those of `hard_scores`."""
    fanins, tables = [], []
    first_node, next_node = 0, encoder.n_rows  # of the layer that is read, of the layer
    for layer in model.layers:
        chosen = layer.candidates.gather(-1, hard_choice(layer)[..., None])[..., 0]
        fanins.append(chosen.numpy() + first_node)
        tables.append(table_words(hard_table(layer).numpy().astype(bool)))
        first_node, next_node = next_node, next_node + len(chosen)
    fanin, table = canonicalize(np.concatenate(fanins), np.concatenate(tables))
    outputs = np.arange(first_node, next_node, dtype=np.uint32)
    return Network(
        encoder=encoder,
        fanin=fanin,
        table=table,
        outputs=outputs,
        weights=np.ones(len(outputs), dtype=np.int64),
        groups=np.linspace(0, len(outputs), model.n_classes + 1).astype(np.int64),
        bias=np.zeros(model.n_classes, dtype=np.int64),
        tau=model.tau,
    )
