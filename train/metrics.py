"""What is measured after each epoch."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Metrics:
    """One line of metrics.jsonl.

    loss: mean cross-entropy over the epoch's training batches
    relaxed, discretized: shares of the validation part that are right before and after all choices
    connection_temperatures, gate_temperatures: T_c and T_g of each layer at the epoch's end
    """

    epoch: int
    loss: float
    relaxed: float
    discretized: float
    connection_temperatures: list[float]
    gate_temperatures: list[float]
    seconds: float

    @property
    def gap(self) -> float:
        """What discretisation costs."""
        return self.relaxed - self.discretized

    def record(self) -> dict[str, object]:
        return asdict(self) | {"gap": self.gap}
