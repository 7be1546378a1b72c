"""From feature words to input bits: comparisons with integers in the features' own quantisation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from connective.arrays import frozen
from connective.errors import InputError
from connective.evaluation import Comparisons, encode_blocks, in_threads, narrow, unpack

OPS = ("ge", "eq", "bit")
"""What a row asks of its feature: word ≥ value, word = value, or bit number `value` of the word."""

MAX_WIDTH = 32


@dataclass(frozen=True)
class Feature:
    """A word that the core takes: the real value is (word − zero) · scale.

    `width` is in bits, 1 to 32; a signed word is in two's complement.
    """

    name: str
    width: int
    signed: bool = False
    scale: float = 1.0
    zero: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.width <= MAX_WIDTH:
            raise InputError(
                f"width of feature {self.name!r} must be 1 to {MAX_WIDTH}, not {self.width}"
            )
        if not (np.isfinite(self.scale) and self.scale > 0):
            raise InputError(
                f"scale of feature {self.name!r} must be a positive number, not {self.scale}"
            )
        object.__setattr__(self, "scale", float(self.scale))  # 1 and 1.0 are one feature

    @property
    def low(self) -> int:
        return -(1 << self.width - 1) if self.signed else 0

    @property
    def high(self) -> int:
        return self.low + (1 << self.width) - 1


@dataclass(frozen=True, eq=False)
class Encoder:
    """One row an input bit: `op` (an index into `OPS`) of word number `feature` with `value`.

    Rows are (rows,) arrays; an invalid row raises `InputError`.
    """

    features: tuple[Feature, ...]
    feature: NDArray[np.uint32]
    op: NDArray[np.uint8]
    value: NDArray[np.int64]
    _low: NDArray[np.int64] = field(init=False, repr=False)
    _high: NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", tuple(self.features))
        for name, dtype in (("feature", np.uint32), ("op", np.uint8), ("value", np.int64)):
            object.__setattr__(self, name, frozen(name, getattr(self, name), dtype, 1))
        if not len(self.feature) or not (self.feature.shape == self.op.shape == self.value.shape):
            raise InputError("an encoder needs rows, and feature, op and value of equal length")
        if (self.feature >= len(self.features)).any():
            raise InputError(
                f"a row reads feature {self.feature.max()}, but there are {len(self.features)}"
            )
        if (self.op >= len(OPS)).any():
            raise InputError(f"op must be below {len(OPS)}, not {self.op.max()}")
        object.__setattr__(self, "_low", np.array([f.low for f in self.features]))
        object.__setattr__(self, "_high", np.array([f.high for f in self.features]))
        bit = self.op == OPS.index("bit")
        width = np.array([f.width for f in self.features])[self.feature]
        low = np.where(bit, 0, self._low[self.feature])
        high = np.where(bit, width - 1, self._high[self.feature])
        if (outside := (self.value < low) | (self.value > high)).any():
            row = int(outside.argmax())
            raise InputError(
                f"value of row {row} must be {low[row]} to {high[row]}, not {self.value[row]}"
            )

    @property
    def n_rows(self) -> int:
        return len(self.feature)

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Lowest bit of each feature in the payload, (features,): feature 0 is lowest."""
        widths = np.array([f.width for f in self.features], dtype=np.int64)
        ends: NDArray[np.int64] = np.cumsum(widths)
        return ends - widths

    @property
    def payload_width(self) -> int:
        return sum(f.width for f in self.features)

    def encode(self, samples: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Input bits (rows, samples) of words (samples, features)."""
        return unpack(self.encode_words(samples), len(samples))

    def encode_words(self, samples: NDArray[np.integer]) -> NDArray[np.uint64]:
        """The same bit-sliced, (rows, words); the bits beyond the last sample mean nothing."""
        words = self.words(samples)
        packed = np.empty((self.n_rows, -(-len(words) // 64)), dtype=np.uint64)
        in_threads(encode_blocks, len(words), words, self.comparisons, packed)
        return packed

    def words(self, samples: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
        """Words (samples, features), checked, in the narrowest unsigned type that holds them all.

        Signed words are in two's complement. Not a copy where the samples are of that type.
        """
        samples = np.asarray(samples)
        if samples.ndim != 2 or samples.shape[1] != len(self.features):
            raise InputError(
                f"samples must be (samples, {len(self.features)}) words, not {samples.shape}"
            )
        if samples.dtype.kind not in "iu":
            raise InputError(f"samples must be integers, not {samples.dtype}: quantize them first")
        dtype = self.comparisons.value.dtype
        if samples.dtype == dtype and not (
            self._low.any() or (self._high != np.iinfo(dtype).max).any()
        ):
            return np.ascontiguousarray(samples)
        native = samples.astype(samples.dtype.newbyteorder("="), copy=False)
        if native.dtype == np.uint64:
            native = np.minimum(native, 1 << MAX_WIDTH).astype(np.int64)  # out of range as before
        words = np.empty(samples.shape, dtype=dtype)
        if any(in_threads(narrow, len(words), native, self._low, self._high, words)):
            outside = (native < self._low) | (native > self._high)
            s, f = np.argwhere(outside)[0]
            raise InputError(
                f"sample {s} holds {samples[s, f]}, outside its feature's range: "
                f"{self.features[f].name!r} takes {self._low[f]} to {self._high[f]}"
            )
        return words

    def _takes_all_of(self, dtype: np.dtype[np.unsignedinteger]) -> bool:
        return not self._low.any() and bool((self._high == np.iinfo(dtype).max).all())

    @cached_property
    def comparisons(self) -> Comparisons:
        """The rows as kernels take them, for `words`."""
        dtype = np.min_scalar_type((1 << max(f.width for f in self.features)) - 1)
        signed = np.array([f.signed for f in self.features])[self.feature]
        return Comparisons.of(self.feature, self.op, self.value, signed, dtype)

    def payload_bytes(self, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Samples as the core takes them (samples, bytes): feature 0 in the lowest bits."""
        words = self.words(samples)
        words = words.astype(words.dtype.newbyteorder("<"), copy=False)
        parts = words.view(np.uint8).reshape(*words.shape, words.itemsize)
        widths = np.array([f.width for f in self.features])
        if (widths == 8 * words.itemsize).all():
            return parts.reshape(len(words), -1)
        bits = np.unpackbits(parts, axis=2, bitorder="little")  # (samples, features, bits)
        used = np.arange(8 * words.itemsize) < widths[:, None]
        return np.packbits(bits[:, used], axis=1, bitorder="little")

    def payloads(self, samples: NDArray[np.integer]) -> list[int]:
        """The same as one integer a sample."""
        return [int.from_bytes(row.tobytes(), "little") for row in self.payload_bytes(samples)]

    def quantize(self, values: ArrayLike) -> NDArray[np.int64]:
        """Words of real values (samples, features): rounded down, held within the word's range."""
        scale = np.array([f.scale for f in self.features])
        zero = np.array([f.zero for f in self.features])
        words = np.floor(np.asarray(values, dtype=np.float64) / scale) + zero
        clipped: NDArray[np.float64] = np.clip(words, self._low, self._high)
        return clipped.astype(np.int64)


def raw(n_bits: int) -> Encoder:
    """Each input bit is a one-bit feature of its own."""
    features = tuple(Feature(f"x{i}", 1) for i in range(n_bits))
    return _rows(features, "bit", [[0]] * n_bits)


def fixed_point(features: Sequence[Feature]) -> Encoder:
    """All bits of unsigned words, the most significant bit of each word first."""
    if signed := [f.name for f in features if f.signed]:
        raise InputError(f"fixed_point takes unsigned features, but {signed[0]!r} is signed")
    return _rows(features, "bit", [range(f.width - 1, -1, -1) for f in features])


def thermometer(features: Sequence[Feature], thresholds: Sequence[Sequence[int]]) -> Encoder:
    """Bit word ≥ threshold for each of a feature's thresholds, feature by feature."""
    return _rows(features, "ge", thresholds)


def one_hot(features: Sequence[Feature], values: Sequence[Sequence[int]]) -> Encoder:
    """Bit word = value for each of a feature's values, feature by feature."""
    return _rows(features, "eq", values)


def _rows(features: Sequence[Feature], op: str, values: Sequence[Sequence[int]]) -> Encoder:
    if len(features) != len(values):
        raise InputError(f"values are for {len(values)} features, but there are {len(features)}")
    lengths = [len(v) for v in values]
    return Encoder(
        features=tuple(features),
        feature=np.repeat(np.arange(len(features), dtype=np.uint32), lengths),
        op=np.full(sum(lengths), OPS.index(op), dtype=np.uint8),
        value=np.array([value for row in values for value in row], dtype=np.int64),
    )
