"""What an encoder asks of the words of a packet, as questions to places in a beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Encoder, Feature
from connective.packing import Packing


@dataclass(frozen=True, eq=False)
class Lanes:
    """An encoder of single beats, whose answers beat by beat are the input bits of a sample.

    Features that lie in the same place of their beats are one lane, and what is asked alike of
    several of them is asked of the lane once: an image with one threshold has a comparator a byte.

    Members
    -------
    encoder: its features are the lanes, its rows the questions, no two of them alike
    offsets: (lanes,) the lowest bit in TDATA of each lane; lanes may overlap
    question, beat: (rows,) the row of `encoder` that is a row of the sample's encoder, and the
        beat in which its answer is to be kept
    n_beats: beats of a packet
    """

    encoder: Encoder
    offsets: tuple[int, ...]
    question: NDArray[np.int64]
    beat: NDArray[np.int64]
    n_beats: int

    @staticmethod
    def of(encoder: Encoder, packing: Packing) -> "Lanes":
        read = [packing.places[f] for f in encoder.feature.tolist()]
        kinds = sorted({(place.offset, place.width, place.signed) for place in read})
        lane = [kinds.index((place.offset, place.width, place.signed)) for place in read]
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
        )
