"""What a network answered, how often it was right, and how fast."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(eq=False)
class Tally:
    """Sums over blocks of samples, of which some may have no known class.

    confusion: (classes, classes) samples of the true class, in rows, that were given each label
    predicted: (classes,) samples that were given each label
    """

    n_classes: int
    samples: int = 0
    seconds: float = 0.0
    confusion: NDArray[np.int64] = field(init=False)
    predicted: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.confusion = np.zeros((self.n_classes, self.n_classes), dtype=np.int64)
        self.predicted = np.zeros(self.n_classes, dtype=np.int64)

    def add(
        self,
        samples: int,
        seconds: float,
        predicted: NDArray[np.int64] | None,
        labels: NDArray[np.int64] | None,
    ) -> None:
        """Count a block: the labels that it was given, (samples,), and the true ones if known."""
        self.samples += samples
        self.seconds += seconds
        if predicted is not None:
            self.predicted += np.bincount(predicted, minlength=self.n_classes)
            if labels is not None:
                np.add.at(self.confusion, (labels, predicted), 1)

    def summary(self) -> dict[str, Any]:
        """The counts, and the shares of them where there is something to have a share in."""
        known, right = self.confusion.sum(axis=1).tolist(), self.confusion.diagonal().tolist()
        return {
            "samples": self.samples,
            "accuracy": _share(sum(right), sum(known)),
            "recall": [_share(r, k) for r, k in zip(right, known, strict=True)],
            "confusion": self.confusion.tolist(),
            "predicted": self.predicted.tolist(),
            "samples_per_second": _share(self.samples, self.seconds),
        }


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
