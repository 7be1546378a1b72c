"""The gradients of a single hard layer by products are those of the layer gate by gate."""

import pytest
import torch

from train.kernels import one_layer
from train.layer import Gates, LogicLayer
from train.model import LogicModel


@pytest.fixture(autouse=True)
def nothing_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_layer, "NEGLIGIBLE", 0.0)


@pytest.mark.parametrize("gates", ["table", "softmax-14"])
def test_products_give_the_gradients_of_every_gate(gates: Gates) -> None:
    seed = torch.Generator().manual_seed(0)
    layer = LogicLayer(
        11, 12, 11, gates, seed, connection_estimator="straight-through", gate_estimator="softmax"
    )
    with torch.no_grad():
        layer.gate_logits.copy_(torch.randn(layer.gate_logits.shape, generator=seed))
    model = LogicModel([layer], n_classes=3, tau=2.0)
    x = torch.randint(2, (11, 40), generator=seed).float()
    weights = torch.randn(40, 3, generator=seed)

    by_products = model(x, [(1.0, 1.0)])
    by_gates = model.group_sum(layer(x, 1.0, 1.0)) / model.tau
    torch.testing.assert_close(by_products, by_gates)
    ours = torch.autograd.grad((by_products * weights).sum(), list(layer.parameters()))
    theirs = torch.autograd.grad((by_gates * weights).sum(), list(layer.parameters()))
    for mine, its in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-5)
        assert mine.abs().max() > 0


def test_the_compiled_gradient_equals_its_plain_twin() -> None:
    seed = torch.Generator().manual_seed(0)
    logits, table = torch.randn(7, 2, 50, generator=seed), torch.rand(7, 4, generator=seed)
    rows = logits.argmax(-1).to(torch.int32)
    products, single = torch.randn(50, 50, generator=seed), torch.randn(50, generator=seed)
    ours, its = torch.empty_like(logits), torch.empty_like(logits)
    one_layer.compiled_gradient(2, logits, rows, table, products, single, ours)
    one_layer.plain_gradient(logits, rows, table, products, single, its)
    torch.testing.assert_close(ours, its, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("batch", [1, 130])
def test_the_compiled_sums_equal_their_plain_twin(batch: int) -> None:
    seed = torch.Generator().manual_seed(0)
    logits, table = torch.randn(12, 2, 50, generator=seed), torch.rand(12, 4, generator=seed)
    logits[3, 1, 20:] = logits[3, 1].max() + 1  # of equals, the first
    x = torch.randint(2, (50, batch), generator=seed).float()
    rows, sums = one_layer.compiled_sums(2, x, logits, table, 3)
    its_rows, its_sums = one_layer.plain_sums(x, logits, table, 3)
    assert (rows == its_rows).all()
    assert rows[3, 1] == 20
    torch.testing.assert_close(sums, its_sums)


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_a_symmetric_product_is_that_of_all_its_strips(rows: int) -> None:
    seed = torch.Generator().manual_seed(0)
    x, g = torch.randn(20, rows, generator=seed), torch.randn(20, 1, generator=seed)
    torch.testing.assert_close(one_layer.symmetric_product(g * x, x), (g * x).T @ x)


def test_samples_of_little_gradient_change_little(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = torch.Generator().manual_seed(0)
    layer = LogicLayer(30, 40, 30, "table", seed, connection_estimator="straight-through")
    model = LogicModel([layer], n_classes=4, tau=1.0)
    x = torch.randint(2, (30, 300), generator=seed).float()
    labels = torch.randint(4, (300,), generator=seed)
    gradients = []
    for negligible in (0.0, 1e-2):
        monkeypatch.setattr(one_layer, "NEGLIGIBLE", negligible)
        loss = torch.nn.functional.cross_entropy(model(x, [(1.0, 1.0)]), labels)
        gradients.append(torch.autograd.grad(loss, layer.connection_logits)[0])
    assert 0 < (gradients[0] - gradients[1]).norm() < 1e-2 * gradients[0].norm()


def test_only_a_single_hard_layer_over_all_rows_is_summed_so() -> None:
    seed = torch.Generator().manual_seed(0)
    x = torch.rand(6, 9, generator=seed)
    soft = LogicLayer(6, 4, 6, "table", seed)
    some = LogicLayer(6, 4, 3, "table", seed, connection_estimator="straight-through")
    wide = LogicLayer(6, 4, 6, "table", seed, fanin=3, connection_estimator="gumbel")
    hard = LogicLayer(6, 4, 6, "table", seed, connection_estimator="gumbel")
    for layer in (soft, some, wide):
        assert layer.class_sums(x, 1.0, 2) is None
    assert hard.class_sums(x, 1.0, 2) is not None
    assert hard.class_sums(x.requires_grad_(), 1.0, 2) is None
