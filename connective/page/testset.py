"""What pages show of a test set, or why they show nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Missing:
    """Why a part of a page is not there, in a sentence that names the remedy."""

    why: str


@dataclass(frozen=True, eq=False)
class TestSet:
    """Words (samples, features) that a network was not trained on, and their classes (samples,)."""

    __test__ = False  # no test of pytest's

    samples: NDArray[np.integer]
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    description: str
