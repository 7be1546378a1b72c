"""The paper's figures, drawn from what has been run."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from benchmarks.pages import write_figure
from benchmarks.paper.found import found
from benchmarks.paper.plan import (
    CANDIDATES,
    DEPTHS,
    NAMES,
    PRINTED,
    REGIONS,
    WIDTHS,
    Budget,
    Cell,
    Data,
    configs,
)
from benchmarks.runs import kept, kept_network
from train.data import load_dataset

IMAGES = Path("docs/images/paper")
SIDE = 512  # places of the decision regions, in x and in y
COLOURS = (
    "#56b4e9",
    "#e69f00",
    "#009e73",
    "#cc79a7",
)  # told apart by the colour-blind (Okabe, Ito)


def draw_depths(data: Data, budget: Budget) -> Path | None:
    """Accuracy by depth, a panel for each N_c; None where nothing has been run."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    panels = figure.subplots(1, len(CANDIDATES), sharey=True)
    for letter, axes, learned in zip("ab", panels, CANDIDATES, strict=True):
        for width in WIDTHS[data]:
            for candidates in (learned, 1):
                cells = [Cell(data, depth, width, candidates) for depth in DEPTHS]
                _draw_line(axes, cells, budget)
        axes.set_title(f"({letter}) {NAMES[data]}, N_c {learned}")
        axes.set_xlabel("layers")
        axes.set_xlim(min(DEPTHS) - 0.5, max(DEPTHS) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
    if not any(axes.containers for axes in panels):
        return None
    panels[0].set_ylabel("test accuracy, discretised (%)")
    lines = {text: line for axes in panels for line, text in _legend(axes)}
    figure.legend(lines.values(), lines.keys(), loc="outside right upper", fontsize="small")
    path = IMAGES / f"{data}-{budget.name}.svg"
    write_figure(figure, path)
    return path


def _draw_line(axes: Axes, cells: Sequence[Cell], budget: Budget) -> None:
    """Means with standard deviations, if there are any, and what the paper prints as stars."""
    width, fixed = cells[0].width, cells[0].fixed
    colour = f"C{WIDTHS[cells[0].data].index(width)}"
    points = [(cell.depth, result) for cell in cells if (result := found(cell, budget))]
    if points:
        axes.errorbar(
            [depth for depth, _ in points],
            [result.percent for _, result in points],
            [result.spread or 0.0 for _, result in points],
            color=colour,
            marker="o",
            markersize=4,
            capsize=3,
            ls="--" if fixed else "-",
            label=f"{width} a layer, {'fixed' if fixed else 'learned'}",
        )
    for cell in cells:
        if cell in PRINTED:
            axes.plot(
                cell.depth,
                PRINTED[cell],
                color=colour,
                marker="*",
                markersize=12,
                ls="",
                fillstyle="none" if fixed else "full",
                label=f"the paper: {width}, {'fixed' if fixed else 'learned'}",
            )


def _legend(axes: Axes) -> Iterator[tuple[Artist, str]]:
    return zip(*axes.get_legend_handles_labels(), strict=True)


def draw_regions(budget: Budget) -> Path | None:
    """What the first seed's network says of each place, and the test points that it gets wrong."""
    config = next(configs(REGIONS, budget))
    path = IMAGES / f"regions-{budget.name}.png"
    network = kept_network(config)
    if network is None:  # a record that came with the source has its picture beside it
        return path if kept(config) and path.exists() else None
    dataset = load_dataset(config)
    features = network.encoder.features
    x, y = (np.linspace(f.low, f.high, SIDE).round().astype(np.int64) for f in features)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    wrong = dataset.test_samples[network.predict(dataset.test_samples) != dataset.test_labels]

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(
        network.predict(places).reshape(SIDE, SIDE),
        cmap=ListedColormap(COLOURS),
        vmin=-0.5,
        vmax=len(COLOURS) - 0.5,
        origin="lower",
        interpolation="nearest",
        extent=(0, 1, 0, 1),
    )
    last = [feature.high for feature in features]
    axes.plot(
        *(wrong / last).T,
        "k.",
        markersize=3,
        label=f"{len(wrong)} wrong of {len(dataset.test_labels):,}",
    )
    axes.legend(loc="upper right")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    write_figure(figure, path)
    return path
