"""Registers in several copies, so that none of them has more readers than a limit."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Reader = tuple[Literal["gate", "summand", "output"], int]
"""A gate by its node, a summed bit by its place among those that are built, or an output."""

Readings = Mapping[int, Mapping[int, list[Reader]]]
"""Who reads a node in a stage."""


@dataclass(frozen=True)
class Copies:
    """The copies, and who reads them.

    A copy has a number as nodes have, from the number of nodes on. It is a register at the
    beginning of one stage, beside that of its node, which has the first readers.

    Members
    -------
    node: of each copy
    source: of each copy, the node or the copy whose value it takes, and its stage
    reads: what a reader in a stage reads in the place of a node
    """

    node: Mapping[int, int] = field(default_factory=dict)
    source: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    reads: Mapping[tuple[int, int, Reader], int] = field(default_factory=dict)

    def read(self, node: int, stage: int, reader: Reader) -> int:
        """The copy that a reader has, or the node."""
        return self.reads.get((node, stage, reader), node)

    def of(self, nodes: Collection[int]) -> dict[int, dict[int, tuple[int, int]]]:
        """The copies of some nodes by their stage, each with its source and its node."""
        own, stages = set(nodes), dict[int, dict[int, tuple[int, int]]]()
        for copy, (source, stage) in self.source.items():
            if self.node[copy] in own:
                stages.setdefault(stage, {})[copy] = source, self.node[copy]
        return stages

    def loads(self, node: int, own: Mapping[int, list[Reader]]) -> int:
        """How many read the register of a node, or its gate, that most read.

        They are its readers in a stage, and the registers that take its value at the end of that.
        """
        last = max(own)
        loads = Counter((node, stage) for stage in range(min(own), last))  # that carries it on
        for stage, readers in own.items():
            loads.update((self.read(node, stage, reader), stage) for reader in readers)
        for copy, (source, stage) in self.source.items():
            if self.node[copy] == node:
                loads[source, stage - 1] += 1
        return max(loads.values())


def copied(readings: Readings, born: Mapping[int, int], limit: int, first: int) -> Copies:
    """Copies such that no register has more than `limit` readers; `first` is the number of one.

    `born` is the stage in which a node gets its value, where it has no register.
    """
    node_of: dict[int, int] = {}
    source: dict[int, tuple[int, int]] = {}
    reads: dict[tuple[int, int, Reader], int] = {}
    for node, own in readings.items():
        if max(map(len, own.values())) < limit:
            continue  # with the register that carries it on there are not more
        behind: list[int] = []  # the registers of the next stage
        for stage in range(max(own), born[node], -1):
            loads = [*behind[:1], *own.get(stage, ()), *behind[1:]]
            copies = range(first, first + (len(loads) - 1) // limit)
            first += len(copies)
            here = [node, *copies]
            for place, load in enumerate(loads):
                driver = here[place // limit]
                if isinstance(load, int):
                    source[load] = driver, stage + 1
                elif driver != node:
                    reads[node, stage, load] = driver
            node_of |= dict.fromkeys(copies, node)
            behind = here
        source |= dict.fromkeys(behind[1:], (node, born[node] + 1))
        source.pop(node, None)  # its own registers follow one another
    return Copies(node_of, source, reads)
