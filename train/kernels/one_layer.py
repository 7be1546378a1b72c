"""A single layer of hard connections to all inputs, whose gradients are entries of few products.

Where each gate reads one row for each input, the gradient of a class's sum for the wires of all its
gates, towards every row of x, and for their tables depends on x through M = Σ_n g(n) x(n) x(n)ᵀ
alone, g being the gradient of the sum. So one product of (rows, batch) with (batch, rows) a class
does for all gates, however many there are.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from train.kernels.gather import mix_gather

NEGLIGIBLE = 1e-3  # of the greatest: samples with a smaller gradient of a sum are left out


class _ClassSums(Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, rows: Tensor, choice: Tensor, table: Tensor, n_classes: int
    ) -> Tensor:
        ctx.save_for_backward(x, rows, table)
        ctx.n_classes = n_classes
        y = mix_gather(x, rows[..., None], x.new_ones(1).expand(*rows.shape, 1), table)
        return y.view(n_classes, -1, x.shape[1]).sum(1).T

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, rows, table = ctx.saved_tensors
        n_gates, n_rows = len(rows), len(x)
        grad_choice = x.new_empty(n_gates, 2, n_rows)
        grad_table = torch.empty_like(table)
        size = n_gates // ctx.n_classes
        negligible = NEGLIGIBLE * grads[0].abs().max()
        for c, grad in enumerate(grads[0].unbind(1)):
            gates = slice(c * size, (c + 1) * size)
            counts = grad.abs() > negligible
            part, g = x[:, counts], grad[counts]
            weighted = part * g
            products = weighted @ part.T  # (rows, rows)
            single = weighted.sum(1)  # (rows,), the diagonal where x is zeros and ones
            a, b = rows[gates].long().unbind(1)
            t0, t1, t2, t3 = table[gates].unbind(1)
            both, first, second = products[a, b], single[a], single[b]
            grad_table[gates] = torch.stack(
                [g.sum() - first - second + both, first - both, second - both, both], dim=1
            )
            bend = (t3 - t2 - t1 + t0)[:, None]
            grad_choice[gates, 0] = torch.addcmul((t1 - t0)[:, None] * single, bend, products[b])
            grad_choice[gates, 1] = torch.addcmul((t2 - t0)[:, None] * single, bend, products[a])
        return None, None, grad_choice, grad_table, None


class_sums: Callable[[Tensor, Tensor, Tensor, Tensor, int], Tensor] = _ClassSums.apply
"""Sums (batch, classes) of gates that read `rows` (gates, 2) of x (rows, batch).

`choice` (gates, 2, rows) gets the gradient that the wires would have towards each row; its values
are not read. x gets none.
"""
