"""What each mode of training gives on two tasks, over three seeds, all else being equal."""

from statistics import mean, stdev

from benchmarks.rows import Row
from benchmarks.runs import Case, results

BASE = ("network.draw=random", "refinement.sweeps=0")
TASKS = {
    "Yin-Yang 2×100": ("yin_yang", ("training.epochs=40",)),
    "MNIST 2×1000": (
        "mnist_2x1000",
        (
            *("training.epochs=20", "training.batch=256", "network.start=pass"),
            *("data.shift=0", "data.fractions=false"),
        ),
    ),
}
HARD = ("training.learning_rate=0.1", "training.schedule=cosine", "resampling.until=0.9")
MODES: dict[str, tuple[str, ...]] = {
    "base": (),
    "fixed connections": ("network.candidates=1", "resampling.until=0"),
    "8 candidates, as drawn": ("network.candidates=8", "resampling.until=0"),
    "16 candidates": ("network.candidates=16",),
    "all connections": ("network.candidates=all",),
    "candidates by coverage": ("network.draw=coverage",),
    "candidates by coverage, as drawn": ("network.draw=coverage", "resampling.until=0"),
    "gates: softmax of 16": ("network.gates=softmax",),
    "gates: softmax of 14": ("network.gates=softmax-14",),
    "gates of 3 inputs": ("network.inputs=3",),
    "gates of 4 inputs": ("network.inputs=4",),
    "gates of 6 inputs": ("network.inputs=6",),
    "random tables at first": ("network.start=random",),
    "batches of 64": ("training.batch=64",),
    "random tables at first, batches of 64": ("network.start=random", "training.batch=64"),
    "linear annealing": ("annealing.shape=linear",),
    "all layers annealed together": (
        "annealing.connections=[0.5, 0.8]",
        "annealing.gates=[0.6, 0.9]",
    ),
    "freezing": ("annealing.freeze=true",),
    "straight-through": (
        *("estimator.connections=straight-through", "estimator.gates=straight-through"),
        *HARD,
    ),
    "Gumbel straight-through": (
        *("estimator.connections=gumbel", "estimator.gates=gumbel"),
        *HARD,
    ),
    "straight-through connections, annealed gates": ("estimator.connections=straight-through",),
    "cosine learning rate": ("training.schedule=cosine",),
    "tau learned": ("training.tau=learned",),
    "refinement": ("refinement.sweeps=10",),
    "refinement, gate price 0.0001": ("refinement.sweeps=10", "refinement.gate_price=1e-4"),
}


def cases() -> list[Case]:
    return [
        Case(f"{task}, {mode}", example, (*BASE, *its, *changes))
        for task, (example, its) in TASKS.items()
        for mode, changes in MODES.items()
    ]


def measure() -> list[Row]:
    """Discretised test accuracy of each mode."""
    rows: list[Row] = []
    for case, seeds in zip(cases(), results(cases()), strict=True):
        percent = [100 * result.accuracy["discretized"] for result in seeds]
        rows.append(Row(case.name, "%", mean(percent), spread=stdev(percent)))
    return rows
