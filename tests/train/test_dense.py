"""All rows as candidates: the compiled kernel equals its plain twin."""

import pytest
import torch
from torch import Tensor

from train.kernels import dense, plain
from train.kernels.dense import GATES, TILES
from train.kernels.sums import COLUMNS, ROWS


def arguments(features: int, gates: int, batch: int, *, k: int = 2) -> tuple[Tensor, ...]:
    """x, logits and table, drawn, each with a gradient asked for."""
    seed = torch.Generator().manual_seed(features + gates + batch)
    x = torch.rand(features, batch, generator=seed)
    logits = 3 * torch.randn(gates, k, features, generator=seed)
    table = torch.rand(gates, 2**k, generator=seed)
    return x.requires_grad_(), logits.requires_grad_(), table.requires_grad_()


def plainly(x: Tensor, logits: Tensor, temperature: float, table: Tensor) -> Tensor:
    return plain.mix_all(x, (logits / temperature).softmax(-1), table)


def gradients(y: Tensor, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    weights = torch.rand(y.shape, generator=torch.Generator().manual_seed(0))
    return torch.autograd.grad((y * weights).sum(), inputs)


@pytest.mark.parametrize("k", [1, 2, 3, 6])
@pytest.mark.parametrize("batch", [1, COLUMNS, COLUMNS + 1])
@pytest.mark.parametrize(
    ("features", "gates"), [(1, 1), (ROWS + 1, 3), (COLUMNS, GATES), (70, GATES + 5)]
)
def test_kernel_equals_its_plain_twin_in_values_and_gradients(
    features: int, gates: int, batch: int, k: int
) -> None:
    x, logits, table = arguments(features, gates, batch, k=k)
    ours, twin = (mix(x, logits, 0.7, table) for mix in (dense.mix_all, plainly))
    torch.testing.assert_close(ours, twin, rtol=1e-5, atol=1e-6)
    inputs = (x, logits, table)
    for mine, its in zip(gradients(ours, inputs), gradients(twin, inputs), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-5)


def test_a_cold_choice_is_the_greatest_logit() -> None:
    x, logits, table = arguments(30, 9, 12)
    chosen = torch.nn.functional.one_hot(logits.argmax(-1), 30).float()
    y = dense.mix_all(x, logits, 1e-6, table)
    torch.testing.assert_close(y, plain.mix_all(x, chosen, table))
    assert all(gradient.isfinite().all() for gradient in gradients(y, (x, logits, table)))


def test_input_without_gradient_gets_none() -> None:
    x, logits, table = arguments(6, 5, 4)
    dense.mix_all(x.detach(), logits, 1.0, table).sum().backward()
    assert x.grad is None
    assert logits.grad is not None and logits.grad.any()
    assert table.grad is not None and table.grad.any()


def test_result_does_not_depend_on_the_number_of_threads() -> None:
    def run(threads: int) -> tuple[Tensor, ...]:
        torch.set_num_threads(threads)
        inputs = arguments(40, 3 * GATES * TILES + 1, 70)
        y = dense.mix_all(inputs[0], inputs[1], 1.0, inputs[2])
        return y, *gradients(y, inputs)

    before = torch.get_num_threads()
    try:
        one, many = run(1), run(3)
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(a, b) for a, b in zip(many, one, strict=True))
