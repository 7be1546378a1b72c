"""Counts the beats of packets, and says when one is complete and whether its length was right."""

from functools import reduce
from operator import or_

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from connective.packing import Packing
from hwgen.block import Block


class PacketReceiver(Block):
    """Takes the beats of a packet, then offers the sample; the next packet may come meanwhile.

    What is stored of a packet is whole from the cycle after its last beat on. It must last until
    the sample is taken, so that beats are refused only while a sample waits that is not taken.

    Members
    -------
    tkeep, tlast, tuser, tvalid, tready: of the beats; a tuser only if there are tags
    take: a beat is transferred
    beat: its number, if `tells_beat`; beyond the packet's right length it means nothing
    sample_valid, sample_ready: of the sample that is stored
    wrong: its packet had a beat too few or too many, or lacked a byte by TKEEP
    tag: TUSER of its last beat
    """

    summary = "Counts the beats of each packet and offers the sample after the last."
    clocked = True
    resets = True

    def __init__(self, packing: Packing, *, tag_width: int, tells_beat: bool) -> None:
        self.packing = packing
        super().__init__(
            {
                "tkeep": In(packing.tdata_width // 8),
                "tlast": In(1),
                "tuser": In(tag_width),
                "tvalid": In(1),
                "tready": Out(1),
                "take": Out(1),
                "beat": Out(range(packing.n_beats if tells_beat else 1)),
                "sample_valid": Out(1),
                "sample_ready": In(1),
                "wrong": Out(1),
                "tag": Out(tag_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        beat = Signal(range(self.packing.n_beats), name="number")
        full, spoilt = Signal(name="full"), Signal(name="spoilt")
        wrong = Signal(name="wrong_length", reset_less=True)
        tag = Signal.like(self.tag, name="last_tuser", reset_less=True)
        lacking, expected = Signal(name="lacking"), Signal(name="last_expected")
        done = Signal(name="done")
        m.d.comb += [
            self.tready.eq(~full | self.sample_ready),
            self.take.eq(self.tvalid & self.tready),
            done.eq(self.take & self.tlast),
            lacking.eq(self._lacking(beat)),
            expected.eq(beat == self.packing.n_beats - 1 if len(beat) else 1),
            self.beat.eq(beat if len(self.beat) else 0),
            self.sample_valid.eq(full),
            self.wrong.eq(wrong),
            self.tag.eq(tag),
        ]
        with m.If(self.take):
            m.d.sync += [
                spoilt.eq(~self.tlast & (spoilt | lacking | expected)),
                beat.eq(Mux(self.tlast, 0, beat + 1)),
            ]
        with m.If(done):
            m.d.sync += [full.eq(1), wrong.eq(spoilt | lacking | ~expected), tag.eq(self.tuser)]
        with m.Elif(self.sample_ready):
            m.d.sync += full.eq(0)
        return m

    def _lacking(self, beat: Value) -> Value:
        """Whether TKEEP is 0 for a byte that belongs to the sample."""
        patterns, group = np.unique(self.packing.holds_data, axis=1, return_inverse=True)
        terms: list[Value] = []
        for number, pattern in enumerate(patterns.T):
            lanes = np.flatnonzero(group.reshape(-1) == number).tolist()
            null = ~Cat(self.tkeep[lane] for lane in lanes).all()
            if pattern.all():
                terms.append(null)
            elif pattern.any():
                terms.append(null & _is_among(beat, pattern))
        return reduce(or_, terms)


def _is_among(beat: Value, chosen: NDArray[np.bool_]) -> Value:
    """Whether `beat` is one of those that are chosen, which are some but not all."""
    few = chosen if 2 * chosen.sum() <= len(chosen) else ~chosen
    found = reduce(or_, (beat == b for b in np.flatnonzero(few).tolist()))
    return found if few is chosen else ~found
