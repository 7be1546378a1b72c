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
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from train.kernels.compiled import in_threads
from train.kernels.dense import exponential
from train.kernels.gather import mix_gather

NEGLIGIBLE = 1e-3  # of the greatest: samples with a smaller gradient of a sum are left out
STRIPS = 4  # of a symmetric product
BLOCK = 64  # columns whose rows stay in the cache while all gates read them

Floats = NDArray[np.float32]


class _ClassSums(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, logits: Tensor, table: Tensor, n_classes: int) -> Tensor:
        ctx.n_classes = n_classes
        ctx.threads = torch.get_num_threads()  # in the backward pass torch has set its own number
        its = x, logits, table, n_classes
        rows, sums = compiled_sums(ctx.threads, *its) if x.is_cpu else plain_sums(*its)
        ctx.save_for_backward(x, logits, rows, table)
        return sums.T

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
            products = symmetric_product(weighted, part)
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


def plain_sums(x: Tensor, logits: Tensor, table: Tensor, n_classes: int) -> tuple[Tensor, Tensor]:
    """Rows (gates, 2) of the greatest logits, int32, the first of equals; sums (classes, batch)."""
    rows = logits.detach().argmax(-1).to(torch.int32)
    y = mix_gather(x, rows[..., None], x.new_ones(1).expand(*rows.shape, 1), table)
    return rows, y.view(n_classes, -1, x.shape[1]).sum(1)


def compiled_sums(
    threads: int, x: Tensor, logits: Tensor, table: Tensor, n_classes: int
) -> tuple[Tensor, Tensor]:
    """As `plain_sums`, without outputs of single gates in memory."""
    rows = logits.detach().numpy().argmax(-1).astype(np.int32)  # seven times as fast as torch's
    sums = np.empty((n_classes, x.shape[1]), dtype=np.float32)
    columns, bits = x.contiguous().numpy(), table.detach().contiguous().numpy()
    in_threads(threads, sum_gates, -(-x.shape[1] // BLOCK), columns, rows, bits, sums)
    return torch.from_numpy(rows), torch.from_numpy(sums)


def symmetric_product(left: Tensor, right: Tensor) -> Tensor:
    """leftᵀ · right where that is symmetric, (rows, rows) of (samples, rows) each.

    Strip by strip, what lies left of the diagonal is copied: 10/16 of the multiply-adds.
    """
    n = left.shape[1]
    product = left.new_empty(n, n)
    ends = [n * strip // STRIPS for strip in range(STRIPS + 1)]
    for start, end in pairwise(ends):
        torch.mm(left[:, start:end].T, right[:, start:], out=product[start:end, start:])
        product[end:, start:end] = product[start:end, end:].T
    return product


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
def sum_gates(
    first_block: int,
    end_block: int,
    x: Floats,
    rows: NDArray[np.int32],
    table: Floats,
    sums: Floats,
) -> None:
    """Fill a range of blocks of the sums (classes, batch)."""
    size = len(rows) // len(sums)
    block = np.zeros((len(x), BLOCK), dtype=np.float32)
    for index in range(first_block, end_block):
        start = index * BLOCK
        width = min(BLOCK, x.shape[1] - start)
        block[:, :width] = x[:, start : start + width]
        for c in range(len(sums)):
            total = np.zeros(BLOCK, dtype=np.float32)
            for g in range(c * size, (c + 1) * size):
                t = table[g]
                first, second = t[1] - t[0], t[2] - t[0]
                bend = t[3] - t[2] - first
                a, b = block[rows[g, 0]], block[rows[g, 1]]
                for w in range(BLOCK):
                    total[w] += t[0] + first * a[w] + (second + bend * a[w]) * b[w]
            sums[c, start : start + width] = total[:width]


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
    weight, grad = np.empty_like(single), np.empty_like(single)
    for g in range(first_gate, end_gate):
        t = table[g]
        bend = t[3] - t[2] - t[1] + t[0]
        for i in range(2):
            its, out = logits[g, i], grad_logits[g, i]
            slope, other, top = t[1 + i] - t[0], products[rows[g, 1 - i]], its[rows[g, i]]
            total = mean = np.float32(0)
            for row in range(len(single)):
                weight[row] = exponential(its[row] - top)
                grad[row] = slope * single[row] + bend * other[row]
                total += weight[row]
                mean += weight[row] * grad[row]
            share = np.float32(1) / total
            mean *= share
            for row in range(len(single)):
                out[row] = share * weight[row] * (grad[row] - mean)
