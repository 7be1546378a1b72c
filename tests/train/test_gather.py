"""The kernel for other devices than memory, compiled here for memory."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch._dynamo.utils import counters
from torch._inductor import config as inductor

from tests.train.test_kernels import arguments, gradients
from train.kernels import compiled, gather, plain


@pytest.mark.parametrize("k", [1, 2, 3, 6])
@pytest.mark.parametrize(
    ("features", "gates", "candidates", "batch"), [(1, 1, 1, 1), (5, 4, 1, 9), (40, 30, 16, 70)]
)
def test_products_equal_the_plain_twin_in_values_and_gradients(
    features: int, gates: int, candidates: int, batch: int, k: int
) -> None:
    x, rows, choice, table = arguments(features, gates, candidates, batch, k=k)
    check(gather.mix_products(x, rows, choice, table), x, rows, choice, table)


@pytest.mark.filterwarnings("ignore:.*script_method:DeprecationWarning")  # torch's, of torch
def test_compiled_products_equal_the_plain_twin_and_keep_no_gathered_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(inductor.cpp, "vec_isa_ok", False)  # compiles for no processor to try it
    kept: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        return tensor

    for features, gates, candidates, batch in ((40, 30, 16, 70), (20, 50, 7, 33)):
        x, rows, choice, table = arguments(features, gates, candidates, batch)
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            y = gather.fused()(x, rows, choice, table)
        check(y, x, rows, choice, table)
        assert max(tensor.numel() for tensor in kept) <= 2 * gates * batch
    assert counters["stats"]["unique_graphs"] == 1  # for all sizes
    assert not counters["graph_break"]


def check(y: Tensor, x: Tensor, rows: Tensor, choice: Tensor, table: Tensor) -> None:
    twin = plain.mix_gather(x, rows, choice, table)
    torch.testing.assert_close(y, twin, rtol=1e-5, atol=1e-6)
    inputs = (x, choice, table)
    for mine, its in zip(gradients(y, *inputs), gradients(twin, *inputs), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-5)


def test_kernel_in_memory_is_that_of_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    x, rows, choice, table = arguments(6, 5, 3, 4)
    monkeypatch.setattr(gather, "fused", None)
    ours = gather.mix_gather(x, rows, choice, table)
    assert torch.equal(ours, compiled.mix_gather(x, rows, choice, table))
