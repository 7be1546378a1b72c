"""The Yin-Yang problem: points of the plane, in the geometry of Kriener et al. (2022).

The big disc has radius 0.5 around (0.5, 0.5); the dots have radius 0.1 around (0.75, 0.5) and
(0.25, 0.5). Coordinates become words of 12 bits. Kriener et al. have three classes; the paper on
learned connections has four and prints no geometry, hence two readings of it.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Feature

FEATURES = tuple(Feature(name, width=12, scale=2**-12) for name in "xy")
CLASS_NAMES = {
    "disc": ("yang", "yin", "right dot", "left dot"),
    "box": ("yang", "yin", "dots", "outside"),
}
DOT_RADIUS = 0.1
BIG_RADIUS = 0.5

Reading = Literal["disc", "box"]


def draw_points(
    n: int, reading: Reading, generator: np.random.Generator
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Words (n, 2) and labels (n,) of points that lie uniformly in the disc or in the box."""
    points = generator.random((n, 2))
    while reading == "disc" and (outside := _outside(points)).any():
        points[outside] = generator.random((int(outside.sum()), 2))
    words = np.floor(points * 2**12).astype(np.uint16)
    return words, classify(points, reading)


def classify(points: NDArray[np.float64], reading: Reading) -> NDArray[np.int64]:
    """Labels (n,) of points (n, 2) in the unit square, numbering `CLASS_NAMES`."""
    right = np.hypot(points[:, 0] - 0.75, points[:, 1] - 0.5)
    left = np.hypot(points[:, 0] - 0.25, points[:, 1] - 0.5)
    yin = (
        (right <= DOT_RADIUS)
        | (left > DOT_RADIUS) & (left <= BIG_RADIUS / 2)
        | (points[:, 1] > 0.5) & (right > BIG_RADIUS / 2)
    )
    labels = yin.astype(np.int64)
    labels[right <= DOT_RADIUS] = 2
    labels[left <= DOT_RADIUS] = 3 if reading == "disc" else 2
    if reading == "box":
        labels[_outside(points)] = 3
    return labels


def _outside(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    outside: NDArray[np.bool_] = np.hypot(points[:, 0] - 0.5, points[:, 1] - 0.5) > BIG_RADIUS
    return outside
