"""The values that are alive within a block, stage by stage."""

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from amaranth.hdl import Cat, Const, Module, Signal, Value

Key = TypeVar("Key", bound=Hashable)

Timed = tuple[int, int]
"""A node of the network and the stage in which it is read."""


class Pipe(Generic[Key]):
    """Values by key in the present stage; registers carry to the next what is read later.

    Members
    -------
    values: by key, in the present stage
    last: by key, the last stage that reads it; what is not there is not read later
    """

    def __init__(self, m: Module, last: Mapping[Key, int]) -> None:
        self._m = m
        self._last = last
        self.values: dict[Key, Value] = {}

    def end(self, stage: int) -> None:
        """Go from a stage to the next one. All registers between the two are one vector."""
        alive = {key: v for key, v in self.values.items() if self._last.get(key, 0) > stage}
        register = Signal(
            sum(len(v) for v in alive.values() if not isinstance(v, Const)),
            name=f"s{stage + 1}",
            reset_less=True,
        )
        if len(register):
            self._m.d.sync += register.eq(
                Cat(v for v in alive.values() if not isinstance(v, Const))
            )
        self.values, place = {}, 0
        for key, value in alive.items():
            if isinstance(value, Const):
                self.values[key] = value
            else:
                self.values[key] = register[place : place + len(value)]
                place += len(value)
