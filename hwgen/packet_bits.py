"""Keeps the input bits of a packet while its beats come in."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.block import Block
from hwgen.lanes import Lanes


class PacketBits(Block):
    """Registers for what `Lanes` asks of each beat; nothing else of a packet is stored.

    Members
    -------
    i: the answers for the beat on offer, one a question
    take: whether the beat is transferred
    beat: its number; read only if answers are decoded
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
                "beat": In(range(lanes.n_beats if lanes.decoded else 1)),
                "o": Out(len(lanes.question)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        kept: dict[tuple[int, int], Value] = {}
        for length, questions in self.lanes.shifted.items():
            width = len(questions)
            last = Signal(length * width, name=f"last_{length}", reset_less=True)
            answers = Cat(self.i[q] for q in questions.tolist())
            m.d.sync += last.eq(Mux(self.take, Cat(last[width:], answers), last))
            for place in range(length):
                for index, question in enumerate(questions.tolist()):
                    beat = self.lanes.n_beats - length + place
                    kept[question, beat] = last[place * width + index]
        for beat, questions in self.lanes.decoded.items():
            bits = Signal(len(questions), name=f"beat_{beat}", reset_less=True)
            chosen = Signal(name=f"take_{beat}")
            answers = Cat(self.i[q] for q in questions.tolist())
            is_beat = self.beat == beat
            m.d.comb += chosen.eq(self.take & is_beat if len(self.beat) else self.take)
            m.d.sync += bits.eq(Mux(chosen, answers, bits))
            for index, question in enumerate(questions.tolist()):
                kept[question, beat] = bits[index]
        rows = zip(self.lanes.question.tolist(), self.lanes.beat.tolist(), strict=True)
        m.d.comb += self.o.eq(Cat(kept[row] for row in rows))
        return m
