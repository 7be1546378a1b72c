"""torchlogix 0.2.2, the peer whose training steps ours are compared with.

`python -m benchmarks.torchlogix` installs it into build/torchlogix. What is used of it needs
nothing but PyTorch. Of its module for circuits a part, which Python 3.11 cannot read, is taken out
there: the C code that packs bits.
"""

import re
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.peers import packages
from train.layer import FUNCTIONS, LogicLayer
from train.model import LogicModel

FOLDER = Path("build") / "torchlogix"
NAME = "torchlogix 0.2.2"
HINT = f"{NAME} is not in {FOLDER}: run python -m benchmarks.torchlogix to compare with it"
UNREADABLE = re.compile(r'\n\{"" if pack_bits is None else f""".*?\}\}"""\}"""', re.DOTALL)

NUMBERS = (FUNCTIONS[:, [0, 2, 1, 3]] @ torch.tensor([8.0, 4.0, 2.0, 1.0])).long()
"""Its number of each function: f(0,0) f(0,1) f(1,0) f(1,1) from the high bit down."""


def install() -> None:
    packages.install(FOLDER, "torchlogix==0.2.2")
    module = FOLDER / "torchlogix" / "circuit.py"
    text, count = UNREADABLE.subn('"""', module.read_text("utf-8"))
    assert count == 1, f"{NAME} has another module for circuits"
    module.write_text(text, "utf-8")


def load() -> Any:
    """The package, installed if it is missing; `layers` and `Circuit` of it are used here."""
    return packages.load_from(FOLDER, "torchlogix", install)


def model(like: LogicModel) -> nn.Module:
    """Its layers of softmax gates and learnable connections, with the model's parameters.

    It gives the model's scores for x (batch, inputs) where that takes the most probable connection.
    """
    layers = load().layers
    group_sum = layers.GroupSum(like.n_classes, tau=like.tau)
    return nn.Sequential(*(_layer(layers, layer) for layer in like.layers), group_sum)


def _layer(layers: Any, like: LogicLayer) -> Any:
    gates, _, candidates = like.candidates.shape
    options = {"num_candidates": candidates}
    layer = layers.LogicDense(
        like.n_inputs, gates, connections="learnable", connections_kwargs=options
    )
    with torch.no_grad():
        layer.weight[:, NUMBERS] = like.gate_logits
        layer.connections.indices.copy_(like.candidates.permute(2, 1, 0))
        layer.connections.weights.copy_(like.connection_logits.permute(2, 1, 0))
    return layer


if __name__ == "__main__":
    install()
