"""The Yin-Yang problem: points of the plane, in the geometry of Kriener et al. (2022).

The big disc has radius 0.5 around (0.5, 0.5); the dots have radius 0.1 around (0.75, 0.5) and
(0.25, 0.5). Coordinates become words of 12 bits. Kriener et al. have three classes, and publish the
points; the paper on learned connections has four and prints no geometry, hence two readings of it.
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
PUBLISHED_CLASS_NAMES = ("yin", "yang", "dot")  # where `classify` says yang, yin and either dot
PUBLISHED_PARTS = {"train": (5000, 42), "validation": (1000, 41), "test": (1000, 40)}
"""How many points each part of the published set has, and the seed that they are drawn from."""

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
    return to_words(points), classify(points, reading)


def published_points(part: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 2) and labels (n,) of a part of the published set, as its generator draws them.

    For each point it draws a class by NumPy's old `randint`, and then points by `rand` until one
    is of that class. Both take 32-bit words from one Mersenne twister, so what begins at each word
    is worked out for all words at once, and then the draws are followed from word to word.
    """
    n, seed = PUBLISHED_PARTS[part]
    random = np.random.RandomState(seed)
    words = random.randint(0, 1 << 32, 64 * n, dtype=np.uint32)  # a point takes 30 on average
    coordinates = ((words[:-1] >> 5) * 2.0**26 + (words[1:] >> 6)) / 2.0**53
    points = np.stack([coordinates[:-2], coordinates[2:]], axis=1)
    labels = np.minimum(classify(points, "disc"), 2)
    labels[_outside(points)] = -1

    classes, found, word = (words & 3).tolist(), labels.tolist(), 0
    kept: list[int] = []
    while len(kept) < n:
        while classes[word] == 3:  # no class: drawn again
            word += 1
        wanted, word = classes[word], word + 1
        while found[word] != wanted:
            word += 4
        kept.append(word)
        word += 4
    return points[kept], labels[kept]


def to_words(points: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Words (n, 2) of the features `FEATURES`."""
    return np.floor(points * 2**12).astype(np.uint16)


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
