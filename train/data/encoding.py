"""The encoder that a configuration asks for."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder, Feature, fixed_point, raw, thermometer
from connective.errors import InputError
from train.config_data import FixedPoint, Raw, Thermometer


def build_encoder(
    encoding: FixedPoint | Thermometer | Raw,
    features: Sequence[Feature],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> Encoder:
    """An encoder of words whose ranges are `low` to `high`, (features,) each, or `InputError`."""
    if isinstance(encoding, Raw):
        if wide := [feature for feature in features if feature.width > 1]:
            raise InputError(
                f"encoder.kind is 'raw', but feature {wide[0].name} has {wide[0].width} bits: use "
                "'fixed-point' or 'thermometer'"
            )
        return replace(raw(len(features)), features=tuple(features))
    if isinstance(encoding, Thermometer):
        return thermometer(features, _thresholds(encoding, features, low, high))
    if signed := [feature.name for feature in features if feature.signed]:
        raise InputError(
            f"encoder.kind is 'fixed-point', but feature {signed[0]} has negative values: use "
            "'thermometer', or add an offset to the samples"
        )
    return _leading_bits(fixed_point(features), encoding.width)


def _thresholds(
    encoding: Thermometer,
    features: Sequence[Feature],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> list[list[int]]:
    """Least words above each fraction of the range; a feature that never changes stays 0."""
    fractions = np.sort(encoding.thresholds)
    above = np.floor(low[:, None] + fractions * (high - low)[:, None]).astype(np.int64) + 1
    greatest = np.array([feature.high for feature in features])[:, None]
    values: list[list[int]] = np.minimum(above, greatest).tolist()
    return values


def _leading_bits(encoder: Encoder, width: int | None) -> Encoder:
    """Only the rows of each feature's `width` most significant bits."""
    if width is None:
        return encoder
    widths = np.array([feature.width for feature in encoder.features])[encoder.feature]
    kept = encoder.value >= widths - width
    assert (encoder.op == OPS.index("bit")).all()
    return replace(
        encoder,
        feature=encoder.feature[kept],
        op=encoder.op[kept],
        value=encoder.value[kept],
    )
