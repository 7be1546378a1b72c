import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from benchmarks.naive import sixteen_functions
from train.candidates import draw_distinct
from train.kernels import compiled, plain
from train.kernels.sums import BLOCK
from train.layer import FUNCTIONS

ROOT = Path(__file__).parents[2]


def arguments(
    features: int,
    gates: int,
    candidates: int,
    batch: int,
    *,
    k: int = 2,
    dtype: torch.dtype = torch.float32,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x, candidates, choice and table, drawn; all but the candidates ask for a gradient."""
    seed = torch.Generator().manual_seed(features + gates + candidates + batch)
    shape = (gates, k, candidates)
    x = torch.rand(features, batch, generator=seed, dtype=dtype)
    choice = torch.randn(shape, generator=seed, dtype=dtype).softmax(-1)
    table = torch.rand(gates, 2**k, generator=seed, dtype=dtype)
    rows = draw_distinct(features, shape, seed)
    return x.requires_grad_(), rows, choice.requires_grad_(), table.requires_grad_()


def gradients(y: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
    weights = torch.rand(y.shape, generator=torch.Generator().manual_seed(0))
    return torch.autograd.grad((y * weights).sum(), inputs)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("batch", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
@pytest.mark.parametrize(
    ("features", "gates", "candidates"), [(1, 1, 1), (2, 3, 2), (5, 4, 1), (40, 30, 16), (9, 7, 5)]
)
def test_kernel_equals_its_plain_twin_in_values_and_gradients(
    features: int, gates: int, candidates: int, batch: int, k: int
) -> None:
    x, rows, choice, table = arguments(features, gates, candidates, batch, k=k)
    ours = compiled.mix_gather(x, rows, choice, table)
    twin = plain.mix_gather(x, rows, choice, table)
    torch.testing.assert_close(ours, twin, rtol=1e-5, atol=1e-6)
    inputs = (x, choice, table)
    for mine, its in zip(gradients(ours, *inputs), gradients(twin, *inputs), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("k", [2, 4])
def test_plain_twin_has_the_right_gradient(k: int) -> None:
    x, rows, choice, table = arguments(6, 5, 3, 4, k=k, dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda x, choice, table: plain.mix_gather(x, rows, choice, table), (x, choice, table)
    )


def test_all_rows_as_candidates_is_the_same_as_gathering_them() -> None:
    x, _, choice, table = arguments(12, 7, 12, 30)
    rows = torch.arange(12, dtype=torch.int32).expand(7, 2, 12).contiguous()
    torch.testing.assert_close(
        plain.mix_all(x, choice, table), compiled.mix_gather(x, rows, choice, table)
    )


def test_input_without_gradient_gets_none() -> None:
    x, rows, choice, table = arguments(6, 5, 3, 4)
    compiled.mix_gather(x.detach(), rows, choice, table).sum().backward()
    assert choice.grad is not None
    assert table.grad is not None


def test_result_does_not_depend_on_the_number_of_threads() -> None:
    def run() -> tuple[Tensor, ...]:
        x, rows, choice, table = arguments(40, 30, 16, 5 * BLOCK + 3)
        y = compiled.mix_gather(x, rows, choice, table)
        return y, *gradients(y, x, choice, table)

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = run()
        torch.set_num_threads(3)
        many = run()
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(a, b) for a, b in zip(many, one, strict=True))


@pytest.mark.parametrize("threads", [1, 2])
def test_numbers_that_lack_precision_are_zero_in_the_kernel_and_nowhere_else(threads: int) -> None:
    both = torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    candidates = torch.tensor([[[0], [1]]], dtype=torch.int32)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for small, product in ((1e-15, 1e-30), (1e-20, 0.0)):  # float32 is less precise at 1e-40
            x = torch.full((2, 16 * BLOCK), small)
            y = compiled.mix_gather(x, candidates, torch.ones(1, 2, 1), both)
            assert y.numpy() == pytest.approx(product, rel=1e-6, abs=0)
            assert (x[0] * x[1] > 0).all()
    finally:
        torch.set_num_threads(before)


def test_result_does_not_depend_on_whether_the_kernel_was_just_compiled(tmp_path: Path) -> None:
    code = """
import sys, torch
from tests.train.test_kernels import arguments, gradients
from train.kernels import compiled, dense
x, rows, choice, table = arguments(40, 30, 16, 200)
logits = torch.linspace(-3, 3, 30 * 2 * 40).view(30, 2, 40).requires_grad_()
y = compiled.mix_gather(x, rows, choice, table)
z = dense.mix_all(x, logits, 1.0, table)
for tensor in (y, *gradients(y, x, choice, table), z, *gradients(z, x, logits, table)):
    sys.stdout.buffer.write(tensor.detach().numpy().tobytes())
"""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    fresh, cached = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
        ).stdout
        for _ in range(2)
    )
    assert any(tmp_path.rglob("*.nbi"))
    assert len(fresh) > 0
    assert fresh == cached


def test_every_table_at_every_corner_is_its_truth_table() -> None:
    corners = torch.tensor(list(itertools.product((0.0, 1.0), repeat=2))).T.contiguous()  # b, a
    rows = torch.tensor([[[1], [0]]], dtype=torch.int32).expand(16, 2, 1).contiguous()
    choice = torch.ones(16, 2, 1)
    for kernel in (plain.mix_gather, compiled.mix_gather):
        assert torch.equal(kernel(corners, rows, choice, FUNCTIONS), FUNCTIONS)


@pytest.mark.parametrize("k", [3, 6])
def test_wide_tables_at_every_corner_are_their_truth_tables(k: int) -> None:
    seed = torch.Generator().manual_seed(k)
    tables = torch.randint(2, (20, 2**k), generator=seed).float()
    corners = torch.arange(2**k)[None] >> torch.arange(k)[:, None] & 1  # x_j in row j
    rows = torch.arange(k, dtype=torch.int32)[:, None].expand(20, k, 1).contiguous()
    for kernel in (plain.mix_gather, compiled.mix_gather):
        assert torch.equal(kernel(corners.float(), rows, torch.ones(20, k, 1), tables), tables)


def test_table_of_probabilities_equals_the_mixture_of_sixteen_functions() -> None:
    seed = torch.Generator().manual_seed(0)
    a, b = torch.rand(2, 50, 20, generator=seed)
    mixture = torch.randn(50, 16, generator=seed).softmax(-1)
    ours = plain.apply_gates(torch.stack([a, b]), mixture @ FUNCTIONS)
    naive = (sixteen_functions(a, b) * mixture[:, None]).sum(-1)
    torch.testing.assert_close(ours, naive)
