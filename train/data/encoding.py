"""The encoder that a configuration asks for."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder, Feature, raw, thermometer
from connective.errors import InputError
from train.config_data import Encoding, FixedPoint, Raw, Thermometer

BLOCK_BYTES = 1 << 26  # of columns that are sorted at once


def build_encoder(
    encoding: Encoding,
    features: Sequence[Feature],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    words: NDArray[np.integer],
) -> Encoder:
    """An encoder of features whose ranges are `low` to `high`, (features,) each, or `InputError`.

    words: (points, features) of the training part, of which thresholds may be quantiles
    """
    if isinstance(encoding, Raw):
        if wide := [feature for feature in features if feature.width > 1]:
            raise InputError(
                f"encoder.kind is 'raw', but feature {wide[0].name} has {wide[0].width} bits: use "
                "'fixed-point' or 'thermometer'"
            )
        return replace(raw(len(features)), features=tuple(features))
    if isinstance(encoding, FixedPoint):
        return leading_bits(every_bit(features), encoding.width)
    if encoding.of == "points":
        return thermometer(features, _quantiles(encoding, features, words))
    return thermometer(features, _fractions(encoding, features, low, high))


def every_bit(features: Sequence[Feature]) -> Encoder:
    """All bits of all words, each word's most significant bit first, which may be its sign."""
    widths = [feature.width for feature in features]
    return Encoder(
        features=tuple(features),
        feature=np.repeat(np.arange(len(widths), dtype=np.uint32), widths),
        op=np.full(sum(widths), OPS.index("bit"), dtype=np.uint8),
        value=np.concatenate([np.arange(width)[::-1] for width in widths]),
    )


def leading_bits(encoder: Encoder, width: int | None) -> Encoder:
    """Only the first `width` rows of each feature, whose rows stand together; all if None."""
    if width is None:
        return encoder
    first = np.searchsorted(encoder.feature, encoder.feature)
    return select(encoder, np.arange(encoder.n_rows) - first < width)


def select(encoder: Encoder, kept: NDArray[np.bool_]) -> Encoder:
    """The encoder with only some of its rows, (rows,)."""
    return replace(
        encoder,
        feature=encoder.feature[kept],
        op=encoder.op[kept],
        value=encoder.value[kept],
    )


def _fractions(
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


def _quantiles(
    encoding: Thermometer, features: Sequence[Feature], words: NDArray[np.integer]
) -> list[list[int]]:
    """Least words above each quantile, but none above all words: such a bit would be constant."""
    rank = np.ceil(np.sort(encoding.thresholds) * len(words)).astype(np.int64) - 1
    thresholds: list[list[int]] = []
    step = max(1, BLOCK_BYTES // (words.itemsize * len(words)))
    for start in range(0, len(features), step):
        ordered = np.sort(words[:, start : start + step].T, axis=1)  # (features, points)
        greatest = ordered[:, -1:].astype(np.int64)
        above = ordered[:, np.maximum(rank, 0)].astype(np.int64) + 1
        thresholds += np.minimum(above, greatest).tolist()
    return thresholds
