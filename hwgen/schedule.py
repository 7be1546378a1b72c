"""When each part of a network computes: its operations in pipeline stages."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.network import Network
from hwgen.compressor_tree import StagedTree, width
from hwgen.copies import Copies, Reader, Readings, copied
from hwgen.delays import LEVELS, Delays
from hwgen.family import FAMILIES, Family
from hwgen.operations import BIT, Integers, Operations, operations
from hwgen.pipe import Timed
from hwgen.ranking import Duel
from hwgen.retiming import Stages, retime
from hwgen.tournament import Entrant, Match


@dataclass(frozen=True, eq=False)
class Schedule:
    """The stages of a network's hardware: what is in a row in each takes no longer than a budget.

    A comparison of the encoder, a gate, a counter or an addition of a popcount, and a match of
    the argmax are one level each, or take as long as measured. There are as few stages as that
    allows, and of all ways to place the operations it is one with the fewest register bits. The
    last stage ends in the output FIFO; a budget of 0 puts all into that one stage.

    Members
    -------
    network: what is built, as far as the outputs depend on it
    budget: of a stage, 0 or more, otherwise `InputError`; in levels, or in the unit of `delays`
    scores: whether the scores leave the core beside the label; a head `bits` has none to give
    family: of targets, by which popcounts are built
    margin: whether the best score less the second best leaves the core too; of two classes or more
    reject_below: the least margin of a sample that is not rejected; `None` rejects none
    best: how many of the best classes leave the core; `None` for none
    delays: of the operations
    max_fanout: readers that a register of a node may have, 2 or more; `None` for any number
    """

    network: Network
    budget: int
    scores: bool = False
    family: Family = FAMILIES["lut6"]
    margin: bool = False
    reject_below: int | None = None
    best: int | None = None
    delays: Delays = LEVELS
    max_fanout: int | None = None

    def __post_init__(self) -> None:
        if self.budget < 0:
            raise InputError(f"the budget of a stage must be 0 or more, not {self.budget}")
        if self.max_fanout is not None and self.max_fanout < 2:
            raise InputError(f"the greatest fan-out must be 2 or more, not {self.max_fanout}")
        if self.scores and self.network.head == "bits":
            raise InputError(
                "scores were asked of a network with head 'bits', which has none: export it without"
            )
        if self.margin or self.reject_below is not None:
            self._check_margin()
        if self.best is not None and not 2 <= self.best <= self.network.n_classes:
            raise InputError(
                f"the best {self.best} were asked of a network with {self.network.n_classes} "
                "classes: ask for 2 or more, and not more than it has"
            )
        if self.network.head == "scores":
            object.__setattr__(self, "scores", True)

    def _check_margin(self) -> None:
        if self.network.n_classes < 2:
            raise InputError(
                f"a margin was asked of a network with {self.network.n_classes} classes, where no "
                "score comes second: export it without"
            )
        low, high = self.network.score_range
        greatest = int(high.max() - np.sort(low)[-2])
        if self.reject_below is not None and self.reject_below > greatest:
            raise InputError(
                f"reject below {self.reject_below} rejects every sample, as no margin is more than "
                f"{greatest}: ask for less"
            )

    @cached_property
    def operations(self) -> Operations:
        return operations(
            self.network,
            family=self.family,
            registered=self.budget == 1 and self.delays is LEVELS,
            delays=self.delays,
            scores=self.scores,
            margin=self.margin,
            reject_below=self.reject_below,
            best=self.best,
        )

    @cached_property
    def _stages(self) -> Stages:
        flow = self.operations.dataflow
        return retime(flow, self.budget, flow.n_stages(self.budget))

    @property
    def levels_per_stage(self) -> int | None:
        """The budget, if it is in levels."""
        return self.budget if self.delays is LEVELS else None

    @property
    def stage(self) -> NDArray[np.int64]:
        """The stage of each operation, (operations,)."""
        return self._stages.stage

    @property
    def last_stage(self) -> int:
        return int(self.stage[-1])

    @property
    def latency(self) -> int:
        """Cycles from the transfer of a sample to its valid output, through an idle core."""
        return 1 + self.last_stage

    @property
    def register_bits(self) -> int:
        """Registers of the pipeline: data, what is carried, copies, and `valid` of each stage."""
        return self._stages.register_bits + len(self.copies.source) + self.last_stage

    @property
    def least_register_bits(self) -> int:
        """A lower bound of `register_bits`, without copies, for this latency and budget."""
        return self._stages.lower_bound + self.last_stage

    @property
    def score_range(self) -> tuple[int, int]:
        """The least and the greatest score of any class."""
        low, high = self.network.score_range
        return int(low.min()), int(high.max())

    @property
    def score_width(self) -> int:
        return max(width(*self.score_range), 1)

    @cached_property
    def levels(self) -> tuple[NDArray[np.int64], ...]:
        """The gates (nodes) of each logic level that are built, by table."""
        network, node = self.network, self.operations.node
        gates = network.n_inputs + np.flatnonzero(node[network.n_inputs :] >= 0)
        gates = gates[np.argsort(network.table[gates - network.n_inputs], kind="stable")]
        level = network.level[gates]
        return tuple(gates[level == number] for number in range(1, int(level.max(initial=0)) + 1))

    def gate_reads(self, gates: NDArray[np.int64]) -> list[Timed]:
        """What gates read, and when."""
        reads = self.operations.reads[gates - self.network.n_inputs]
        nodes = self.fanin[gates - self.network.n_inputs][reads]
        stage = np.broadcast_to(self.node_stage[gates][:, None], reads.shape)[reads]
        return _timed(zip(nodes.tolist(), stage.tolist(), strict=True))

    @cached_property
    def fanin(self) -> Integers:
        """What each gate reads, nodes or copies of their registers, (gates, k)."""
        fanin = self.operations.same[self.network.fanin]
        for (node, _, (kind, gate)), copy in self.copies.reads.items():
            if kind == "gate":
                own = fanin[gate - self.network.n_inputs]
                own[own == node] = copy
        return fanin

    @cached_property
    def copies(self) -> Copies:
        """Of registers that would have too many readers."""
        if self.max_fanout is None:
            return Copies()
        born = self.node_stage.tolist()
        return copied(self.readings, dict(enumerate(born)), self.max_fanout, self.network.n_nodes)

    @cached_property
    def readings(self) -> Readings:
        """The readers of each node that varies, by stage, block by block."""
        ops, readings = self.operations, dict[int, dict[int, list[Reader]]]()

        def add(node: int, stage: int, reader: Reader) -> None:
            if ops.varies[node]:
                readings.setdefault(node, {}).setdefault(stage, []).append(reader)

        for gate in (gate for level in self.levels for gate in level.tolist()):
            row = gate - self.network.n_inputs
            for node in np.unique(ops.same[self.network.fanin[row]][ops.reads[row]]).tolist():
                add(node, int(self.node_stage[gate]), ("gate", gate))
        first, nodes = 0, self.output_nodes.tolist()
        for staged in self.trees:
            for bit, stage in staged.reads:
                add(nodes[first + bit], stage, ("summand", first + bit))
            first += len(staged.tree.weights)
        for output, node in enumerate(nodes if self.network.head == "bits" else ()):
            add(node, self.last_stage, ("output", output))
        return readings

    @cached_property
    def node_stage(self) -> NDArray[np.int64]:
        """The stage in which each node that is built gets its value, (nodes,)."""
        stages: NDArray[np.int64] = self.stage[self.operations.node]
        return stages

    @cached_property
    def readers(self) -> NDArray[np.int64]:
        """How many gate inputs and summed bits read each node, (nodes,)."""
        ops = self.operations
        gates = np.flatnonzero(ops.node[self.network.n_inputs :] >= 0)
        fanin = ops.same[self.network.fanin[gates]][ops.reads[gates]]
        count = np.bincount(fanin, minlength=self.network.n_nodes)
        return count + np.bincount(self.output_nodes, minlength=self.network.n_nodes)

    @cached_property
    def output_nodes(self) -> NDArray[np.int64]:
        """The nodes behind the entries of `outputs` that are built, class by class."""
        entries = self.operations.output_entries
        nodes: NDArray[np.int64] = self.operations.same[self.network.outputs[entries]]
        return nodes

    @cached_property
    def trees(self) -> tuple[StagedTree, ...]:
        """How the bits of each class that is built are summed, and when."""
        ops = self.operations
        return tuple(
            StagedTree(
                tree,
                tuple(self.stage[own] for own in counters),
                tuple(int(self.stage[own]) for own in additions),
                self._first_read(score),
            )
            for tree, counters, additions, score in zip(
                ops.trees, ops.counters, ops.additions, ops.scores, strict=True
            )
        )

    def _first_read(self, score: Entrant) -> int:
        ranking = self.operations.ranking
        rivals: list[Match | Duel] = [*self.operations.matches, *(ranking.duels if ranking else ())]
        stages = [self.stage[r.operation] for r in rivals if score in (r.left, r.right)]
        return int(min(stages, default=self.last_stage))

    @cached_property
    def encodes(self) -> bool:
        """Whether an input bit that is read comes of a comparison; plain bits are wires."""
        network = self.network
        built = self.operations.node[: network.n_inputs] >= 0
        return bool((network.encoder.op[built] != BIT).any())


def levels_for_latency(schedule: Schedule, latency: int) -> int:
    """The fewest levels per stage with which a schedule's core takes at most `latency` cycles."""
    flow = schedule.operations.dataflow
    return next((n for n in range(1, len(flow.delay)) if flow.n_stages(n) <= latency), 1)


def _timed(reads: Iterable[Timed]) -> list[Timed]:
    return sorted(set(reads), key=lambda timed: (timed[1], timed[0]))
