"""Where the words of a sample and of its result lie in the beats of an AXI4-Stream.

The rule, which docs/hardware.md tells users: fields fill beats from the low byte up, in their
order. A field of one bit takes the next bit, so that eight share a byte; a wider one begins with
the next byte and takes the fewest whole bytes that hold it. A field lies in one beat: where the
rest of a beat is too short for it, it begins the next one. A result is one beat, as wide as it
needs, and there each field has bytes of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Feature
from connective.errors import InputError

BYTE = 8


class Field(NamedTuple):
    """A word that is packed: an integer of `width` bits, in two's complement where signed."""

    name: str
    width: int
    signed: bool


@dataclass(frozen=True)
class Place:
    """A field in bits offset … offset + width − 1 of the TDATA of beat number `beat`.

    `container` bits are set aside from `offset` on; those above the word continue its sign, or are
    0 if it has none. Where a design reads a word it ignores them.
    """

    name: str
    beat: int
    offset: int
    width: int
    container: int
    signed: bool


@dataclass(frozen=True)
class Packing:
    """The places of fields, in their order, in beats of `tdata_width` bits."""

    tdata_width: int
    places: tuple[Place, ...]

    @property
    def n_beats(self) -> int:
        return self.places[-1].beat + 1

    @property
    def n_bytes(self) -> int:
        """Bytes from the first to the end of the last field: the last beat may have more."""
        last = self.places[-1]
        return -(-(last.beat * self.tdata_width + last.offset + last.container) // BYTE)

    @property
    def holds_data(self) -> NDArray[np.bool_]:
        """Whether each byte of each beat is part of a field, (beats, bytes)."""
        found = np.zeros((self.n_beats, self.tdata_width // BYTE), dtype=np.bool_)
        for place in self.places:
            found[
                place.beat, place.offset // BYTE : -(-(place.offset + place.container) // BYTE)
            ] = 1
        return found

    def pack(self, words: NDArray[np.integer]) -> NDArray[np.uint8]:
        """The bytes (samples, n_bytes) of words (samples, fields) of at most 64 bits."""
        bits = np.zeros((len(words), BYTE * self.n_bytes), dtype=np.uint8)
        for place, column in zip(self.places, words.astype(np.int64).T, strict=True):
            start = place.beat * self.tdata_width + place.offset
            shifts = np.arange(place.container)
            bits[:, start : start + place.container] = column[:, None] >> shifts & 1
        return np.packbits(bits, axis=1, bitorder="little")

    def unpack(self, rows: NDArray[np.uint8]) -> NDArray[np.int64]:
        """The words (samples, fields) of at most 63 bits that `pack` gave as bytes."""
        bits = np.unpackbits(rows, axis=1, bitorder="little")
        words = np.empty((len(rows), len(self.places)), dtype=np.int64)
        for column, place in enumerate(self.places):
            start = place.beat * self.tdata_width + place.offset
            worth = 1 << np.arange(place.width)
            if place.signed:
                worth[-1] *= -1
            words[:, column] = bits[:, start : start + place.width] @ worth
        return words


def pack_features(features: Iterable[Feature], tdata_width: int) -> Packing:
    """The packet of a sample; `InputError` if a feature is wider than a beat."""
    fields = [Field(f.name, f.width, f.signed) for f in features]
    for field in fields:
        if (needed := _container(field)) > tdata_width:
            raise InputError(
                f"feature {field.name!r} has {field.width} bits, more than a beat of "
                f"{tdata_width} holds: use a TDATA width of {needed} or more"
            )
    return Packing(tdata_width, tuple(_places(fields, tdata_width)))


def pack_result(fields: Iterable[Field]) -> Packing:
    """The one beat of a result."""
    places: list[Place] = []
    end = 0
    for field in fields:
        container = _whole_bytes(field.width)
        places.append(Place(field.name, 0, end, field.width, container, field.signed))
        end += container
    return Packing(end, tuple(places))


def _places(fields: Iterable[Field], tdata_width: int) -> Iterator[Place]:
    end = 0
    for field in fields:
        container = _container(field)
        start = end if container == 1 else _whole_bytes(end)
        if start % tdata_width + container > tdata_width:
            start += -start % tdata_width
        beat, offset = divmod(start, tdata_width)
        yield Place(field.name, beat, offset, field.width, container, field.signed)
        end = start + container


def _container(field: Field) -> int:
    return 1 if field.width == 1 else _whole_bytes(field.width)


def _whole_bytes(width: int) -> int:
    return -(-width // BYTE) * BYTE
