"""difflogic 0.1.0, the peer whose compiled networks ours are compared with.

`python -m benchmarks.difflogic` installs it into build/difflogic. Its set-up wants CUDA and PyTorch
only for an extension that compiled networks do without, so it gets an extension without sources,
and a module without functions takes the extension's place when it is imported.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.peers import packages

FOLDER = Path("build") / "difflogic"
NAME = "difflogic 0.1.0"
HINT = f"{NAME} is not in {FOLDER}: run python -m benchmarks.difflogic to compare with it"
EXTENSION = """
from setuptools import Extension
from setuptools.command.build_ext import build_ext

class BuildExtension(build_ext):
    def run(self): pass

def CUDAExtension(name, *arguments, **options):
    return Extension(name, [])
"""


def install() -> None:
    """Let pip build it from its source distribution, beside a stand-in for PyTorch's set-up."""
    with TemporaryDirectory() as stand_in:
        utils = Path(stand_in) / "torch" / "utils"
        utils.mkdir(parents=True)
        for package in (utils, utils.parent):
            (package / "__init__.py").touch()  # else the real one comes first
        (utils / "cpp_extension.py").write_text(EXTENSION)
        command = "install --no-deps --no-binary :all: --no-build-isolation --upgrade --target"
        pip = [sys.executable, "-m", "pip", *command.split(), str(FOLDER), "difflogic==0.1.0"]
        subprocess.run(pip, check=True, env=os.environ | {"PYTHONPATH": stand_in})


def load() -> Any:
    """The package, installed if it is missing, without its extension for GPUs."""
    sys.modules["difflogic_cuda"] = ModuleType("difflogic_cuda")
    return packages.load_from(FOLDER, "difflogic", install)


def compile_network(
    n_inputs: int,
    layers: Sequence[tuple[NDArray[np.integer], NDArray[np.integer]]],
    classes: int,
    level: int,
) -> Any:
    """A network as difflogic compiles it: for 64 samples a word, with gcc -O`level`.

    Each layer has wires (gates, 2), the places in the layer before that a gate reads, and truth
    tables (gates,). The result takes booleans (samples, inputs) and gives scores.
    """
    difflogic = load()
    modules = []
    for wires, table in layers:
        gates = len(table)
        layer = difflogic.LogicLayer(n_inputs, gates, device="cpu", implementation="python")
        layer.indices = torch.from_numpy(wires[:, 0]), torch.from_numpy(wires[:, 1])
        layer.weights.data = torch.from_numpy(np.eye(16)[_numbers(table)])
        modules.append(layer)
        n_inputs = gates
    model = torch.nn.Sequential(*modules, difflogic.GroupSum(classes, device="cpu"))
    network = difflogic.CompiledLogicNet(model, num_bits=64)
    network.compile(opt_level=level)
    return network


def _numbers(table: NDArray[np.integer]) -> NDArray[np.integer]:
    """difflogic's numbers of truth tables: f(0,0) f(0,1) f(1,0) f(1,1) from the high bit down."""
    f00, f10, f01, f11 = (table >> m & 1 for m in range(4))
    return f00 << 3 | f01 << 2 | f10 << 1 | f11


if __name__ == "__main__":
    install()
