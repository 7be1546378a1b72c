"""torchlogix 0.2.2, the peer whose training steps ours are compared with.

`python -m benchmarks.torchlogix` installs it into build/torchlogix. Layers need nothing but
PyTorch; its module for circuits, which Python 3.11 cannot read, has an empty one in its place.
"""

import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

FOLDER = Path("build") / "torchlogix"
NAME = "torchlogix 0.2.2"
HINT = f"{NAME} is not in {FOLDER}: run python -m benchmarks.torchlogix to compare with it"


def install() -> None:
    command = "install --no-deps --no-compile --upgrade --target"
    pip = [sys.executable, "-m", "pip", *command.split(), str(FOLDER), "torchlogix==0.2.2"]
    subprocess.run(pip, check=True)


def model(widths: Sequence[int], candidates: int, classes: int, tau: float) -> nn.Module:
    """Layers of softmax gates with learnable connections; scores for x (batch, widths[0])."""
    circuit: Any = ModuleType("torchlogix.circuit")
    circuit.Circuit = None
    sys.modules[circuit.__name__] = circuit
    sys.path.insert(0, str(FOLDER))
    layers = import_module("torchlogix.layers")
    options = {"num_candidates": candidates}
    return nn.Sequential(
        *(
            layers.LogicDense(*pair, connections="learnable", connections_kwargs=options)
            for pair in pairwise(widths)
        ),
        layers.GroupSum(classes, tau=tau),
    )


if __name__ == "__main__":
    install()
