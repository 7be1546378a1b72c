"""A layer of gates that learn what they compute and what they read."""

from typing import Literal

import torch
from torch import Tensor, nn

from train.kernels.compiled import mix_gather
from train.kernels.plain import mix_all

Gates = Literal["table", "softmax"]

FUNCTIONS = torch.tensor([[f >> m & 1 for m in range(4)] for f in range(16)], dtype=torch.float32)
"""(16, 4): the truth tables of all functions of two inputs; row f is table f in LUT-INIT order."""

PASS_FIRST = 0b1010  # the function that gives its first input


class LogicLayer(nn.Module):
    """Gates of two inputs over the layer before, in layout (features, batch).

    Each input is a mixture of candidates by softmax(logits / T_c), eq. (2) of the paper; each gate
    is a truth table of four probabilities: sigmoid(logits / T_g), or the mixture of the sixteen
    functions by softmax(logits / T_g), eq. (1). It begins as the residual gate, which mostly
    passes its first input.

    Members
    -------
    candidates: (gates, 2, candidates) rows of the layer before, distinct for each input; all of
        them in order where there are as many as rows
    connection_logits: of the same shape
    gate_logits: (gates, 4) for "table", (gates, 16) for "softmax"
    """

    candidates: Tensor

    def __init__(
        self, n_inputs: int, n_gates: int, n_candidates: int, gates: Gates, seed: torch.Generator
    ) -> None:
        super().__init__()
        self.n_inputs = n_inputs
        self.gates = gates
        self.reads_all = n_candidates == n_inputs
        shape = (n_gates, 2, n_candidates)
        if self.reads_all:
            candidates = torch.arange(n_inputs, dtype=torch.int32).expand(shape)
        else:
            candidates = draw_distinct(n_inputs, shape, seed)
        self.register_buffer("candidates", candidates)
        self.connection_logits = nn.Parameter(torch.randn(shape, generator=seed))
        self.gate_logits = nn.Parameter(residual_logits(gates).repeat(n_gates, 1))

    def forward(self, x: Tensor, connection_temperature: float, gate_temperature: float) -> Tensor:
        """Outputs (gates, batch) for x (features, batch), at the temperatures T_c and T_g."""
        choice = (self.connection_logits / connection_temperature).softmax(-1)
        return self.evaluate(x, choice, self.table(gate_temperature))

    def table(self, temperature: float) -> Tensor:
        """Truth tables (gates, 4) of probabilities."""
        if self.gates == "table":
            return (self.gate_logits / temperature).sigmoid()
        return (self.gate_logits / temperature).softmax(-1) @ FUNCTIONS

    def evaluate(self, x: Tensor, choice: Tensor, table: Tensor) -> Tensor:
        """Outputs (gates, batch) for given probabilities of candidates and given truth tables."""
        if self.reads_all:
            return mix_all(x, choice, table)
        return mix_gather(x, self.candidates, choice, table)


def residual_logits(gates: Gates) -> Tensor:
    """Logits of one gate that gives its first input with a probability of about 0.9."""
    if gates == "table":
        return 5.0 * FUNCTIONS[PASS_FIRST] - 2.5
    return 5.0 * nn.functional.one_hot(torch.tensor(PASS_FIRST), 16).float()


def draw_distinct(n_inputs: int, shape: tuple[int, int, int], seed: torch.Generator) -> Tensor:
    """Uniform rows of 0 … n_inputs − 1 without repetition along the last dimension, int32."""
    gates, pins, count = shape
    rows = [
        torch.randperm(n_inputs, generator=seed, dtype=torch.int32)[:count]
        for _ in range(gates * pins)
    ]
    return torch.stack(rows).reshape(shape)
