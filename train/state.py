"""Where a descent is between two steps: all that it changes, and nothing else."""

import time
from collections import defaultdict

import torch
from torch import Tensor
from torch.optim import Optimizer

from train.checkpoint import Arrays, Position, SearchPosition
from train.metrics import Metrics
from train.model import LogicModel


class State:
    """A model in training, with its optimizer and its generator of random numbers.

    step: that comes next, counted over all epochs; loss_sum: over this epoch's steps, float64
        where the model is, so that no step waits for its value
    history: what was measured after each epoch
    descended: whether training has ended
    """

    def __init__(self, model: LogicModel, optimizer: Optimizer, generator: torch.Generator) -> None:
        self.model = model
        self.optimizer = optimizer
        self.generator = generator
        self.step = 0
        self.loss_sum = torch.zeros((), dtype=torch.float64, device=model.device)
        self.history: list[Metrics] = []
        self.descended = False
        self._started = self._epoch_started = time.perf_counter()
        self._epoch_began_with = generator.get_state()
        self._resumed_with: Tensor | None = None
        self._kept: dict[str, dict[str, Tensor]] = {}

    @property
    def seconds(self) -> float:
        """Since the run began; what it was interrupted for does not count."""
        return time.perf_counter() - self._started

    @property
    def epoch_seconds(self) -> float:
        return time.perf_counter() - self._epoch_started

    def begin_epoch(self, n_points: int) -> Tensor:
        """The order of the epoch's points; the same again where a run goes on within an epoch."""
        self._epoch_began_with = self.generator.get_state()
        order = torch.randperm(n_points, generator=self.generator)
        if self._resumed_with is None:
            self.loss_sum.zero_()
            self._epoch_started = time.perf_counter()
        else:
            self.generator.set_state(self._resumed_with)
            self._resumed_with = None
        return order

    def keep(self, name: str) -> None:
        """Keep the model as it is now under a name."""
        self._kept[name] = {key: tensor.clone() for key, tensor in self.model.state_dict().items()}

    @torch.no_grad()
    def recall(self, name: str) -> bool:
        """Make the model what was kept under a name, if there is such."""
        for key, tensor in self._kept.get(name, {}).items():
            self.model.state_dict()[key].copy_(tensor)
        return name in self._kept

    def arrays(self) -> Arrays:
        """All tensors by name; those in memory are not copied."""
        tensors = {"generator": self.generator.get_state(), "epoch": self._epoch_began_with}
        tensors |= {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        for name, model in self._kept.items():
            tensors |= {f"kept.{name}.{key}": tensor for key, tensor in model.items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{key}": moment for key, moment in moments.items()}
        return {name: tensor.cpu().numpy() for name, tensor in tensors.items()}

    def position(self, search: SearchPosition | None = None) -> Position:
        return Position(
            step=self.step,
            descended=self.descended,
            loss_sum=self.loss_sum.item(),
            epoch_seconds=self.epoch_seconds,
            seconds=self.seconds,
            history=self.history,
            search=search,
        )

    @torch.no_grad()
    def restore(self, arrays: Arrays, position: Position) -> None:
        """Be where `arrays` and `position` were taken; KeyError or RuntimeError if they misfit."""
        own, moments = self.model.state_dict(), defaultdict[int, dict[str, Tensor]](dict)
        for name, tensor in own.items():
            tensor.copy_(torch.tensor(arrays[f"model.{name}"]))
        for name, array in arrays.items():
            kind, _, rest = name.partition(".")
            group, _, key = rest.partition(".")
            if kind == "kept":
                self._kept.setdefault(group, {})[key] = torch.tensor(array)
            elif kind == "optimizer":
                moments[int(group)][key] = torch.tensor(array)
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": dict(moments), "param_groups": groups})
        self.generator.set_state(torch.tensor(arrays["epoch"]))
        self._resumed_with = torch.tensor(arrays["generator"])
        self.loss_sum.fill_(position.loss_sum)
        self.step, self.descended = position.step, position.descended
        self.history = list(position.history)
        now = time.perf_counter()
        self._epoch_started, self._started = now - position.epoch_seconds, now - position.seconds
