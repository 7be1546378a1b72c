"""The values that are alive within a block, stage by stage."""

import re
from collections.abc import Hashable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

from amaranth.hdl import Cat, Const, Module, Signal, Value

Key = TypeVar("Key", bound=Hashable)

Timed = tuple[int, int]
"""A node of the network, or a copy of its register, and the stage in which it is read."""

COPIED = re.compile(r"s\d+_copied\d+")
"""The name of registers of which others are copies, and that synthesis has to keep apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bits start … stop − 1 of a signal: neighbours can be joined again, unlike Amaranth's."""

    signal: Value
    start: int
    stop: int

    @property
    def value(self) -> Value:
        return self.signal[self.start : self.stop]

    def __len__(self) -> int:
        return self.stop - self.start


def whole(value: Value) -> Part:
    return Part(value, 0, len(value))


def bits(signal: Value) -> list[Part]:
    return [Part(signal, place, place + 1) for place in range(len(signal))]


def join(parts: Iterable[Part]) -> Value:
    """A concatenation, the first part lowest; neighbours in one signal become one part."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and part.signal is last.signal and part.start == last.stop:
            joined[-1] = Part(last.signal, last.start, part.stop)
        else:
            joined.append(part)
    return Cat(part.value for part in joined)


class Pipe(Generic[Key]):
    """Values by key in the present stage; registers carry to the next what is read later.

    Members
    -------
    values: by key, in the present stage
    last: by key, the last stage that reads it; what is not there is not read later
    loads: by stage, whether the registers behind it take what is there, where they do not always
    copies: by stage, further keys of registers at its beginning, each with the key of the value
        that it takes, and that of what it copies; they are in vectors of their own, as is that
    """

    def __init__(
        self,
        m: Module,
        last: Mapping[Key, int],
        loads: Mapping[int, Value],
        copies: Mapping[int, Mapping[Key, tuple[Key, Key]]] | None = None,
    ) -> None:
        self._m = m
        self._last = last
        self._loads = loads
        self._copies = copies or {}
        self.values: dict[Key, Part] = {}

    def end(self, stage: int) -> None:
        """Go from a stage to the next one, between which registers are a vector, but for copies."""
        before = self.values
        alive = {key: v for key, v in before.items() if self._last.get(key, 0) > stage}
        self.values = {key: v for key, v in alive.items() if isinstance(v.signal, Const)}
        held = {key: v for key, v in alive.items() if key not in self.values}
        copies = self._copies.get(stage + 1, {})
        # A value is in a vector once: of neighbours that are equal Yosys makes a narrower vector.
        vectors = [
            {copied: held.pop(copied) for copied in dict.fromkeys(c for _, c in copies.values())}
        ]
        rank = dict.fromkeys(vectors[0], 0)
        for key, (source, copied) in copies.items():
            rank[copied] += 1
            if rank[copied] == len(vectors):
                vectors.append({})
            vectors[rank[copied]][key] = before[source]
        self._hold(stage, f"s{stage + 1}", held)
        for number, vector in enumerate(vectors):
            self._hold(stage, f"s{stage + 1}_copied{number}", vector)

    def _hold(self, stage: int, name: str, values: Mapping[Key, Part]) -> None:
        if not values:
            return
        register = Signal(sum(map(len, values.values())), name=name, reset_less=True)
        load = self._loads.get(stage)
        with nullcontext() if load is None else self._m.If(load):
            self._m.d.sync += register.eq(join(values.values()))
        place = 0
        for key, value in values.items():
            self.values[key] = Part(register, place, place + len(value))
            place += len(value)
