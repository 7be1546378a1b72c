"""What a training run shows: a table that grows by a line an epoch, and a bar below it."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from train.metrics import Metrics

EVERY = 16  # steps between two advances, which cost more than a small network's step
HEADER = "  epoch    loss  relaxed  discretised     gap  unused gates  samples/s"


class TrainingProgress:
    """Lines on the error stream; the bar, with the time left, only where that is a terminal."""

    def __init__(self, steps: int, done: int, *, shown: bool) -> None:
        console = Console(stderr=True, quiet=not shown)
        self.waiting = 0
        self.headed = False
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.percentage:3.0f} %,"),
            TimeElapsedColumn(),
            TextColumn("gone,"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            disable=not (shown and console.is_terminal),
            transient=True,
            refresh_per_second=4,
        )
        self.task = self.bar.add_task("training", total=steps, completed=done)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def advance(self) -> None:
        self.waiting += 1
        if self.waiting == EVERY:
            self.bar.advance(self.task, EVERY)
            self.waiting = 0

    def show(self, metrics: Metrics) -> None:
        """A line for an epoch."""
        if not self.headed:
            self._print(HEADER)
            self.headed = True
        self._print(
            f"{metrics.epoch:7}{metrics.loss:8.4f}{metrics.relaxed:9.2%}{metrics.discretized:13.2%}"
            f"{100 * metrics.gap:8.2f}{metrics.unused_gates:14}{metrics.samples_per_second:11,.0f}"
        )

    def _print(self, line: str) -> None:
        self.bar.console.print(line, highlight=False, soft_wrap=True)
