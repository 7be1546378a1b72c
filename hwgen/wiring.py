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
        copies = self.schedule.copies
        for staged in self.schedule.trees:
            reads.append(
                [
                    (copies.read(nodes[first + bit], stage, ("summand", first + bit)), stage)
                    for bit, stage in staged.reads
                ]
            )
            first += len(staged.tree.weights)
        return reads

    @cached_property
    def result(self) -> list[Timed]:
        """The output bits of a network with that head, in their order."""
        if self.schedule.network.head != "bits":
            return []
        copies, stage = self.schedule.copies, self.schedule.last_stage
        nodes = enumerate(self.schedule.output_nodes.tolist())
        return [(copies.read(node, stage, ("output", place)), stage) for place, node in nodes]

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
        place = {node: number for number, node in enumerate(nodes)}
        node_of = self.schedule.copies.node
        outputs = {node: number for number, node in enumerate(self.schedule.output_nodes.tolist())}

        def order(timed: Timed) -> tuple[list[int], int, int, int, int]:
            node, stage = node_of.get(timed[0], timed[0]), timed[1]
            return self._readers[timed], stage, outputs.get(node, -1), place[node], timed[0]

        own = (timed for timed in self._readers if node_of.get(timed[0], timed[0]) in place)
        return sorted(own, key=order)
