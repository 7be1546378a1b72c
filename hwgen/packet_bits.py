"""Keeps the input bits of a packet while its beats come in."""

from functools import cached_property

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from hwgen.block import Block
from hwgen.lanes import Lanes


class PacketBits(Block):
    """Registers for what `Lanes` asks of each beat; nothing else of a packet is stored.

    Answers to a question that is read in most beats go through a shift register, which needs no
    decoding of the beat; others are kept in a register for their beat.

    Members
    -------
    i: the answers for the beat on offer, one a question
    take: whether the beat is transferred
    beat: its number; read only if `decodes`
    o: from the cycle after the last beat on, the encoder's rows for the packet
    """

    summary = (
        "Input bits of a packet: last_N holds answers from the last N beats, the oldest in the "
        "lowest bits, and beat_N those of beat N."
    )
    clocked = True

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        super().__init__(
            {
                "i": In(lanes.encoder.n_rows),
                "take": In(1),
                "beat": In(range(lanes.n_beats) if self.decodes else 0),
                "o": Out(len(lanes.question)),
            }
        )

    @cached_property
    def shifted(self) -> dict[int, NDArray[np.int64]]:
        """Questions whose answers of the last so many beats are kept, by that number."""
        groups: dict[int, list[int]] = {}
        for question, beats in enumerate(self._beats):
            length = self.lanes.n_beats - int(beats.min())
            if 2 * len(beats) >= length:
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
    def decodes(self) -> bool:
        return bool(self.decoded)

    @property
    def register_bits(self) -> int:
        shifted = sum(length * len(questions) for length, questions in self.shifted.items())
        return shifted + sum(map(len, self.decoded.values()))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        kept: dict[tuple[int, int], Value] = {}
        for length, questions in self.shifted.items():
            width = len(questions)
            last = Signal(length * width, name=f"last_{length}", reset_less=True)
            answers = Cat(self.i[q] for q in questions.tolist())
            m.d.sync += last.eq(Mux(self.take, Cat(last[width:], answers), last))
            for place in range(length):
                for index, question in enumerate(questions.tolist()):
                    beat = self.lanes.n_beats - length + place
                    kept[question, beat] = last[place * width + index]
        for beat, questions in self.decoded.items():
            bits = Signal(len(questions), name=f"beat_{beat}", reset_less=True)
            chosen = Signal(name=f"take_{beat}")
            answers = Cat(self.i[q] for q in questions.tolist())
            m.d.comb += chosen.eq(self.take & (self.beat == beat))
            m.d.sync += bits.eq(Mux(chosen, answers, bits))
            for index, question in enumerate(questions.tolist()):
                kept[question, beat] = bits[index]
        rows = zip(self.lanes.question.tolist(), self.lanes.beat.tolist(), strict=True)
        m.d.comb += self.o.eq(Cat(kept[row] for row in rows))
        return m

    @cached_property
    def _beats(self) -> list[NDArray[np.int64]]:
        """The beats in which the answer to each question is read."""
        pairs = np.unique(np.stack([self.lanes.question, self.lanes.beat], axis=1), axis=0)
        return np.split(pairs[:, 1], np.flatnonzero(np.diff(pairs[:, 0])) + 1)
