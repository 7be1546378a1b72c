"""Decision regions of a network of two features, or of four of which two mirror the others."""

from colorsys import hls_to_rgb
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Feature
from connective.network import Answers, Network
from connective.page.chart import Axis
from connective.page.held_out import HeldOut
from connective.page.picture import indexed

SIDE = 320  # pixels of the picture
SHOWN_POINTS = 1500
TOLD_APART = [  # by the colour-blind too (Okabe and Ito), and light enough for points on them
    (86, 180, 233), (230, 159, 0), (0, 158, 115), (204, 121, 167),
    (240, 228, 66), (0, 114, 178), (213, 94, 0), (150, 150, 150),
]  # fmt: skip
TURN = 0.382  # of the circle of hues from one further class to the next: the golden section
MOST_COLOURS = 256  # of a PNG's palette; further classes share them

Places = tuple[tuple[float, float, str], ...]
"""x and y of samples in pixels of the picture, and the colour of their true class."""


@dataclass(frozen=True)
class Plane:
    """Two features that decide all others; feature 2 + i is `mirrors[i]` less feature i."""

    mirrors: tuple[int, ...] = ()

    def words(self, points: NDArray[np.int64], network: Network) -> NDArray[np.int64]:
        """Words (points, features) of points (points, 2), mirrors held within their range."""
        features = network.encoder.features[2:]
        others = [
            np.clip(mirror - points[:, i], features[i].low, features[i].high)
            for i, mirror in enumerate(self.mirrors)
        ]
        return np.column_stack([points, *others])


@dataclass(frozen=True)
class Regions:
    """A picture of the label at each place, and the test samples that are right and wrong."""

    side: int
    picture: str
    legend: tuple[tuple[str, str], ...]
    right: Places
    wrong: Places
    x: Axis
    y: Axis


def plane_of(network: Network, samples: NDArray[np.integer] | None) -> Plane | None:
    """The plane that a network's samples lie in, if its features make one.

    Mirrors are recognised on samples, up to the rounding of a word.
    """
    count = len(network.encoder.features)
    if count == 2:
        return Plane()
    if count != 4 or samples is None or not len(samples):
        return None
    sums = samples[:, :2].astype(np.int64) + samples[:, 2:].astype(np.int64)
    if (np.ptp(sums, axis=0) > 1).any():
        return None
    return Plane(tuple(int(np.bincount(column - column.min()).argmax() + column.min())
                       for column in sums.T))  # fmt: skip


def regions(
    network: Network,
    plane: Plane,
    class_names: tuple[str, ...],
    test: HeldOut | None,
    answers: Answers | None,
) -> Regions:
    """The regions of a network with classes over all words of its two features."""
    features = network.encoder.features[:2]
    across, up = (np.linspace(f.low, f.high, SIDE).round().astype(np.int64) for f in features)
    grid = np.stack(np.meshgrid(across, up[::-1]), axis=-1).reshape(-1, 2)
    labels = network.predict(plane.words(grid, network)).reshape(SIDE, SIDE)
    right: Places = ()
    wrong: Places = ()
    if test is not None and answers is not None:
        right = _placed(network, test, np.flatnonzero(answers.labels == test.labels))
        wrong = _placed(network, test, np.flatnonzero(answers.labels != test.labels))
    return Regions(
        side=SIDE,
        picture=indexed(
            (labels % MOST_COLOURS).astype(np.uint8),
            [_rgb(c) for c in range(min(network.n_classes, MOST_COLOURS))],
        ),
        legend=tuple((name, colour(c)) for c, name in enumerate(class_names)),
        right=right,
        wrong=wrong,
        x=_axis(features[0], 0, SIDE),
        y=_axis(features[1], SIDE, 0),
    )


def colour(label: int) -> str:
    """Of a class, as SVG writes it."""
    return "#{:02x}{:02x}{:02x}".format(*_rgb(label % MOST_COLOURS))


def _rgb(label: int) -> tuple[int, int, int]:
    if label < len(TOLD_APART):
        return TOLD_APART[label]
    red, green, blue = hls_to_rgb(TURN * label % 1, 0.7, 0.5)
    return round(255 * red), round(255 * green), round(255 * blue)


def _axis(feature: Feature, start: int, end: int) -> Axis:
    low, high = ((w - feature.zero) * feature.scale for w in (feature.low, feature.high))
    return Axis(feature.name, low, high, start, end)


def _placed(network: Network, test: HeldOut, chosen: NDArray[np.int64]) -> Places:
    first, second = network.encoder.features[:2]
    points = test.samples[chosen[:SHOWN_POINTS], :2].astype(np.float64)
    x = (points[:, 0] - first.low) / (first.high - first.low) * SIDE
    y = SIDE - (points[:, 1] - second.low) / (second.high - second.low) * SIDE
    return tuple(
        (round(float(a), 1), round(float(b), 1), colour(int(c)))
        for a, b, c in zip(x, y, test.labels[chosen[:SHOWN_POINTS]], strict=True)
    )
