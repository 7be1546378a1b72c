"""A layer of gates that learn what they compute and what they read."""

from typing import Literal

import torch
from torch import Tensor, nn

from train.candidates import draw_covering, draw_distinct
from train.estimators import Estimator, choose, decide, perturbed
from train.kernels import dense, plain
from train.kernels.gather import mix_gather
from train.kernels.one_layer import class_sums

Gates = Literal["table", "softmax", "softmax-14"]
Draw = Literal["random", "coverage"]
Start = Literal["pass", "random"]

FUNCTIONS = torch.tensor([[f >> m & 1 for m in range(4)] for f in range(16)], dtype=torch.float32)
"""(16, 4): the truth tables of all functions of two inputs; row f is table f in LUT-INIT order."""

CHOICES = {"softmax": FUNCTIONS, "softmax-14": FUNCTIONS[1:15]}
"""What a gate chooses from by a softmax: all functions, or all but the constants."""

PASS_FIRST = 0b1010  # the function that gives its first input


class LogicLayer(nn.Module):
    """Gates of k inputs over the layer before, in layout (features, batch).

    Each input is a mixture of candidates by softmax(logits / T_c), eq. (2) of the paper; each gate
    is a truth table of 2^k probabilities: sigmoid(logits / T_g), or for two inputs the mixture of
    functions by softmax(logits / T_g), eq. (1). Other estimators take the most probable. Gates
    start as residual gates, which mostly pass their first input, or at random.

    Members
    -------
    candidates: (gates, k, candidates) rows of the layer before, distinct for each input; all of
        them in order where there are as many as rows
    connection_logits: of the same shape
    gate_logits: (gates, 2^k) for "table", (gates, functions) for the softmaxes
    functions: (functions, 4) truth tables that a softmax chooses from
    frozen_at: T_c and T_g at which all choices are made for good, and no longer trained
    """

    candidates: Tensor
    functions: Tensor

    def __init__(
        self,
        n_inputs: int,
        n_gates: int,
        n_candidates: int,
        gates: Gates,
        seed: torch.Generator,
        *,
        fanin: int = 2,
        draw: Draw = "random",
        start: Start = "pass",
        connection_estimator: Estimator = "softmax",
        gate_estimator: Estimator = "softmax",
        frozen_at: float = 0.0,
    ) -> None:
        super().__init__()
        self.n_inputs = n_inputs
        self.gates = gates
        self.seed = seed
        self.connection_estimator, self.gate_estimator = connection_estimator, gate_estimator
        self.frozen_at = frozen_at
        self.reads_all = n_candidates == n_inputs
        shape = (n_gates, fanin, n_candidates)
        if self.reads_all:
            candidates = torch.arange(n_inputs, dtype=torch.int32).expand(shape)
        else:
            drawn = draw_covering if draw == "coverage" else draw_distinct
            candidates = drawn(n_inputs, shape, seed)
        self.register_buffer("candidates", candidates, persistent=not self.reads_all)
        self.register_buffer("functions", CHOICES.get(gates), persistent=False)
        self.connection_logits = nn.Parameter(torch.randn(shape, generator=seed))
        residual = residual_logits(gates, fanin).repeat(n_gates, 1)
        self.gate_logits = nn.Parameter(
            torch.randn(residual.shape, generator=seed) if start == "random" else residual
        )

    def forward(self, x: Tensor, connection_temperature: float, gate_temperature: float) -> Tensor:
        """Outputs (gates, batch) for x (features, batch), at the temperatures T_c and T_g."""
        if max(connection_temperature, gate_temperature) <= self.frozen_at:
            return self.evaluate_hard(x)
        table = self.table(gate_temperature)
        if self.reads_all and self.connection_estimator == "softmax" and x.is_cpu:
            return dense.mix_all(x, self.connection_logits, connection_temperature, table)
        choice = choose(
            self.connection_logits, connection_temperature, self.connection_estimator, self.seed
        )
        if self.reads_all:
            return plain.mix_all(x, choice, table)
        return mix_gather(x, self.candidates, choice, table)

    def class_sums(self, x: Tensor, gate_temperature: float, n_classes: int) -> Tensor | None:
        """Sums (batch, classes) of the outputs at the cost of few products, if that can be.

        It can be for gates of two inputs with hard connections to all rows of an x that needs no
        gradient.
        """
        hard = self.connection_estimator != "softmax"
        if not (self.reads_all and hard and self.candidates.shape[1] == 2) or x.requires_grad:
            return None
        logits = perturbed(self.connection_logits, self.connection_estimator, self.seed)
        return class_sums(x, logits, self.table(gate_temperature), n_classes)

    def table(self, temperature: float) -> Tensor:
        """Truth tables (gates, 2^k) of probabilities."""
        estimator, seed = self.gate_estimator, self.seed
        if self.gates == "table":
            return decide(self.gate_logits, temperature, estimator, seed)
        return choose(self.gate_logits, temperature, estimator, seed) @ self.functions

    def evaluate_hard(self, x: Tensor) -> Tensor:
        """Outputs (gates, batch) with all choices made."""
        rows = self.hard_connections()[..., None]
        return mix_gather(x, rows, x.new_ones(rows.shape), self.hard_table())

    @torch.no_grad()
    def hard_connections(self) -> Tensor:
        """The row of the most probable candidate of each input, (gates, k); the first of equals."""
        chosen = self.connection_logits.argmax(-1, keepdim=True)
        return self.candidates.gather(-1, chosen)[..., 0]

    @torch.no_grad()
    def hard_table(self) -> Tensor:
        """The most probable tables (gates, 2^k) of zeros and ones; the first of equals, or zero."""
        if self.gates == "table":
            return (self.gate_logits > 0).float()
        return self.functions[self.gate_logits.argmax(-1)]


def residual_logits(gates: Gates, fanin: int) -> Tensor:
    """Logits of one gate that gives its first input with a probability of about 0.9."""
    if gates == "table":
        return 5.0 * (torch.arange(2**fanin) & 1).float() - 2.5
    return 5.0 * (CHOICES[gates] == FUNCTIONS[PASS_FIRST]).all(-1).float()
