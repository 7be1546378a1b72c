"""What the blocks of a core give to one another, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from hwgen.pipe import Timed
from hwgen.schedule import Schedule


@dataclass(frozen=True, eq=False)
class Wiring:
    """The nodes on the ports of encoder, levels and popcounts, each with the stage of its reading.

    A node is on a port once for each stage in which another block reads it; the registers up to
    there are those of the block that it comes from. What goes to the same blocks stands together,
    so that ports are few slices of others.
    """

    schedule: Schedule

    @cached_property
    def _readers(self) -> dict[Timed, list[int]]:
        """By what is read, the numbers of the blocks that read it."""
        readers: dict[Timed, list[int]] = {}
        for number, reads in enumerate([*self._level_reads, *self.popcount_reads, self.result]):
            for timed in dict.fromkeys(reads):
                readers.setdefault(timed, []).append(number)
        return readers

    @cached_property
    def _level_reads(self) -> list[list[Timed]]:
        return [self.schedule.gate_reads(gates) for gates in self.schedule.levels]

    @cached_property
    def popcount_reads(self) -> list[list[Timed]]:
        """For each class what its popcount reads, in the order of the popcount's own bits."""
        reads, first = [], 0
        nodes = self.schedule.output_nodes.tolist()
        for staged in self.schedule.trees:
            reads.append([(nodes[first + bit], stage) for bit, stage in staged.reads])
            first += len(staged.tree.weights)
        return reads

    @cached_property
    def result(self) -> list[Timed]:
        """The output bits of a network with that head, in their order."""
        if self.schedule.network.head != "bits":
            return []
        return [(node, self.schedule.last_stage) for node in self.schedule.output_nodes.tolist()]

    @cached_property
    def encoder_gives(self) -> list[Timed]:
        return self._gives(range(self.schedule.network.n_inputs))

    @cached_property
    def level_gives(self) -> list[list[Timed]]:
        """For each level, its gates as other blocks read them."""
        return [self._gives(gates.tolist()) for gates in self.schedule.levels]

    @cached_property
    def level_reads(self) -> list[list[Timed]]:
        """For each level, what it reads in the order in which other blocks give it."""
        given = [*self.encoder_gives, *(timed for gives in self.level_gives for timed in gives)]
        place = {timed: number for number, timed in enumerate(given)}
        return [sorted(reads, key=place.__getitem__) for reads in self._level_reads]

    def _gives(self, nodes: Sequence[int]) -> list[Timed]:
        own, place = set(nodes), {node: number for number, node in enumerate(nodes)}
        outputs = {node: number for number, node in enumerate(self.schedule.output_nodes.tolist())}

        def order(timed: Timed) -> tuple[list[int], int, int, int]:
            node, stage = timed
            return self._readers[timed], stage, outputs.get(node, -1), place[node]

        return sorted((timed for timed in self._readers if timed[0] in own), key=order)
