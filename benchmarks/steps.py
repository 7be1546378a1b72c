"""Training steps that are compared: ours and others', from the same parameters and samples."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchmarks import torchlogix
from benchmarks.naive import NaiveModel
from train.estimators import Estimator
from train.kernels.dense import mix_all
from train.layer import LogicLayer
from train.model import LogicModel

BATCH = 256

Step = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """Softmax gates; `widths` are the input bits and then the gates of each layer."""

    widths: tuple[int, ...]
    candidates: int
    classes: int = 10

    @property
    def name(self) -> str:
        count = "all" if self.reads_all else self.candidates
        return f"{'→'.join(map(str, self.widths))}, N_c {count}"

    @property
    def reads_all(self) -> bool:
        return self.candidates == self.widths[0]

    @property
    def small(self) -> "Case":
        """One that needs the same code and next to no memory."""
        return Case((24, *(40 for _ in self.widths[1:])), 24 if self.reads_all else 8, self.classes)

    def model(self, connections: Estimator = "softmax") -> LogicModel:
        seed = torch.Generator().manual_seed(0)
        layers = [
            LogicLayer(*pair, self.candidates, "softmax", seed, connection_estimator=connections)
            for pair in pairwise(self.widths)
        ]
        return LogicModel(layers, self.classes, tau=10.0)

    def batch(self) -> tuple[Tensor, Tensor]:
        """Samples (input bits, batch), and their labels."""
        seed = torch.Generator().manual_seed(1)
        x = torch.randint(2, (self.widths[0], BATCH), generator=seed).float()
        return x, torch.randint(self.classes, (BATCH,), generator=seed)


Prepare = Callable[[Case], Step]


def ours(case: Case) -> Step:
    """A mixture of candidates a gate input."""
    return _ours(case, case.model())


def ours_hard(case: Case) -> Step:
    """The most probable candidate a gate input, as torchlogix; gradients go to all candidates."""
    return _ours(case, case.model("straight-through"))


def naive(case: Case) -> Step:
    x, labels = case.batch()
    return _step(NaiveModel(case.model()), (x.T.contiguous(),), labels)


def torchlogix_step(case: Case) -> Step:
    x, labels = case.batch()
    return _step(torchlogix.model(case.model()), (x.T.contiguous(),), labels)


def kernel(case: Case) -> Step:
    """`train.kernels.dense` forward and backward, from logits to their gradients."""
    x, _ = case.batch()
    (layer,) = case.model().layers
    table = layer.table(1.0).detach().requires_grad_()
    grad = torch.randn(len(table), BATCH)

    def step() -> None:
        layer.connection_logits.grad = table.grad = None
        torch.autograd.backward(mix_all(x, layer.connection_logits, 1.0, table), grad)

    return step


def products(case: Case) -> Step:
    """The two matrix products alone, by torch: pins = choice x, and for choice grad_pins xᵀ."""
    x, _ = case.batch()
    (layer,) = case.model().layers
    choice = layer.connection_logits.detach().flatten(0, 1)
    transposed, grad_pins = x.T.contiguous(), torch.randn(len(choice), BATCH)
    return lambda: (torch.mm(choice, x), torch.mm(grad_pins, transposed))


def _ours(case: Case, model: LogicModel) -> Step:
    x, labels = case.batch()
    return _step(model, (x, [(1.0, 1.0)] * len(model.layers)), labels)


def _step(model: nn.Module, inputs: tuple[object, ...], labels: Tensor) -> Step:
    """Forward, cross-entropy, backward and Adam."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, fused=True)

    def step() -> None:
        loss = cross_entropy(model(*inputs), labels)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()

    return step
