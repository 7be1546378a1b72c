"""The layer's arithmetic in plain torch operations: the twin that the compiled kernel must equal.

A gate is its truth table, bit m of which belongs to inputs x_j = bit j of m. Between the corners it
is the multilinear function that has them: interpolation in one input after another.
"""

import torch
from torch import Tensor


def apply_gates(inputs: Tensor, table: Tensor) -> Tensor:
    """Outputs (gates, batch) of truth tables (gates, 2^k) for inputs (k, gates, batch)."""
    if len(inputs) == 2:
        a, b = inputs
        t0, t1, t2, t3 = table.unsqueeze(-1).unbind(1)  # (gates, 1) each
        y: Tensor = t0 + (t1 - t0) * a + (t2 - t0) * b + (t3 - t2 - t1 + t0) * (a * b)
        return y
    corners = table.unsqueeze(-1)  # (gates, 2^k, 1), then half as many for each input
    for x in inputs.unsqueeze(2):  # (gates, 1, batch)
        corners = corners[:, 0::2] + (corners[:, 1::2] - corners[:, 0::2]) * x
    return corners[:, 0].expand(-1, inputs.shape[-1])


def mix_gather(x: Tensor, candidates: Tensor, choice: Tensor, table: Tensor) -> Tensor:
    """Outputs (gates, batch) of gates whose inputs are mixtures of candidate rows of x.

    x: (features, batch); candidates: (gates, k, candidates) rows of x; choice: their
    probabilities, of the same shape; table: (gates, 2^k)
    """
    return apply_gates(torch.einsum("gic,gicn->ign", choice, x[candidates]), table)


def mix_all(x: Tensor, choice: Tensor, table: Tensor) -> Tensor:
    """The same where all rows of x are candidates, in order: choice is (gates, k, features)."""
    return apply_gates(choice.transpose(0, 1) @ x, table)
