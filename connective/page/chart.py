"""Curves and clouds of points as coordinates of an SVG; templates/chart.html draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 480, 230
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 12, 40  # room for the ticks and the names of the axes
MOST_POINTS = 400  # of a curve; more cannot be told apart


@dataclass(frozen=True)
class Axis:
    """Values from `low` to `high` on pixels from `start` to `end`, with a tick at round values."""

    name: str
    low: float
    high: float
    start: int
    end: int

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Pixel and text of each tick."""
        step = _step(self.high - self.low)
        numbers = range(ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9) + 1)
        digits = max(0, -floor(log10(step) + 1e-9))
        return [(self(n * step), f"{n * step:,.{digits}f}") for n in numbers]


@dataclass(frozen=True)
class Point:
    """A point of a cloud: where, whether it is filled, and what is said of it."""

    x: float
    y: float
    filled: bool
    text: str


@dataclass(frozen=True)
class Chart:
    """Axes, and what lies between them: `lines` by name as SVG wants their points, and points.

    `text` says in words what is seen; `staircase` is the line of a Pareto front.
    """

    text: str
    x: Axis
    y: Axis
    lines: dict[str, str]
    points: tuple[Point, ...] = ()
    staircase: str = ""
    width: int = WIDTH
    height: int = HEIGHT


def axes(
    x: tuple[str, float, float], y: tuple[str, float, float], width: int = WIDTH
) -> tuple[Axis, Axis]:
    """Axes for values in these ranges, a little more than them."""
    return (
        Axis(*_roomy(*x), LEFT, width - RIGHT),
        Axis(*_roomy(*y), HEIGHT - BOTTOM, TOP),
    )


def curves(
    text: str, x_name: str, y_name: str, x: Sequence[float], lines: dict[str, Sequence[float]]
) -> Chart:
    """Lines over the same x, each thinned to as many points as can be seen."""
    values = [value for line in lines.values() for value in line]
    horizontal, vertical = axes((x_name, min(x), max(x)), (y_name, min(values), max(values)))
    horizontal = Axis(x_name, min(x), max(max(x), min(x) + 1), horizontal.start, horizontal.end)
    step = ceil(len(x) / MOST_POINTS)
    kept = sorted({*range(0, len(x), step), len(x) - 1})
    drawn = {
        name: " ".join(f"{horizontal(x[i])},{vertical(line[i])}" for i in kept)
        for name, line in lines.items()
    }
    return Chart(text, horizontal, vertical, drawn)


def _roomy(name: str, low: float, high: float) -> tuple[str, float, float]:
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return name, low - room if low else 0.0, high + room


def _step(span: float) -> float:
    """The distance between ticks: 1, 2 or 5 times a power of ten, for four to nine of them."""
    power = 10.0 ** floor(log10(span / 4))
    return next(step * power for step in (5, 2, 1) if step * power <= span / 4)
