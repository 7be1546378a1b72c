"""The samples of a test set, as pages take them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Words (samples, features) that a network was not trained on, and their classes (samples,)."""

    samples: NDArray[np.integer]
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    description: str
