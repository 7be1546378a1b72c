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
    rows = one_layer.most_probable(logits)
    products, single = torch.randn(50, 50, generator=seed), torch.randn(50, generator=seed)
    ours, its = torch.empty_like(logits), torch.empty_like(logits)
    one_layer.compiled_gradient(2, logits, rows, table, products, single, ours)
    one_layer.plain_gradient(logits, rows, table, products, single, its)
    torch.testing.assert_close(ours, its, rtol=1e-4, atol=1e-6)


def test_samples_of_little_gradient_change_little(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = torch.Generator().manual_seed(0)
    layer = LogicLayer(30, 40, 30, "table", seed, connection_estimator="straight-through")
    model = LogicModel([layer], n_classes=4, tau=1.0)
    x = torch.randint(2, (30, 300), generator=seed).float()
    labels = torch.randint(4, (300,), generator=seed)
    gradients = []
    for negligible in (0.0, 1e-3):
        monkeypatch.setattr(one_layer, "NEGLIGIBLE", negligible)
        loss = torch.nn.functional.cross_entropy(model(x, [(1.0, 1.0)]), labels)
        gradients.append(torch.autograd.grad(loss, layer.connection_logits)[0])
    assert (gradients[0] - gradients[1]).norm() < 1e-2 * gradients[0].norm()


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
