"""The input bits of a network from the feature words of a sample."""

import re

import numpy as np
from amaranth.hdl import Cat, Const, Module, Shape, Signal, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder
from hwgen.block import Block
from hwgen.identifiers import is_identifier

OURS = re.compile("_(ge|eq)_|unnamed_")
"""Marks names of comparisons and of emission, so that no feature's name may hold it."""


class InputEncoder(Block):
    """Comparators and bits of the feature words; its software twin is `Encoder.encode`.

    Members
    -------
    payload: the words, feature 0 in the lowest bits
    o: the encoder's rows that are named, registered if a stage ends here
    """

    summary = "Input bits from the feature words in payload, the first feature in the lowest bits."

    def __init__(self, encoder: Encoder, rows: NDArray[np.integer], *, registered: bool) -> None:
        self.encoder, self.rows = encoder, rows
        self.registered = self.clocked = registered
        super().__init__({"payload": In(encoder.payload_width), "o": Out(len(rows))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        names = _names(self.encoder)
        words: dict[int, Signal] = {}
        results: dict[tuple[int, int, int], Value] = {}
        bits: list[Value] = []
        for row in self.rows.tolist():
            feature, op, value = (
                int(column[row])
                for column in (self.encoder.feature, self.encoder.op, self.encoder.value)
            )
            if feature not in words:
                words[feature] = self._word(m, feature, names[feature])
            word = words[feature]
            key = (feature, op, value)
            if key not in results:
                results[key] = _bit(m, word, OPS[op], value)
            bits.append(results[key])
        encoded = Signal(len(bits), name="encoded", reset_less=True)
        domain = m.d.sync if self.registered else m.d.comb
        domain += encoded.eq(Cat(bits))
        m.d.comb += self.o.eq(encoded)
        return m

    def _word(self, m: Module, feature: int, name: str) -> Signal:
        spec = self.encoder.features[feature]
        offset = int(self.encoder.offsets[feature])
        word = Signal(Shape(spec.width, spec.signed), name=name)
        m.d.comb += word.eq(self.payload[offset : offset + spec.width])
        return word


def select(encoder: Encoder, rows: NDArray[np.integer], payload: Value) -> Value:
    """Rows that are plain bits of the payload."""
    positions = encoder.offsets[encoder.feature[rows]] + encoder.value[rows]
    return Cat(payload[p] for p in positions.tolist())


def _bit(m: Module, word: Signal, op: str, value: int) -> Value:
    """What a row asks of its word."""
    shape = word.shape()
    if op == "bit":
        return word[value]
    if op == "ge" and value == (-(1 << shape.width - 1) if shape.signed else 0):
        return Const(1)  # no word is below its least value
    result = Signal(name=f"{word.name}_{op}_{'minus_' * (value < 0)}{abs(value)}")
    bound = Const(value, shape)
    m.d.comb += result.eq(word >= bound if op == "ge" else word == bound)
    return result


def _names(encoder: Encoder) -> list[str]:
    """Names for the words: those of the features where these serve and are all different."""
    own = [feature.name for feature in encoder.features]
    ports = {"payload", "o", "clk", "encoded"}
    clear = all(is_identifier(n) and n not in ports and not OURS.search(n) for n in own)
    if clear and len(set(own)) == len(own):
        return own
    return [f"feature_{number}" for number in range(len(own))]
