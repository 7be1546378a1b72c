"""How often a network is right on its test set, what it takes for what, its worst mistakes."""

from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from connective.inspection import image_side
from connective.network import Answers, Network
from connective.page.held_out import HeldOut
from connective.page.picture import grey
from connective.tally import Tally

SHOWN_MISTAKES = 24
MOST_CLASSES = 64  # of which the confusion matrix can be read


@dataclass(frozen=True)
class Mistake:
    """A test sample as a picture, its class, the label that it was given, and by what margin."""

    picture: str
    sample: int
    true: str
    label: str
    margin: int


@dataclass(frozen=True)
class Accuracy:
    """The share that is right of so many samples, and the confusion matrix, true classes in rows,
    which is empty for more classes than can be read.

    noted: the share that the network's provenance says, where it is another
    heat: of each cell, 0 to 9; mistakes, which are rare, have a scale of their own
    """

    description: str
    samples: int
    share: float
    noted: float | None
    class_names: tuple[str, ...]
    confusion: list[list[int]]
    heat: list[list[int]]
    recall: list[float | None]
    mistakes: tuple[Mistake, ...]


def accuracy(network: Network, test: HeldOut, answers: Answers, noted: float | None) -> Accuracy:
    """Counts the answers of a network with classes to the test set."""
    tally = Tally(network.n_classes)
    tally.add(len(test.labels), 0.0, answers.labels, test.labels)
    counted = tally.summary()
    share = counted["accuracy"]
    return Accuracy(
        description=test.description,
        samples=counted["samples"],
        share=share,
        noted=noted if noted is not None and abs(noted - share) > 1e-9 else None,
        class_names=test.class_names,
        confusion=counted["confusion"] if network.n_classes <= MOST_CLASSES else [],
        heat=_heat(tally.confusion),
        recall=counted["recall"],
        mistakes=_mistakes(network, test, answers) if image_side(network.encoder.features) else (),
    )


def _heat(confusion: NDArray[np.int64]) -> list[list[int]]:
    """Shades from 0, of nothing, to 9: of what is right, by recall, of mistakes, by the most."""
    right = np.eye(len(confusion), dtype=bool)
    most = np.where(right, confusion.sum(axis=1, keepdims=True), (confusion * ~right).max())
    shades: list[list[int]] = np.ceil(9 * confusion / np.maximum(most, 1)).astype(int).tolist()
    return shades


def wrong_by(test: HeldOut, answers: Answers) -> NDArray[np.int64]:
    """By how much the score of each sample's label is above that of its class, (samples,)."""
    rows = np.arange(len(test.labels))
    margins: NDArray[np.int64] = (
        answers.scores[rows, answers.labels] - answers.scores[rows, test.labels]
    )
    return margins


def _mistakes(network: Network, test: HeldOut, answers: Answers) -> tuple[Mistake, ...]:
    margins = wrong_by(test, answers)
    wrong = np.flatnonzero(answers.labels != test.labels)
    worst = wrong[np.argsort(-margins[wrong], kind="stable")][:SHOWN_MISTAKES]
    return tuple(
        Mistake(
            picture=grey(pixels(network, test.samples[i])),
            sample=int(i),
            true=test.class_names[test.labels[i]],
            label=test.class_names[answers.labels[i]],
            margin=int(margins[i]),
        )
        for i in worst
    )


def pixels(network: Network, sample: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The words of a square image as grey values, (side, side)."""
    side = isqrt(len(sample))
    high = np.array([feature.high for feature in network.encoder.features])
    values = (sample.astype(np.float64) * 255 / high).round()
    grey_values: NDArray[np.uint8] = values.astype(np.uint8)
    return grey_values.reshape(side, side)
