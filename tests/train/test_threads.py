import os
import subprocess
import sys

import pytest
import torch

from train.layer import LogicLayer
from train.model import LogicModel
from train.threads import SMALL, threads_for


def model_of(n_gates: int) -> LogicModel:
    layer = LogicLayer(64, n_gates, 16, "table", torch.Generator().manual_seed(0))
    return LogicModel([layer], n_classes=1, tau=1.0)


def test_small_model_trains_on_one_thread_and_leaves_the_number_as_it_was() -> None:
    before = torch.get_num_threads()
    with threads_for(model_of(10), 256):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_large_model_trains_on_all_threads() -> None:
    before = torch.get_num_threads()
    with threads_for(model_of(10), SMALL):
        assert torch.get_num_threads() == before


def test_number_of_threads_is_restored_when_training_fails() -> None:
    before = torch.get_num_threads()
    with pytest.raises(KeyboardInterrupt), threads_for(model_of(10), 1):
        raise KeyboardInterrupt
    assert torch.get_num_threads() == before


def test_evaluation_leaves_the_number_of_torchs_threads() -> None:
    code = (
        "import torch, numpy; torch.set_num_threads(1); torch.get_num_threads();"
        "from tests.networks import random_network, random_samples as samples;"
        "rng = numpy.random.default_rng(0);"
        "network = random_network(rng, layers=[20], n_inputs=12, classes=2);"
        "network(samples(rng, network, 4000)); network.encoder.encode(samples(rng, network, 9));"
        "assert torch.get_num_threads() == 1, torch.get_num_threads()"
    )
    two = os.environ | {"NUMBA_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", code], env=two, check=True)  # once a process is it set
