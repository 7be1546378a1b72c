"""What the runs of a cell have given so far."""

from dataclasses import dataclass
from statistics import mean, stdev

from benchmarks.paper.plan import Budget, Cell, configs
from benchmarks.runs import SEEDS, Result, kept


@dataclass(frozen=True)
class Found:
    """Results of the seeds that have been run, at least one."""

    runs: tuple[Result, ...]

    @property
    def percent(self) -> float:
        """Mean test accuracy, discretised."""
        return mean(self._percents)

    @property
    def spread(self) -> float | None:
        """The standard deviation over seeds, in points."""
        return stdev(self._percents) if len(self.runs) > 1 else None

    @property
    def seconds(self) -> float:
        """Of a run."""
        return mean(run.seconds for run in self.runs)

    @property
    def text(self) -> str:
        seeds = len(self.runs)
        spread = "" if self.spread is None else f" ± {self.spread:.2f}"
        missing = "" if seeds == len(SEEDS) else f" ({seeds} seed{'s' * (seeds > 1)})"
        return f"{self.percent:.2f}{spread} %{missing}"

    @property
    def _percents(self) -> list[float]:
        return [100 * run.accuracy["discretized"] for run in self.runs]


def found(cell: Cell, budget: Budget) -> Found | None:
    """What is kept of a cell's runs, if there has been one."""
    if cell not in budget:
        return None
    runs = tuple(result for config in configs(cell, budget) if (result := kept(config)))
    return Found(runs) if runs else None
