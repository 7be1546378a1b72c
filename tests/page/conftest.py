"""What tests of pages share."""

import os
from pathlib import Path

import numpy as np
import pytest

from connective.page import HeldOut

COUNT = 1000


@pytest.fixture(scope="session")
def images() -> HeldOut:
    """Images of 28×28 pixels: MNIST's, where CONNECTIVE_DATA has them, else drawn at random."""
    names = tuple(f"class {c}" for c in range(10))
    if (Path(os.environ.get("CONNECTIVE_DATA", "")) / "mnist").is_dir():
        from train.data.images import MNIST, load_images

        _, _, samples, labels = load_images(MNIST)
        return HeldOut(samples[:COUNT], labels[:COUNT].astype(np.int64), names, "MNIST")
    rng = np.random.default_rng(0)
    blots = rng.integers(0, 256, (COUNT, 7, 7)).repeat(4, axis=1).repeat(4, axis=2)
    return HeldOut(blots.reshape(COUNT, 784), rng.integers(0, 10, COUNT), names, "blots")
