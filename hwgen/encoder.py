"""The input bits of a network from the feature words of a sample."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from amaranth.hdl import Const, Module, Shape, Signal, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from connective.encoder import OPS, Encoder
from hwgen.identifiers import is_identifier
from hwgen.pipe import COPIED, Part, Pipe, Timed, join, whole
from hwgen.staged import Staged, ends

OURS = re.compile("_(ge|eq)_|unnamed_")
"""Marks names of comparisons and of emission, so that no feature's name may hold it."""

REGISTERS = re.compile(rf"s\d+|{COPIED.pattern}")


class InputEncoder(Staged):
    """Comparators and bits of the feature words; its software twin is `Encoder.encode`.

    Members
    -------
    payload: the words in stage 0, feature 0 in the lowest bits
    o: the encoder's rows `gives`, in their stages
    stage: of each row that is given: when it is compared, or 0 for a plain bit
    copies: of the rows' registers, as `Pipe` has them
    """

    summary = (
        "Input bits from the feature words in payload, the first feature in the lowest bits. sN "
        "are the registers at the beginning of stage N."
    )

    def __init__(
        self,
        encoder: Encoder,
        stage: Mapping[int, int],
        *,
        gives: Sequence[Timed],
        gated: bool = False,
        copies: Mapping[int, Mapping[int, tuple[int, int]]] | None = None,
    ) -> None:
        self.encoder, self.stage, self.gives = encoder, dict(stage), tuple(gives)
        self.copies = copies
        self._last: dict[int, int] = {}  # of rows, and of words by the complement of the feature
        for row, read in gives:
            self._last[row] = max(self._last.get(row, 0), read)
        for row, compared in self.stage.items():
            word = ~int(encoder.feature[row])
            self._last[word] = max(self._last.get(word, 0), compared)
        born: dict[int, int] = {
            row: compared for row, compared in self.stage.items() if not self._is_one(row)
        }
        born |= {word: 0 for word in self._last if word < 0}
        ports = {"payload": In(encoder.payload_width), "o": Out(len(gives))}
        super().__init__(ports, ends=ends(born, self._last), gated=gated)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        pipe, wanted = Pipe(m, self._last, self.loads, self.copies), set(self.gives)
        given: dict[Timed, Part] = {}
        names = _names(self.encoder)
        for feature in sorted({int(self.encoder.feature[row]) for row in self.stage}):
            pipe.values[~feature] = whole(self._word(m, feature, names[feature]))
        for stage in range(max(self._last.values()) + 1):
            for row, compared in self.stage.items():
                if compared == stage:
                    feature = int(self.encoder.feature[row])
                    word = pipe.values[~feature]
                    pipe.values[row] = self._bit(m, row, word, names[feature])
            given |= {
                (row, stage): value for row, value in pipe.values.items() if (row, stage) in wanted
            }
            pipe.end(stage)
        m.d.comb += self.o.eq(join(given[timed] for timed in self.gives))
        return m

    def _is_one(self, row: int) -> bool:
        """Whether a row is 1 throughout: no word is below its least value."""
        least = self.encoder.features[int(self.encoder.feature[row])].low
        return OPS[self.encoder.op[row]] == "ge" and int(self.encoder.value[row]) == least

    def _word(self, m: Module, feature: int, name: str) -> Signal:
        spec = self.encoder.features[feature]
        offset = int(self.encoder.offsets[feature])
        word = Signal(spec.width, name=name)
        m.d.comb += word.eq(self.payload[offset : offset + spec.width])
        return word

    def _bit(self, m: Module, row: int, word: Part, name: str) -> Part:
        """What a row asks of its word."""
        op, value = OPS[self.encoder.op[row]], int(self.encoder.value[row])
        spec = self.encoder.features[int(self.encoder.feature[row])]
        if op == "bit":
            return Part(word.signal, word.start + value, word.start + value + 1)
        if self._is_one(row):
            return whole(Const(1, 1))
        result = Signal(name=f"{name}_{op}_{'minus_' * (value < 0)}{abs(value)}")
        operand = word.value.as_signed() if spec.signed else word.value
        bound = Const(value, Shape(spec.width, spec.signed))
        m.d.comb += result.eq(operand >= bound if op == "ge" else operand == bound)
        return whole(result)


def select(encoder: Encoder, rows: NDArray[np.integer], payload: Value) -> list[Part]:
    """Rows that are plain bits of the payload."""
    positions = encoder.offsets[encoder.feature[rows]] + encoder.value[rows]
    return [Part(payload, p, p + 1) for p in positions.tolist()]


def _names(encoder: Encoder) -> list[str]:
    """Names for the words: those of the features where these serve and are all different."""
    own = [feature.name for feature in encoder.features]
    ports = {"payload", "o", "clk"}
    clear = all(
        is_identifier(n) and n not in ports and not OURS.search(n) and not REGISTERS.fullmatch(n)
        for n in own
    )
    if clear and len(set(own)) == len(own):
        return own
    return [f"feature_{number}" for number in range(len(own))]
