import pytest
import torch

from benchmarks.naive import NaiveModel
from train.layer import Gates, LogicLayer, draw_distinct
from train.model import LogicModel

KINDS: tuple[Gates, ...] = ("table", "softmax")


def seed(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


@pytest.mark.parametrize("gates", KINDS)
def test_new_gate_mostly_passes_its_first_input(gates: Gates) -> None:
    table = LogicLayer(8, 5, 3, gates, seed()).table(1.0)
    expected = torch.tensor([0.0, 1.0, 0.0, 1.0]).expand(5, 4)
    assert ((table - expected).abs() < 0.12).all()


@pytest.mark.parametrize("gates", KINDS)
def test_low_temperature_leaves_the_most_probable_choice(gates: Gates) -> None:
    layer = LogicLayer(8, 5, 3, gates, seed())
    x = torch.randint(2, (8, 20), generator=seed()).float()
    first = layer.candidates[:, 0].gather(1, layer.connection_logits[:, 0].argmax(1, True))
    assert torch.equal(layer(x, 1e-4, 1e-4).round(), x[first[:, 0].long()])


def test_candidates_of_an_input_are_distinct_rows_of_the_layer_before() -> None:
    rows = draw_distinct(10, (50, 2, 7), seed())
    assert ((rows >= 0) & (rows < 10)).all()
    assert (rows.sort(-1).values.diff() > 0).all()


def test_as_many_candidates_as_rows_are_all_rows_in_order() -> None:
    layer = LogicLayer(6, 4, 6, "table", seed())
    assert layer.reads_all
    assert torch.equal(layer.candidates, torch.arange(6, dtype=torch.int32).expand(4, 2, 6))


def test_fixed_connections_get_no_gradient() -> None:
    layer = LogicLayer(8, 5, 1, "table", seed())
    layer(torch.rand(8, 20, generator=seed()), 1.0, 1.0).sum().backward()
    assert layer.connection_logits.grad is not None
    assert not layer.connection_logits.grad.any()


def test_same_seed_draws_the_same_layer() -> None:
    first, again, other = (LogicLayer(30, 9, 4, "table", seed(n)) for n in (1, 1, 2))
    assert torch.equal(first.candidates, again.candidates)
    assert torch.equal(first.connection_logits, again.connection_logits)
    assert not torch.equal(first.connection_logits, other.connection_logits)


@pytest.mark.parametrize("candidates", [3, 12])
def test_model_equals_the_equations_as_they_are_printed(candidates: int) -> None:
    layers = [LogicLayer(12, 12, candidates, "softmax", seed(n)) for n in range(2)]
    model = LogicModel(layers, n_classes=4, tau=2.0)
    x = torch.rand(12, 30, generator=seed())
    torch.testing.assert_close(model(x, [(1.0, 1.0)] * 2), NaiveModel(model)(x.T))


def test_model_sums_equal_groups_in_the_order_of_the_classes() -> None:
    model = LogicModel([LogicLayer(4, 6, 2, "table", seed())], n_classes=3, tau=1.0)
    x = torch.arange(6.0)[:, None].expand(6, 5)
    assert torch.equal(model.group_sum(x), torch.tensor([[1.0, 5.0, 9.0]]).expand(5, 3))
