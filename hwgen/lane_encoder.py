"""What a sample's lanes answer of one beat."""

import numpy as np
from amaranth.hdl import Cat, Module, Signal, Value

from connective.encoder import OPS
from hwgen.block import place
from hwgen.encoder import InputEncoder, select
from hwgen.lanes import Lanes
from hwgen.pipe import join


def place_lanes(m: Module, platform: object, lanes: Lanes, beat: Value) -> Value:
    """Place the comparators of `lanes`; what they answer of the beat on offer, a bit a question."""
    encoder = lanes.encoder
    words = Cat(
        beat[offset : offset + lane.width]
        for offset, lane in zip(lanes.offsets, encoder.features, strict=True)
    )
    rows = range(encoder.n_rows)
    if (encoder.op == OPS.index("bit")).all():
        return join(select(encoder, np.array(rows), words))
    block = InputEncoder(encoder, dict.fromkeys(rows, 0), gives=[(row, 0) for row in rows])
    answers = Signal(len(rows), name="answers")
    place(m, platform, "encoder", block, {"payload": words, "o": answers})
    return answers
