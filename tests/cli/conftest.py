"""A network that each verb can be given."""

from pathlib import Path

import numpy as np
import pytest

from connective.network_file import write_network
from tests.networks import random_network


@pytest.fixture
def network(tmp_path: Path) -> Path:
    network = random_network(np.random.default_rng(2), layers=[8, 8], classes=4)
    path = tmp_path / "network.npz"
    write_network(path, network, {})
    return path
