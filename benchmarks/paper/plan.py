"""What is trained: the networks of the paper's figures, and two budgets for them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from benchmarks.runs import SEEDS, Case
from train.config import TrainingConfig

Data = Literal["yin-yang", "mnist", "fashion-mnist"]

NAMES: dict[Data, str] = {
    "yin-yang": "Yin-Yang",
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
}
WIDTHS: dict[Data, tuple[int, ...]] = {
    "yin-yang": (100, 500),
    "mnist": (1000, 4000, 8000),
    "fashion-mnist": (4000, 8000),
}
DEPTHS = range(1, 7)
CANDIDATES = (8, 16)
FIRST_CANDIDATES = 12  # of Yin-Yang's 24 input bits
ANNEALED: dict[Data, tuple[float, float]] = {
    "yin-yang": (60 / 100, 80 / 100),
    "mnist": (160 / 240, 200 / 240),
    "fashion-mnist": (160 / 240, 200 / 240),
}
"""From when to when T_c falls, as fractions of the training; from then to the end T_g does."""
FIXED_ANNEALED = 80 / 100  # from when T_g falls, of all data sets, where there is no T_c
POINTS: dict[Data, int] = {"yin-yang": 180_000, "mnist": 54_000, "fashion-mnist": 54_000}
INPUTS: dict[Data, int] = {"yin-yang": 24, "mnist": 784, "fashion-mnist": 2352}
A_GATE, A_STEP = 8, 2000  # cost as much as so many candidates, and
DENSE = 13  # as one, where all nodes are candidates; by eye, from a few runs


@dataclass(frozen=True)
class Cell:
    """A network of the paper's figures, of `depth` layers of `width` gates.

    candidates: N_c of each layer, but for the first one of Yin-Yang; 1 is fixed connections
    """

    data: Data
    depth: int
    width: int
    candidates: int | Literal["all"]

    @property
    def fixed(self) -> bool:
        return self.candidates == 1

    @property
    def connections(self) -> str:
        if self.fixed:
            return "fixed"
        return "all connections" if self.candidates == "all" else f"N_c {self.candidates}"

    @property
    def name(self) -> str:
        return f"{NAMES[self.data]} {self.depth}×{self.width}, {self.connections}"

    @property
    def choices(self) -> list[int] | Literal["all"]:
        """N_c by layer, as a configuration has it."""
        if self.candidates == "all":
            return "all"
        choices = [self.candidates] * self.depth
        if self.data == "yin-yang" and not self.fixed:
            choices[0] = FIRST_CANDIDATES
        return choices


@dataclass(frozen=True)
class Budget:
    """How long each data set is trained: epochs with fixed connections, and with learned ones."""

    name: str
    title: str
    epochs: dict[Data, tuple[int, int]]
    depths: tuple[int, ...]
    most_gates: int

    def __contains__(self, cell: Cell) -> bool:
        return cell.depth in self.depths and cell.depth * cell.width <= self.most_gates

    def epochs_of(self, cell: Cell) -> int:
        fixed, learned = self.epochs[cell.data]
        return fixed if cell.fixed else learned


SHORT = Budget(
    "short",
    "short budget",
    {"yin-yang": (20, 20), "mnist": (20, 24), "fashion-mnist": (20, 24)},
    depths=(1, 2, 4, 6),
    most_gates=16_000,
)
PAPER = Budget(
    "paper",
    "paper's settings",
    {"yin-yang": (100, 100), "mnist": (200, 240), "fashion-mnist": (200, 240)},
    depths=(*DEPTHS, 8),
    most_gates=64_000,
)
BUDGETS = {budget.name: budget for budget in (SHORT, PAPER)}

SINGLE, DOUBLE = Cell("mnist", 1, 8000, "all"), Cell("mnist", 2, 8000, "all")
WIDEST = Cell("fashion-mnist", 8, 8000, 16)
FIGURES: dict[Data, tuple[Cell, ...]] = {
    data: tuple(
        Cell(data, depth, width, candidates)
        for width in widths
        for depth in DEPTHS
        for candidates in (1, *CANDIDATES)
    )
    for data, widths in WIDTHS.items()
}
CELLS = (*(cell for cells in FIGURES.values() for cell in cells), SINGLE, DOUBLE, WIDEST)
LARGE = (DOUBLE, WIDEST)  # for a GPU
REGIONS = Cell("yin-yang", 2, 500, 16)  # of figure 1

PRINTED: dict[Cell, float] = {
    Cell("yin-yang", 2, 100, 16): 96.98,
    REGIONS: 99.22,
    Cell("yin-yang", 4, 500, 1): 96.08,
    Cell("mnist", 1, 1000, 16): 92.83,
    SINGLE: 98.19,
}
"""Percent that the paper prints."""

PUBLISHED = PRINTED | {
    DOUBLE: 98.92,
    Cell("fashion-mnist", 2, 4000, 16): 87.16,
    WIDEST: 90.26,
}
"""Beside these the best percent that is known to be published for as many gates, by whomever."""


def queue(budget: Budget, only: str = "") -> list[Cell]:
    """The cells of a budget whose names have `only` in them, in the order of training.

    Those with a published figure come first, and then the cheapest.
    """
    chosen = [cell for cell in CELLS if _plain(only) in _plain(cell.name)]
    return sorted(
        distinct(chosen, budget), key=lambda cell: (cell not in PUBLISHED, work(cell, budget))
    )


def distinct(cells: Iterable[Cell], budget: Budget) -> list[Cell]:
    """The cells of a budget without those that are the same network: of one layer on Yin-Yang."""
    return list({case(cell, budget).changes: cell for cell in cells if cell in budget}.values())


def configs(cell: Cell, budget: Budget) -> Iterator[TrainingConfig]:
    """A configuration for each seed."""
    return (_config(case(cell, budget), seed) for seed in SEEDS)


def case(cell: Cell, budget: Budget) -> Case:
    """The paper's settings, with as many epochs as the budget has."""
    start, middle = ANNEALED[cell.data]
    if cell.fixed:
        middle = FIXED_ANNEALED
    changes = (
        f'data.name="{cell.data}"',
        f"network.layers={[cell.width] * cell.depth}",
        f"network.candidates={json.dumps(cell.choices)}",
        f"training.epochs={budget.epochs_of(cell)}",
        f"annealing.connections={[start, middle]}",
        f"annealing.gates={[middle, 1]}",
    )
    return Case(cell.name, "yin_yang_paper", changes)


def work(cell: Cell, budget: Budget) -> int:
    """About how long a run takes, in candidates."""
    before = [INPUTS[cell.data], *[cell.width] * (cell.depth - 1)]
    choices = [n // DENSE for n in before] if cell.choices == "all" else cell.choices
    gates = sum(cell.width * (A_GATE + n) for n in choices)
    return POINTS[cell.data] * budget.epochs_of(cell) * (A_STEP + gates)


@cache
def _config(case: Case, seed: int) -> TrainingConfig:
    return case.config(seed)


def _plain(name: str) -> str:
    return name.replace("×", "x").casefold()
