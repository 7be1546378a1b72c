"""Which nodes of the layer before a gate's inputs may choose from, at first."""

import torch
from torch import Tensor

Shape = tuple[int, int, int]
"""Gates, inputs of a gate, candidates of an input."""


def draw_distinct(n_inputs: int, shape: Shape, seed: torch.Generator) -> Tensor:
    """Uniform rows of 0 … n_inputs − 1 without repetition along the last dimension, int32."""
    gates, pins, count = shape
    rows = [
        torch.randperm(n_inputs, generator=seed, dtype=torch.int32)[:count]
        for _ in range(gates * pins)
    ]
    return torch.stack(rows).reshape(shape)


def draw_covering(n_inputs: int, shape: Shape, seed: torch.Generator) -> Tensor:
    """As `draw_distinct`, and every row is a candidate equally often, give or take one.

    The candidates are dealt from one shuffled pack after another. Where an input gets the end of
    one pack and the beginning of the next, what would repeat is put further down in the next.
    """
    gates, pins, count = shape
    total = gates * pins * count
    packs: list[Tensor] = []
    dealt = 0
    while dealt < total:
        pack = torch.randperm(n_inputs, generator=seed, dtype=torch.int32)
        over = dealt % count  # candidates that the unfinished input has
        if over:
            pack = _without_first(pack, packs[-1][-over:], count - over)
        packs.append(pack)
        dealt += n_inputs
    return torch.cat(packs)[:total].reshape(shape).contiguous()


def _without_first(pack: Tensor, taken: Tensor, first: int) -> Tensor:
    """The pack with none of `taken` among its first so many."""
    later = torch.isin(pack, taken)
    fresh, rest = pack[~later], pack[later]
    return torch.cat([fresh[:first], rest, fresh[first:]])
