"""The layer's arithmetic as a kernel compiled by Numba, with its gradient.

A block of columns passes through all gates while its rows stay in the cache, and threads take
blocks. Sums over the batch are taken block by block and then added in order, so the result does
not depend on the number of threads. The threads are Python's, as Numba's parallel loops with
fast-math give other bits when they come from its cache than when they were just compiled.
`train.kernels.plain` is the twin that it must equal.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from train.kernels.sums import BLOCK, add_to_rows, mix_rows, multiply_rows
from train.kernels.tables import apply_pair, apply_tree, pair_gradients, tree_gradients

PIECES = 4  # of a thread's share of the blocks, so that none waits long for one that was held up

NOT_NEGATIVE = 0xFFFFFF  # a mask that tells the compiler so; else each access would test it

Floats = NDArray[np.float32]


def mix_gather(x: Tensor, candidates: Tensor, choice: Tensor, table: Tensor) -> Tensor:
    """Outputs (gates, batch) of gates whose inputs are mixtures of candidate rows of x.

    x: (features, batch) float32; candidates: (gates, k, candidates) int32 rows of x; choice: their
    probabilities, of the same shape; table: (gates, 2^k)
    """
    return _apply(x, candidates, choice, table)


class _MixGather(Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Tensor) -> Tensor:
        x, candidates, choice, table = (tensor.detach().contiguous().numpy() for tensor in inputs)
        (features, batch), gates = x.shape, len(candidates)
        blocks = -(-batch // BLOCK)
        rows = np.empty((blocks, features, BLOCK), dtype=np.float32)
        pins = np.empty((blocks, *candidates.shape[:2], BLOCK), dtype=np.float32)
        y = np.empty((gates, batch), dtype=np.float32)
        ctx.threads = torch.get_num_threads()  # in the backward pass torch has set its own number
        in_threads(ctx.threads, mix_forward, blocks, x, candidates, choice, table, rows, pins, y)
        ctx.arrays = (candidates, choice, table, rows, pins)
        ctx.shape = x.shape
        return torch.from_numpy(y)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_y: Tensor) -> tuple[Tensor | None, ...]:
        candidates, choice, table, rows, pins = ctx.arrays
        blocks = len(rows)
        grad_x = np.empty(ctx.shape if ctx.needs_input_grad[0] else (0, 0), dtype=np.float32)
        grad_choice = np.empty((blocks, *choice.shape), dtype=np.float32)
        grad_table = np.empty((blocks, *table.shape), dtype=np.float32)
        grads = (grad_x, grad_choice, grad_table)
        grad = grad_y.contiguous().numpy()
        inputs = (candidates, choice, table, rows, pins)
        in_threads(ctx.threads, mix_backward, blocks, *inputs, grad, *grads)
        return (
            torch.from_numpy(grad_x) if ctx.needs_input_grad[0] else None,
            None,
            torch.from_numpy(grad_choice).sum(0),
            torch.from_numpy(grad_table).sum(0),
        )


def in_threads(
    threads: int,
    kernel: Callable[..., None],
    blocks: int,
    *arrays: NDArray[np.generic] | np.generic,
) -> None:
    """Run a kernel over all blocks, of which each thread takes the next few until none is left.

    Numbers too small for float32's full precision are 0 there: as layers harden, products of
    probabilities become such, and some processors take a hundred times as long for each.
    """
    few = -(-blocks // (PIECES * threads)) if threads > 1 else blocks
    starts = iter(range(0, blocks, few))

    def work(_: int) -> None:
        torch.set_flush_denormal(True)  # of this thread
        try:
            for start in starts:
                kernel(start, min(start + few, blocks), *arrays)
        finally:
            torch.set_flush_denormal(False)

    helpers = _pool().map(work, range(1, min(threads, blocks)))
    work(0)
    list(helpers)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="train-kernel")


_apply: Callable[..., Tensor] = _MixGather.apply


@njit(nogil=True, fastmath=True, cache=True)
def mix_forward(
    first_block: int,
    end_block: int,
    x: Floats,
    candidates: NDArray[np.int32],
    choice: Floats,
    table: Floats,
    rows: Floats,
    pins: Floats,
    y: Floats,
) -> None:
    """Fill a range of blocks of the outputs y (gates, batch), and of what the gradient needs.

    rows: (blocks, features, BLOCK), the columns of x, zero after the last; pins: (blocks, gates, k,
    BLOCK), the mixed inputs
    """
    batch = x.shape[1]
    gates, k, count = candidates.shape
    tree = np.empty((0 if k == 2 else 1 << k, BLOCK), dtype=np.float32)
    for index in range(first_block, end_block):
        block = index & NOT_NEGATIVE
        start = block * BLOCK
        width = min(BLOCK, batch - start)
        _copy_block(x, start, width, rows[block])
        for g in range(gates):
            pin = pins[block, g]
            for i in range(k):
                first = (g * k + i) * count
                mix_rows(count, choice, candidates, first, rows[block], pin[i])
            if k == 2:
                apply_pair(table[g], pin, y[g, start : start + width])
            else:
                apply_tree(table[g], pin, tree)
                for w in range(width):
                    y[g, start + w] = tree[1, w]


@njit(nogil=True, fastmath=True, cache=True)
def mix_backward(
    first_block: int,
    end_block: int,
    candidates: NDArray[np.int32],
    choice: Floats,
    table: Floats,
    rows: Floats,
    pins: Floats,
    grad_y: Floats,
    grad_x: Floats,
    grad_choice: Floats,
    grad_table: Floats,
) -> None:
    """Fill a range of blocks of the gradients of x, unless grad_x is empty, choice and table."""
    features, batch = rows.shape[1], grad_y.shape[1]
    gates, k, count = candidates.shape
    room = 0 if k == 2 else 1 << k
    tree = np.empty((room, BLOCK), dtype=np.float32)
    slope = np.empty((room, BLOCK), dtype=np.float32)
    deep = len(grad_x) > 0
    for index in range(first_block, end_block):
        block = index & NOT_NEGATIVE
        start = block * BLOCK
        width = min(BLOCK, batch - start)
        grad_rows = np.zeros((features if deep else 0, BLOCK), dtype=np.float32)
        grad_pin = np.zeros((k, BLOCK), dtype=np.float32)
        for g in range(gates):
            pin, grad = pins[block, g], grad_y[g, start : start + width]
            if k == 2:
                pair_gradients(table[g], pin, grad, grad_table[block, g], grad_pin)
            else:
                apply_tree(table[g], pin, tree)
                tree_gradients(table[g], tree, pin, grad, slope, grad_table[block, g], grad_pin)
            for i in range(k):
                first, its = (g * k + i) * count, grad_pin[i]
                multiply_rows(count, its, candidates, first, rows[block], grad_choice[block])
                if deep:
                    add_to_rows(count, choice, candidates, first, its, grad_rows)
        if deep:
            for f in range(features):
                for w in range(width):
                    grad_x[f, start + w] = grad_rows[f, w]


@njit(cache=True)
def _copy_block(x: Floats, start: int, width: int, rows: Floats) -> None:
    """Put columns start … start + width − 1 of x side by side into rows, the rest zero."""
    for f in range(len(x)):
        for w in range(width):
            rows[f, w] = x[f, start + w]
        for w in range(width, BLOCK):
            rows[f, w] = 0
