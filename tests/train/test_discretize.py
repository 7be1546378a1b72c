import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from connective.encoder import raw
from train.discretize import discretize, hard_scores
from train.layer import FUNCTIONS, Gates, LogicLayer
from train.model import LogicModel


@st.composite
def models(draw: st.DrawFn) -> tuple[LogicModel, int]:
    """Models of any depth, with whole logits, so that many are equal, and their input bits."""
    n_inputs = width = draw(st.integers(1, 9))
    n_classes = draw(st.integers(1, 4))
    seed = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    fanin = draw(st.integers(2, 5))
    layers = []
    for _ in range(draw(st.integers(1, 4))):
        n_gates = n_classes * draw(st.integers(1, 5))
        candidates = draw(st.integers(1, width))
        gates: Gates = draw(st.sampled_from(KINDS)) if fanin == 2 else "table"
        layer = LogicLayer(width, n_gates, candidates, gates, seed, fanin=fanin)
        for logits in (layer.connection_logits, layer.gate_logits):
            logits.data = torch.randint(-1, 2, logits.shape, generator=seed).float()
        layers.append(layer)
        width = n_gates
    return LogicModel(layers, n_classes, tau=1.5), n_inputs


KINDS: tuple[Gates, ...] = ("table", "softmax", "softmax-14")


@given(models())
@settings(max_examples=100, deadline=None)
def test_network_scores_as_torch_does_with_all_choices_made(drawn: tuple[LogicModel, int]) -> None:
    model, n_inputs = drawn
    samples = np.arange(2**n_inputs)[:, None] >> np.arange(n_inputs) & 1  # every input
    network = discretize(model, raw(n_inputs))
    scores = hard_scores(model, torch.from_numpy(samples.T.astype(np.float32)).contiguous())
    assert (network.scores(samples) == scores.numpy()).all()
    assert (network.predict(samples) == scores.argmax(1).numpy()).all()
    assert network.tau == 1.5


@pytest.mark.parametrize("gates", KINDS)
def test_each_of_sixteen_functions_at_each_corner_is_its_truth_table(gates: Gates) -> None:
    layer = LogicLayer(2, 16, 2, gates, torch.Generator())
    layer.connection_logits.data = torch.eye(2).expand(16, 2, 2).clone()  # a is bit 0, b is bit 1
    layer.gate_logits.data = torch.eye(16) if gates == "softmax" else FUNCTIONS - 0.5
    if gates == "softmax-14":
        layer.gate_logits.data = torch.eye(16)[:, 1:15]
    network = discretize(LogicModel([layer], n_classes=16, tau=1.0), raw(2))
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    functions = FUNCTIONS.clone()
    if gates == "softmax-14":
        functions[[0, 15]] = FUNCTIONS[1]  # without constants, the first of equals
    assert (network.scores(corners) == functions.numpy().T).all()
