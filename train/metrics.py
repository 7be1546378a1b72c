"""What is measured after each epoch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Metrics:
    """One line of metrics.jsonl.

    loss: mean cross-entropy over the epoch's training batches
    relaxed, discretized: shares of the validation part that are right before and after all choices
    unused_gates: those of the discretised network that no output depends on
    connection_temperatures, gate_temperatures: T_c and T_g of each layer at the epoch's end
    samples_per_second: of training, without the validation
    seconds: of the whole epoch
    """

    epoch: int
    loss: float
    relaxed: float
    discretized: float
    unused_gates: int
    connection_temperatures: list[float]
    gate_temperatures: list[float]
    samples_per_second: float
    seconds: float

    @property
    def gap(self) -> float:
        """What discretisation costs."""
        return self.relaxed - self.discretized

    def record(self) -> dict[str, object]:
        return asdict(self) | {"gap": self.gap}


def best_epoch(history: Sequence[Metrics], first: int) -> Metrics:
    """Of the epochs from number `first` on, the first with the best discretised accuracy."""
    hardened = (metrics for metrics in history if metrics.epoch >= first)
    return max(hardened, key=lambda metrics: metrics.discretized)
