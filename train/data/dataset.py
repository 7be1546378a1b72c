"""Samples and labels of a classification problem, and how its features are encoded."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Encoder
from connective.errors import InputError


@dataclass(frozen=True, eq=False)
class Dataset:
    """Words (samples, features) of the encoder's features, and class numbers (samples,).

    The last tenth of the training points is the validation part: settings are chosen on it, and
    it is never trained on. `description` names the data beside a figure.
    """

    train_samples: NDArray[np.integer]
    train_labels: NDArray[np.int64]
    test_samples: NDArray[np.integer]
    test_labels: NDArray[np.int64]
    encoder: Encoder
    class_names: tuple[str, ...]
    description: str

    def __post_init__(self) -> None:
        if not self.n_validation:
            raise InputError(
                f"{self.description} has {len(self.train_labels)} training points: give at least "
                "10, of which the last tenth is for validation"
            )
        seen = np.bincount(self.train_labels[: -self.n_validation], minlength=len(self.class_names))
        if (seen == 0).any():
            raise InputError(
                f"{self.description} has no point of class {self.class_names[int(seen.argmin())]} "
                "in the first nine tenths of its training points: shuffle them, or give more"
            )

    @property
    def n_validation(self) -> int:
        return len(self.train_labels) // 10

    @property
    def validation(self) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
        """Samples and labels of the validation part."""
        return self.train_samples[-self.n_validation :], self.train_labels[-self.n_validation :]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all samples and labels, in hexadecimal."""
        digest = hashlib.sha256()
        for array in (self.train_samples, self.train_labels, self.test_samples, self.test_labels):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()
