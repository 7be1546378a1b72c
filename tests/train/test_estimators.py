"""Hard choices forward, the gradients of soft ones backward."""

import pytest
import torch
from torch import Tensor

from train.estimators import Estimator, choose, decide
from train.layer import LogicLayer

HARD: tuple[Estimator, ...] = ("straight-through", "gumbel")


def seed(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def logits(*shape: int) -> Tensor:
    return torch.randn(shape, generator=seed(1)).requires_grad_()


def test_softmax_is_sharpened_by_its_temperature() -> None:
    given = logits(5, 4)
    torch.testing.assert_close(choose(given, 0.5, "softmax", seed()), (2 * given).softmax(-1))
    torch.testing.assert_close(decide(given, 0.5, "softmax", seed()), (2 * given).sigmoid())


def test_straight_through_is_the_argmax_with_the_softmax_gradient() -> None:
    given, weights = logits(50, 4), torch.randn(50, 4, generator=seed(2))
    for function, soft, hard in (
        (choose, given.softmax(-1), torch.eye(4)[given.argmax(-1)]),
        (decide, given.sigmoid(), (given > 0).float()),
    ):
        ours = function(given, 0.01, "straight-through", seed())
        assert torch.equal(ours, hard)
        (mine,) = torch.autograd.grad((ours * weights).sum(), given)
        (expected,) = torch.autograd.grad((soft * weights).sum(), given)
        torch.testing.assert_close(mine, expected)


def test_gumbel_draws_alternatives_as_often_as_they_are_probable() -> None:
    given = logits(1, 3)
    drawn = choose(given.expand(60_000, 3), 1.0, "gumbel", seed()).mean(0)
    torch.testing.assert_close(drawn, given.softmax(-1)[0], atol=0.01, rtol=0)
    bits = decide(given.expand(60_000, 3), 1.0, "gumbel", seed()).mean(0)
    torch.testing.assert_close(bits, given.sigmoid()[0], atol=0.01, rtol=0)


@pytest.mark.parametrize("estimator", HARD)
def test_without_gradient_there_is_no_noise(estimator: Estimator) -> None:
    layer = LogicLayer(
        9, 6, 4, "table", seed(), connection_estimator=estimator, gate_estimator=estimator
    )
    x = torch.randint(2, (9, 30), generator=seed()).float()
    with torch.no_grad():
        assert torch.equal(layer(x, 1.0, 1.0), layer.evaluate_hard(x))


@pytest.mark.parametrize("estimator", HARD)
def test_all_logits_get_a_gradient(estimator: Estimator) -> None:
    layer = LogicLayer(
        9, 6, 4, "softmax-14", seed(), connection_estimator=estimator, gate_estimator=estimator
    )
    with torch.no_grad():  # a hard residual gate would not read its second input
        layer.gate_logits.copy_(torch.randn(layer.gate_logits.shape, generator=seed(4)))
    x = torch.randint(2, (9, 200), generator=seed()).float()
    (layer(x, 1.0, 1.0) * torch.randn(6, 200, generator=seed(3))).sum().backward()
    for parameter in layer.parameters():
        assert parameter.grad is not None
        assert (parameter.grad != 0).float().mean() > 0.6
