"""What an encoder asks of the words of a packet, as questions to places in a beat."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Encoder, Feature, raw
from connective.network import Network
from connective.packing import Packing, Place
from connective.simplify.prune import prune


@dataclass(frozen=True, eq=False)
class Lanes:
    """An encoder of single beats, whose answers beat by beat are the input bits of a sample.

    Features that lie in the same place of their beats are one lane, and what is asked alike of
    several of them is asked of the lane once: an image with one threshold has a comparator a byte.
    Where at least half of the answers from the first that is read on are read, and the beats come
    in their order, they are kept in a shift register, which needs no decoding of the beat; others
    in a register for their beat.

    Members
    -------
    encoder: its features are the lanes, its rows the questions, no two of them alike
    offsets: (lanes,) the lowest bit in TDATA of each lane; lanes may overlap
    question, beat: (rows,) the row of `encoder` that is a row of the sample's encoder, and the
        beat in which its answer is to be kept
    n_beats: beats of a packet
    in_order: whether they come in their order
    """

    encoder: Encoder
    offsets: tuple[int, ...]
    question: NDArray[np.int64]
    beat: NDArray[np.int64]
    n_beats: int
    in_order: bool = True

    @staticmethod
    def of(encoder: Encoder, packing: Packing, *, in_order: bool = True) -> "Lanes":
        read = [packing.places[f] for f in encoder.feature.tolist()]
        kinds = sorted({_kind(place) for place in read})
        number = {kind: lane for lane, kind in enumerate(kinds)}
        lane = [number[_kind(place)] for place in read]
        asked = np.stack([lane, encoder.op, encoder.value], axis=1)
        rows, question = np.unique(asked, axis=0, return_inverse=True)
        features = tuple(
            Feature(f"{'s' if signed else 'u'}{width}_at_{offset}", width, signed=signed)
            for offset, width, signed in kinds
        )
        return Lanes(
            Encoder(features, rows[:, 0], rows[:, 1], rows[:, 2]),
            tuple(offset for offset, _, _ in kinds),
            question.reshape(-1),
            np.array([place.beat for place in read]),
            packing.n_beats,
            in_order,
        )

    @cached_property
    def shifted(self) -> dict[int, NDArray[np.int64]]:
        """Questions whose answers of the last so many beats are kept, by that number."""
        groups: dict[int, list[int]] = {}
        for question, beats in enumerate(self._beats):
            length = self.n_beats - int(beats.min())
            if self.in_order and 2 * len(beats) >= length:
                groups.setdefault(length, []).append(question)
        return {length: np.array(groups[length]) for length in sorted(groups, reverse=True)}

    @cached_property
    def decoded(self) -> dict[int, NDArray[np.int64]]:
        """Questions whose answers are kept for a beat, by its number."""
        shifted = {q for questions in self.shifted.values() for q in questions.tolist()}
        groups: dict[int, list[int]] = {}
        for question, beats in enumerate(self._beats):
            for beat in beats.tolist() if question not in shifted else ():
                groups.setdefault(beat, []).append(question)
        return {beat: np.array(groups[beat]) for beat in sorted(groups)}

    @property
    def register_bits(self) -> int:
        shifted = sum(length * len(questions) for length, questions in self.shifted.items())
        return shifted + sum(map(len, self.decoded.values()))

    @cached_property
    def _beats(self) -> list[NDArray[np.int64]]:
        """The beats in which the answer to each question is read."""
        pairs = np.unique(np.stack([self.question, self.beat], axis=1), axis=0)
        return np.split(pairs[:, 1], np.flatnonzero(np.diff(pairs[:, 0])) + 1)


def _kind(place: Place) -> tuple[int, int, bool]:
    return place.offset, place.width, place.signed


def split(network: Network, packing: Packing, *, in_order: bool = True) -> tuple[Lanes, Network]:
    """What a network reads of the packets of its samples, and the network of those bits alone."""
    read = prune(network).after
    return Lanes.of(read.encoder, packing, in_order=in_order), replace(
        read, encoder=raw(read.n_inputs)
    )
