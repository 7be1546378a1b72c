"""The layer's arithmetic in plain torch operations: the twin that the compiled kernel must equal.

A gate is its truth table t, bit m of which belongs to inputs a = m & 1 and b = m >> 1. Between the
corners it is the multilinear function t0 + (t1 − t0) a + (t2 − t0) b + (t3 − t2 − t1 + t0) ab.
"""

import torch
from torch import Tensor


def apply_gates(a: Tensor, b: Tensor, table: Tensor) -> Tensor:
    """Outputs (gates, batch) of truth tables (gates, 4) for inputs a and b (gates, batch)."""
    t0, t1, t2, t3 = table.unsqueeze(-1).unbind(1)  # (gates, 1) each
    return t0 + (t1 - t0) * a + (t2 - t0) * b + (t3 - t2 - t1 + t0) * (a * b)


def mix_gather(x: Tensor, candidates: Tensor, choice: Tensor, table: Tensor) -> Tensor:
    """Outputs (gates, batch) of gates whose inputs are mixtures of candidate rows of x.

    x: (features, batch); candidates: (gates, 2, candidates) rows of x; choice: their
    probabilities, of the same shape; table: (gates, 4)
    """
    mixed = torch.einsum("gic,gicn->ign", choice, x[candidates])  # (2, gates, batch)
    return apply_gates(mixed[0], mixed[1], table)


def mix_all(x: Tensor, choice: Tensor, table: Tensor) -> Tensor:
    """The same where all rows of x are candidates, in order: choice is (gates, 2, features)."""
    return apply_gates(choice[:, 0] @ x, choice[:, 1] @ x, table)
