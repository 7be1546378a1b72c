"""From logits to choices."""

import numpy as np
import torch
from torch import Tensor

from connective.canonical import canonicalize, table_words
from connective.encoder import Encoder
from connective.network import Network
from train.model import LogicModel


@torch.no_grad()
def hard_scores(model: LogicModel, x: Tensor) -> Tensor:
    """The class sums (batch, classes) of the model's layers with all choices made."""
    for layer in model.layers:
        x = layer.evaluate_hard(x)
    return model.group_sum(x)


def discretize(model: LogicModel, encoder: Encoder) -> Network:
    """The network of the model's most probable choices; its scores are those of `hard_scores`."""
    fanins, tables = [], []
    first_node, next_node = 0, encoder.n_rows  # of the layer that is read, of the layer
    for layer in model.layers:
        chosen = layer.hard_connections()
        fanins.append(chosen.cpu().numpy() + first_node)
        tables.append(table_words(layer.hard_table().cpu().numpy().astype(bool)))
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
