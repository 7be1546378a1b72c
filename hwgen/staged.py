"""A block with registers between its stages, which may load only where a sample moves."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

from amaranth.hdl import Cat, Value
from amaranth.lib.wiring import In

from hwgen.block import Block

LOAD = "load"
Key = TypeVar("Key", bound=Hashable)


class Staged(Block):
    """Members
    -------
    ends: the stages at whose end there are registers
    load: a bit for each of them, in their order: the registers take what is there; only if the
        block is `gated`, otherwise they do so in each cycle
    """

    def __init__(self, ports: Mapping[str, Any], *, ends: Sequence[int], gated: bool) -> None:
        self.ends, self.clocked = tuple(ends), bool(ends)
        self.gated = gated and self.clocked
        super().__init__({**({LOAD: In(len(ends))} if self.gated else {}), **ports})

    @property
    def loads(self) -> dict[int, Value]:
        """The bits of `load` by stage; none if the block is not gated."""
        return dict(zip(self.ends, self.load, strict=True)) if self.gated else {}

    def moving(self, moves: Value | None) -> dict[str, Value]:
        """What `load` is joined to, given for each stage whether it holds a sample."""
        if not self.gated:
            return {}
        assert moves is not None, "a block that is gated has to be told what moves"
        return {LOAD: Cat(moves[stage] for stage in self.ends)}


def ends(born: Mapping[Key, int], last: Mapping[Key, int]) -> tuple[int, ...]:
    """The stages that hold something at their end, given when it is computed and last read."""
    held = {stage for key, first in born.items() for stage in range(first, last.get(key, first))}
    return tuple(sorted(held))
