"""The progress bar of a training run."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from train.metrics import Metrics

EVERY = 16  # steps between two advances, which cost more than a small network's step


class TrainingProgress:
    """A bar on the error stream over all steps, with the last epoch's figures beside it."""

    def __init__(self, steps: int, *, shown: bool) -> None:
        self.waiting = 0
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.percentage:3.0f} %"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not shown,
            refresh_per_second=4,
        )
        self.task = self.progress.add_task("training", total=steps)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.progress.advance(self.task, self.waiting)
        self.progress.stop()

    def advance(self) -> None:
        self.waiting += 1
        if self.waiting == EVERY:
            self.progress.advance(self.task, EVERY)
            self.waiting = 0

    def show(self, metrics: Metrics) -> None:
        self.progress.update(
            self.task,
            description=(
                f"epoch {metrics.epoch}, loss {metrics.loss:.4f}, validation: relaxed "
                f"{metrics.relaxed:.2%}, discretised {metrics.discretized:.2%}"
            ),
        )
