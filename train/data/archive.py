"""The user's own data, in a NumPy archive."""

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.encoder import MAX_WIDTH, Feature
from connective.errors import InputError

ARRAYS = {"train_samples": 2, "train_labels": 1, "test_samples": 2, "test_labels": 1}
"""The arrays of an archive and their dimensions: (samples, features) and (samples,)."""


def read_archive(path: Path) -> dict[str, NDArray[np.integer]]:
    """The arrays of `ARRAYS` from a file of `numpy.savez`, or `InputError`."""
    if not path.is_file():
        raise InputError(f"{path} does not exist: correct data.path")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in ARRAYS if name in archive}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path} is not an archive of plain arrays ({error}): write it with numpy.savez"
        ) from error
    for name, dimensions in ARRAYS.items():
        if name not in arrays:
            raise InputError(f"{path} has no array {name!r}: it needs {', '.join(ARRAYS)}")
        array = arrays[name]
        if array.dtype.kind not in "iu" or array.ndim != dimensions or not array.size:
            raise InputError(
                f"{path}: {name} is {array.dtype} of shape {array.shape}: it must be integers in "
                f"{dimensions} dimension{'s' * (dimensions > 1)}, and not empty"
            )
    _check_sizes(path, arrays)
    return arrays


def _check_sizes(path: Path, arrays: dict[str, NDArray[np.integer]]) -> None:
    for part in ("train", "test"):
        samples, labels = arrays[f"{part}_samples"], arrays[f"{part}_labels"]
        if len(samples) != len(labels):
            raise InputError(
                f"{path}: {part}_labels has {len(labels)} entries for the {len(samples)} rows of "
                f"{part}_samples: give one a row"
            )
        if labels.min() < 0 or labels.max() > arrays["train_labels"].max():
            raise InputError(
                f"{path}: {part}_labels holds {labels.min()} to {labels.max()}: classes are "
                f"numbered from 0, and {arrays['train_labels'].max()} is the last one trained"
            )
    train, test = (arrays[f"{part}_samples"].shape[1] for part in ("train", "test"))
    if train != test:
        raise InputError(
            f"{path}: test_samples has {test} features and train_samples {train}: they must agree"
        )


def features_of(*samples: NDArray[np.integer]) -> tuple[Feature, ...]:
    """The narrowest features (named x0, x1, …) that hold all of the samples' columns."""
    low = np.minimum.reduce([part.min(axis=0) for part in samples]).astype(object)
    high = np.maximum.reduce([part.max(axis=0) for part in samples]).astype(object)
    features = []
    for i, (least, greatest) in enumerate(zip(low, high, strict=True)):
        signed = least < 0
        magnitude = max(int(greatest), int(~least) if signed else 0, 0)
        width = magnitude.bit_length() + signed
        if width > MAX_WIDTH:
            raise InputError(
                f"feature {i} of the samples needs {width} bits: quantize it to {MAX_WIDTH} or less"
            )
        features.append(Feature(f"x{i}", max(width, 1), signed=bool(signed)))
    return tuple(features)
