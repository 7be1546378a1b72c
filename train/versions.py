"""What decides the bits of a result, beside the configuration, the data and the machine."""

import platform

import numba
import numpy as np
import torch

from connective import __version__

VERSIONS = {
    "connective": __version__,
    "python": platform.python_version(),
    "torch": torch.__version__,
    "numba": numba.__version__,
    "numpy": np.__version__,
}
