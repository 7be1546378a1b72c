import pytest
import torch

from train.config import Resampling
from train.layer import LogicLayer
from train.resampling import resample

SETTINGS = Resampling(threshold=0.01, margin=5.0)


@pytest.fixture
def layer() -> LogicLayer:
    """A layer of which one candidate in three is given up, after one step of Adam."""
    layer = LogicLayer(20, 30, 6, "table", torch.Generator().manual_seed(0))
    with torch.no_grad():
        layer.connection_logits[:, :, ::3] -= 20
    return layer


@pytest.fixture
def optimizer(layer: LogicLayer) -> torch.optim.Adam:
    optimizer = torch.optim.Adam(layer.parameters(), lr=1e-3, fused=True)
    x = torch.rand(20, 40, generator=torch.Generator().manual_seed(0))
    layer(x, 1.0, 1.0).square().sum().backward()
    optimizer.step()
    return optimizer


def test_only_what_was_given_up_is_replaced(layer: LogicLayer, optimizer: torch.optim.Adam) -> None:
    before = layer.candidates.clone()
    logits = layer.connection_logits.detach().clone()
    replaced = resample(layer, 1.0, SETTINGS, optimizer, torch.Generator().manual_seed(1))
    changed = before != layer.candidates
    assert replaced == changed.sum() > 60
    assert not changed[:, :, 1::3].any()
    assert torch.equal(layer.connection_logits[~changed], logits[~changed])


def test_candidates_stay_distinct_rows_of_the_layer_before(
    layer: LogicLayer, optimizer: torch.optim.Adam
) -> None:
    seed = torch.Generator().manual_seed(1)
    for _ in range(20):
        with torch.no_grad():
            layer.connection_logits[:, :, ::3] -= 20
        resample(layer, 1.0, SETTINGS, optimizer, seed)
        assert (layer.candidates.sort(-1).values.diff() > 0).all()
        assert ((layer.candidates >= 0) & (layer.candidates < 20)).all()


def test_newcomer_starts_below_the_best_and_without_momentum(
    layer: LogicLayer, optimizer: torch.optim.Adam
) -> None:
    before = layer.candidates.clone()
    resample(layer, 0.5, SETTINGS, optimizer, torch.Generator().manual_seed(1))
    changed = before != layer.candidates
    logits = layer.connection_logits.detach()
    below = logits.amax(-1, keepdim=True) - logits
    torch.testing.assert_close(below[changed], torch.full((int(changed.sum()),), 2.5))
    state = optimizer.state[layer.connection_logits]
    for name in ("exp_avg", "exp_avg_sq"):
        assert not state[name][changed].any()
        assert state[name][~changed].any()


def test_layer_that_has_chosen_or_reads_all_keeps_its_candidates(
    layer: LogicLayer, optimizer: torch.optim.Adam
) -> None:
    seed = torch.Generator().manual_seed(1)
    assert resample(layer, 0.3, SETTINGS, optimizer, seed) == 0
    whole = LogicLayer(6, 4, 6, "table", seed)
    assert resample(whole, 1.0, SETTINGS, optimizer, seed) == 0


def test_inputs_of_several_gates_may_take_the_same_newcomer() -> None:
    seed = torch.Generator().manual_seed(2)
    layer = LogicLayer(3, 1000, 2, "table", seed, fanin=6)
    optimizer = torch.optim.Adam(layer.parameters(), lr=1e-3, fused=True)
    layer(torch.rand(3, 5), 1.0, 1.0).sum().backward()
    optimizer.step()
    with torch.no_grad():
        layer.connection_logits[:, :, 1] -= 20
    # of three rows, one is the candidate that stays and one that which was given up
    assert 1900 < resample(layer, 1.0, SETTINGS, optimizer, seed) < 2100
