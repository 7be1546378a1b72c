"""A layer whose gates choose from all rows of x by a softmax: a product that is never whole.

A tile of gates passes from logits to outputs while it stays in the cache: its probabilities are
made, multiplied with x and forgotten. The gradient makes them again and turns that of the
probabilities into that of the logits before it leaves the cache. So of all that is as large as the
logits, only their gradient is written. `train.kernels.plain` is the twin that it must equal.

Functions with sums in fast-math are inlined: called, they may be those of another compilation, with
other last bits, in a process that compiles the kernel than in one that has it from Numba's cache.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn.functional import pad

from train.kernels.compiled import in_threads
from train.kernels.sums import COLUMNS, ROWS, add_product
from train.kernels.tables import apply_pair, apply_tree, pair_gradients, tree_gradients

GATES = 32  # of a tile; a multiple of ROWS, so that only the last tile has rows to spare
TILES = 16  # that sum their gradient of x in one array, whatever the number of threads
LOG2_E = np.float32(1 / math.log(2))
TERMS = tuple(np.float32(math.log(2) ** n / math.factorial(n)) for n in range(8))  # of 2^x, |x| ≤ ½
SMALLEST = np.float32(-126)  # 2^this is the smallest normal number

Floats = NDArray[np.float32]


def mix_all(x: Tensor, logits: Tensor, temperature: float, table: Tensor) -> Tensor:
    """Outputs (gates, batch) of gates whose inputs are mixtures of all rows of x.

    x: (features, batch) float32; logits: (gates, k, features), which give the probabilities
    softmax(logits / temperature); table: (gates, 2^k)
    """
    return _apply(x, logits, temperature, table)


class _MixAll(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, logits: Tensor, temperature: float, table: Tensor) -> Tensor:
        ctx.save_for_backward(x, logits, table)
        gates, k, _ = logits.shape
        tiles = -(-gates // GATES)
        panels = _panels(x)  # columns of x
        pins = np.empty((tiles * GATES, k, len(panels) * COLUMNS), dtype=np.float32)
        y = np.empty((gates, x.shape[1]), dtype=np.float32)
        ctx.threads = torch.get_num_threads()  # in the backward pass torch has set its own number
        ctx.scale, ctx.pins = np.float32(1 / temperature), pins
        arrays = (panels, *map(_array, (logits, table)), ctx.scale, pins, y)
        in_threads(ctx.threads, all_forward, tiles, *arrays)
        return torch.from_numpy(y)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_y: Tensor) -> tuple[Tensor | None, ...]:
        x, logits, table = ctx.saved_tensors
        features, batch = x.shape
        panels = _panels(x.T)  # rows of x
        parts = -(-len(ctx.pins) // (GATES * TILES))
        shape = (parts, len(panels) * COLUMNS, ctx.pins.shape[2])
        grad_x = np.zeros(shape if ctx.needs_input_grad[0] else (0, 0, 0), dtype=np.float32)
        grad_logits = np.empty(logits.shape, dtype=np.float32)
        grad_table = np.empty(table.shape, dtype=np.float32)
        inputs = (panels, *map(_array, (logits, table)), ctx.scale, ctx.pins, _array(grad_y))
        grads = (grad_logits, grad_table, grad_x)
        in_threads(ctx.threads, all_backward, parts, *inputs, *grads)
        return (
            torch.from_numpy(grad_x).sum(0)[:features, :batch] if len(grad_x) else None,
            torch.from_numpy(grad_logits),
            None,
            torch.from_numpy(grad_table),
        )


_apply: Callable[..., Tensor] = _MixAll.apply


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().contiguous().numpy()


def _panels(matrix: Tensor) -> Floats:
    """Its columns side by side in panels (panels, rows, COLUMNS), zero after the last."""
    padded = pad(matrix.detach(), (0, -matrix.shape[1] % COLUMNS))
    return padded.view(len(padded), -1, COLUMNS).transpose(0, 1).contiguous().numpy()


@njit(nogil=True, fastmath=True, cache=True)
def all_forward(
    first_tile: int,
    end_tile: int,
    panels: Floats,
    logits: Floats,
    table: Floats,
    scale: np.float32,
    pins: Floats,
    y: Floats,
) -> None:
    """Fill a range of tiles of the outputs y (gates, batch), and of the mixed inputs.

    panels: (panels, features, COLUMNS) of x; pins: (tiles · GATES, k, columns), zero where x is
    """
    gates, k, features = logits.shape
    columns = pins.shape[2]
    choice = np.zeros((GATES * k, features), dtype=np.float32)
    tree = np.empty((0 if k == 2 else 1 << k, y.shape[1]), dtype=np.float32)
    for tile in range(first_tile, end_tile):
        first = tile * GATES
        here = min(GATES, gates - first)
        for g in range(here):
            for i in range(k):
                softmax(logits[first + g, i], scale, choice[g * k + i])
        mixed = pins[first : first + GATES].reshape(-1)
        mixed[:] = 0
        for panel in range(len(panels)):
            for row in range(0, here * k, ROWS):
                add_product(
                    features,
                    *(choice.reshape(-1), row * features, features, 1),
                    *(panels.reshape(-1), panel * features * COLUMNS, COLUMNS),
                    *(mixed, row * columns + panel * COLUMNS, columns),
                )
        for g in range(first, first + here):
            if k == 2:
                apply_pair(table[g], pins[g], y[g])
            else:
                apply_tree(table[g], pins[g], tree)
                y[g] = tree[1]


@njit(nogil=True, fastmath=True, cache=True)
def all_backward(
    first_part: int,
    end_part: int,
    panels: Floats,
    logits: Floats,
    table: Floats,
    scale: np.float32,
    pins: Floats,
    grad_y: Floats,
    grad_logits: Floats,
    grad_table: Floats,
    grad_x: Floats,
) -> None:
    """Fill the gradients for a range of parts of TILES tiles.

    panels: (panels, batch, COLUMNS) of x transposed; grad_x: (parts, padded features, columns),
    to which each part adds its own, unless it is empty
    """
    gates, k, features = logits.shape
    batch, columns, padded = grad_y.shape[1], pins.shape[2], len(panels) * COLUMNS
    room = 0 if k == 2 else 1 << k
    tree = np.empty((room, batch), dtype=np.float32)
    slope = np.empty((room, batch), dtype=np.float32)
    choice = np.zeros((GATES * k, padded), dtype=np.float32)
    grad_choice = np.empty((GATES * k, padded), dtype=np.float32)
    grad_pins = np.zeros((GATES * k, columns), dtype=np.float32)
    for part in range(first_part, end_part):
        for first in range(part * TILES * GATES, min((part + 1) * TILES * GATES, gates), GATES):
            here = min(GATES, gates - first)
            for g in range(here):
                pin, grad_pin = pins[first + g], grad_pins[g * k : (g + 1) * k]
                its = table[first + g], pin, grad_y[first + g], grad_table[first + g], grad_pin
                if k == 2:
                    pair_gradients(*its)
                else:
                    apply_tree(table[first + g], pin, tree)
                    tree_gradients(its[0], tree, pin, its[2], slope, its[3], grad_pin)
                for i in range(k):
                    softmax(logits[first + g, i], scale, choice[g * k + i, :features])
            grad_choice[:] = 0
            for panel in range(len(panels)):
                for row in range(0, here * k, ROWS):
                    add_product(
                        batch,
                        *(grad_pins.reshape(-1), row * columns, columns, 1),
                        *(panels.reshape(-1), panel * batch * COLUMNS, COLUMNS),
                        *(grad_choice.reshape(-1), row * padded + panel * COLUMNS, padded),
                    )
            for g in range(here):
                for i in range(k):
                    row = g * k + i
                    softmax_gradient(
                        choice[row], grad_choice[row], scale, grad_logits[first + g, i]
                    )
            if len(grad_x) > 0:
                for column in range(0, columns, COLUMNS):
                    for row in range(0, features, ROWS):
                        add_product(
                            here * k,
                            *(choice.reshape(-1), row, 1, padded),
                            *(grad_pins.reshape(-1), column, columns),
                            *(grad_x[part].reshape(-1), row * columns + column, columns),
                        )


@njit(nogil=True, fastmath=True, cache=True, inline="always")
def softmax(logits: Floats, scale: np.float32, choice: Floats) -> None:
    """Fill choice with the probabilities softmax(scale · logits)."""
    top = logits[0]
    for f in range(1, len(logits)):
        top = max(top, logits[f])
    total = np.float32(0)
    for f in range(len(logits)):
        weight = exponential((logits[f] - top) * scale)
        choice[f] = weight
        total += weight
    share = np.float32(1) / total
    for f in range(len(logits)):
        choice[f] *= share


@njit(nogil=True, fastmath=True, cache=True, inline="always")
def softmax_gradient(
    choice: Floats, grad_choice: Floats, scale: np.float32, grad_logits: Floats
) -> None:
    """Fill the gradient of the logits for that of the choice that they gave."""
    mean = np.float32(0)
    for f in range(len(grad_logits)):
        mean += choice[f] * grad_choice[f]
    for f in range(len(grad_logits)):
        grad_logits[f] = scale * choice[f] * (grad_choice[f] - mean)


@njit(nogil=True, fastmath=True, cache=True, inline="always")
def exponential(x: np.float32) -> np.float32:
    """e^x for x ≤ 0, or 0 where that is no normal number.

    The compiler makes vectors of it, which it cannot of a call of the C library.
    """
    power = max(x * LOG2_E, SMALLEST)
    whole = np.floor(power + np.float32(0.5))
    rest = power - whole
    series = TERMS[7]
    for n in range(6, -1, -1):
        series = series * rest + TERMS[n]
    scale = np.int32((np.int32(whole) + 127) << 23).view(np.float32)
    return scale * series if power > SMALLEST else np.float32(0)
