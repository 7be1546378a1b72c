"""Samples and labels of a classification problem, and how its features are encoded."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Encoder
from connective.errors import InputError
from connective.table import Table
from train.data.augmentation import Augmentation


@dataclass(frozen=True, eq=False)
class Dataset:
    """Words (samples, features) of the encoder's features, and class numbers (samples,).

    The last `n_validation` training points are the validation part: settings are chosen on it, and
    it is not trained on but with `all_points`. `description` names the data beside a figure;
    `table` is what rows of the user's own table need to become words; `augmentation` moves training
    images.
    """

    train_samples: NDArray[np.integer]
    train_labels: NDArray[np.int64]
    test_samples: NDArray[np.integer]
    test_labels: NDArray[np.int64]
    encoder: Encoder
    class_names: tuple[str, ...]
    description: str
    n_validation: int
    table: Table | None = None
    augmentation: Augmentation | None = None
    all_points: bool = False

    def __post_init__(self) -> None:
        if not self.n_validation:
            raise InputError(
                f"{self.description} has {len(self.train_labels)} training points: give at least "
                "10, of which a tenth is for validation"
            )
        seen = np.bincount(self.train_labels[: -self.n_validation], minlength=len(self.class_names))
        if (seen == 0).any():
            raise InputError(
                f"{self.description} has no training point of class "
                f"{self.class_names[int(seen.argmin())]}: give some, or leave the class out"
            )
        if len(seen) < 2:
            raise InputError(
                f"{self.description} has but one class, {self.class_names[0]}: give points of "
                "another class too"
            )

    @property
    def n_training(self) -> int:
        """How many of the training points, from the first on, are trained on."""
        return len(self.train_labels) - (0 if self.all_points else self.n_validation)

    @property
    def validation(self) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
        """Samples and labels of the validation part."""
        return self.train_samples[-self.n_validation :], self.train_labels[-self.n_validation :]

    def epoch_samples(self, seed: int, epoch: int) -> NDArray[np.integer]:
        """The words that are trained on in an epoch, in order: the training part, augmented.

        They depend on nothing but the data, the seed and the epoch.
        """
        samples = self.train_samples[: self.n_training]
        if self.augmentation is None:
            return samples
        grey = samples.astype(np.uint8, copy=False)
        return self.augmentation(grey, np.random.default_rng([seed, epoch]))

    @property
    def provenance(self) -> dict[str, Any]:
        """What a network keeps of the data that it was trained on, as JSON has it."""
        table = {"table": self.table.model_dump(mode="json")} if self.table else {}
        return {"description": self.description, "sha256": self.digest} | table

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all samples and labels, in hexadecimal."""
        digest = hashlib.sha256()
        for array in (self.train_samples, self.train_labels, self.test_samples, self.test_labels):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()
