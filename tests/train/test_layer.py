import pytest
import torch

from benchmarks.naive import NaiveModel
from train.candidates import draw_covering, draw_distinct
from train.layer import Draw, Gates, LogicLayer, Start
from train.model import LogicModel

KINDS: tuple[Gates, ...] = ("table", "softmax", "softmax-14")


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


@pytest.mark.parametrize(("n_inputs", "count"), [(10, 7), (7, 7), (8, 3), (30, 16), (5, 1)])
def test_coverage_deals_every_row_equally_often(n_inputs: int, count: int) -> None:
    rows = draw_covering(n_inputs, (23, 2, count), seed())
    assert rows.shape == (23, 2, count)
    assert (rows.sort(-1).values.diff() > 0).all()
    times = torch.bincount(rows.flatten(), minlength=n_inputs)
    assert times.max() - times.min() <= 1


@pytest.mark.parametrize("draw", ["random", "coverage"])
@pytest.mark.parametrize("fanin", [2, 3, 6])
def test_wide_gate_mostly_passes_its_first_input(fanin: int, draw: Draw) -> None:
    layer = LogicLayer(9, 5, 3, "table", seed(), fanin=fanin, draw=draw)
    assert layer.candidates.shape == (5, fanin, 3)
    expected = (torch.arange(2**fanin) & 1).float().expand(5, -1)
    assert ((layer.table(1.0) - expected).abs() < 0.12).all()


@pytest.mark.parametrize("gates", KINDS)
@pytest.mark.parametrize("candidates", [4, 8])
def test_frozen_layer_computes_its_choices_and_passes_gradients_on(
    gates: Gates, candidates: int
) -> None:
    layer = LogicLayer(8, 5, candidates, gates, seed(), frozen_at=0.01)
    x = torch.rand(8, 20, generator=seed()).requires_grad_()
    y = layer(x, 0.01, 0.01)
    assert torch.equal(y, layer.evaluate_hard(x))
    y.sum().backward()
    assert x.grad is not None and x.grad.any()
    assert layer.connection_logits.grad is None and layer.gate_logits.grad is None
    layer(x, 0.01, 0.02).sum().backward()
    assert layer.gate_logits.grad is not None


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


@pytest.mark.parametrize("gates", KINDS)
def test_gates_start_by_passing_their_first_input_or_at_random(gates: Gates) -> None:
    def tables(start: Start) -> torch.Tensor:
        return LogicLayer(9, 400, 3, gates, seed(), start=start).hard_table()

    assert (tables("pass") == torch.tensor([0.0, 1.0, 0.0, 1.0])).all()
    assert len(tables("random").unique(dim=0)) == (14 if gates == "softmax-14" else 16)
