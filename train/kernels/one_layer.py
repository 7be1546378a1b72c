"""A single layer of hard connections to all inputs, whose gradients are entries of few products.

Where each gate reads one row for each input, the gradient of a class's sum for the wires of all its
gates, towards every row of x, and for their tables depends on x through M = Σ_n g(n) x(n) x(n)ᵀ
alone, g being the gradient of the sum. So one product of (rows, batch) with (batch, rows) a class
does for all gates, however many there are.

It would hold for the last of several layers too. But it costs classes · rows² multiply-adds a
sample, gate by gate 2 · gates · rows: it pays below 2 · gates / classes rows, which a layer after
another as wide does not have.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from train.kernels.compiled import in_threads
from train.kernels.dense import softmax, softmax_gradient
from train.kernels.gather import mix_gather

NEGLIGIBLE = 1e-3  # of the greatest: samples with a smaller gradient of a sum are left out

Floats = NDArray[np.float32]


class _ClassSums(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, logits: Tensor, table: Tensor, n_classes: int) -> Tensor:
        rows = most_probable(logits)
        ctx.save_for_backward(x, logits, rows, table)
        ctx.n_classes = n_classes
        ctx.threads = torch.get_num_threads()  # in the backward pass torch has set its own number
        y = mix_gather(x, rows[..., None], x.new_ones(1).expand(*rows.shape, 1), table)
        return y.view(n_classes, -1, x.shape[1]).sum(1).T

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_sums: Tensor) -> tuple[Tensor | None, ...]:
        x, logits, rows, table = ctx.saved_tensors
        grad_logits, grad_table = torch.empty_like(logits), torch.empty_like(table)
        samples = x.T.contiguous()  # of which some are taken
        negligible = NEGLIGIBLE * grad_sums.abs().max()
        size = len(rows) // ctx.n_classes
        for c, grad in enumerate(grad_sums.unbind(1)):
            gates = slice(c * size, (c + 1) * size)
            counts = grad.abs() > negligible
            g, part = grad[counts], samples[counts]
            weighted = part * g[:, None]
            products = weighted.T @ part  # (rows, rows)
            single = weighted.sum(0)  # (rows,), the diagonal where x is zeros and ones
            grad_table[gates] = _table_gradient(rows[gates], products, single, g.sum())
            its = logits[gates], rows[gates], table[gates], products, single, grad_logits[gates]
            if x.is_cpu:
                compiled_gradient(ctx.threads, *its)
            else:
                plain_gradient(*its)
        return None, grad_logits, grad_table, None


class_sums: Callable[[Tensor, Tensor, Tensor, int], Tensor] = _ClassSums.apply
"""Sums (batch, classes) of gates whose inputs read the row of x (rows, batch) of greatest logit.

logits: (gates, 2, rows), which get the gradient of softmax(logits) as if that had mixed the rows;
table: (gates, 4). x gets no gradient.
"""


def most_probable(logits: Tensor) -> Tensor:
    """The greatest of each (…, rows), int32; the first of equals."""
    return logits.detach().argmax(-1).to(torch.int32)


def _table_gradient(rows: Tensor, products: Tensor, single: Tensor, total: Tensor) -> Tensor:
    """Gradients (gates, 4) of tables for gates that read `rows` (gates, 2)."""
    a, b = rows.long().unbind(1)
    both, first, second = products[a, b], single[a], single[b]
    return torch.stack([total - first - second + both, first - both, second - both, both], dim=1)


def plain_gradient(
    logits: Tensor, rows: Tensor, table: Tensor, products: Tensor, single: Tensor, out: Tensor
) -> None:
    """Fill out (gates, 2, rows) with the gradients of logits, towards every row."""
    t0, t1, t2, t3 = (each[:, None] for each in table.unbind(1))
    a, b = rows.long().unbind(1)
    bend = t3 - t2 - t1 + t0
    grad = torch.stack(
        [(t1 - t0) * single + bend * products[b], (t2 - t0) * single + bend * products[a]], dim=1
    )
    choice = logits.softmax(-1)
    torch.mul(choice, grad - (choice * grad).sum(-1, keepdim=True), out=out)


def compiled_gradient(threads: int, *tensors: Tensor) -> None:
    """As `plain_gradient`, without arrays as large as the logits."""
    arrays = [tensor.detach().numpy() for tensor in tensors]
    in_threads(threads, gate_gradients, len(tensors[0]), *arrays)


@njit(nogil=True, fastmath=True, cache=True)
def gate_gradients(
    first_gate: int,
    end_gate: int,
    logits: Floats,
    rows: NDArray[np.int32],
    table: Floats,
    products: Floats,
    single: Floats,
    grad_logits: Floats,
) -> None:
    """Fill grad_logits for a range of gates, for which a row of it stays in the cache."""
    choice, grad = np.empty_like(single), np.empty_like(single)
    for g in range(first_gate, end_gate):
        t = table[g]
        bend = t[3] - t[2] - t[1] + t[0]
        for i in range(2):
            slope, other = t[1 + i] - t[0], products[rows[g, 1 - i]]
            for row in range(len(single)):
                grad[row] = slope * single[row] + bend * other[row]
            softmax(logits[g, i], np.float32(1), choice)
            softmax_gradient(choice, grad, np.float32(1), grad_logits[g, i])
