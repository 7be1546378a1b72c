"""When each part of a network computes: levels, pipeline stages, and what each boundary carries."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS
from connective.errors import InputError
from connective.network import Network
from hwgen.adder_tree import AdderTree, width
from hwgen.formula import support


@dataclass(frozen=True, eq=False)
class Schedule:
    """The levels of a network's hardware, with a register after every `levels_per_stage` of them.

    The levels are, in order: the comparators of the encoder if a row that is read compares, the
    logic levels, the levels of the longest adder tree, the rounds of the argmax. The last stage
    ends in the output FIFO; 0 levels per stage put all of them into that one stage. Only what the
    outputs depend on is built; a node that a later level reads is carried until then.

    Members
    -------
    network: what is built
    levels_per_stage: 0 or more, otherwise `InputError`
    scores: whether the scores leave the core beside the label; a head `bits` has none to give
    """

    network: Network
    levels_per_stage: int
    scores: bool = False

    def __post_init__(self) -> None:
        if self.levels_per_stage < 0:
            raise InputError(f"levels_per_stage must be 0 or more, not {self.levels_per_stage}")
        if self.scores and self.network.head == "bits":
            raise InputError(
                "scores were asked of a network with head 'bits', which has none: export it without"
            )
        if self.network.head == "scores":
            object.__setattr__(self, "scores", True)

    @property
    def classes(self) -> range:
        """Classes whose sums are built: none where one class makes the label known."""
        n_classes = self.network.n_classes
        return range(n_classes if n_classes > 1 or self.scores else 0)

    @cached_property
    def depth(self) -> int:
        """Logic levels that are built."""
        return int(self.network.level[self._last_read > 0].max(initial=0))

    @cached_property
    def buses(self) -> tuple[NDArray[np.int64], ...]:
        """The nodes alive before the first logic level and after each, `depth` + 1 arrays.

        A bus has first what is carried, in the order of the bus before, then new gates by table.
        The last bus has the outputs: by class and weight, so that what a sum reads is one slice;
        for a network with head `bits` in its own order, each node once.
        """
        level = self.network.level
        bus = np.flatnonzero((level == 0) & (self._last_read > 0))
        buses = [bus]
        for number in range(1, self.depth + 1):
            carried = bus[self._last_read[bus] > number]
            new = np.flatnonzero((level == number) & (self._last_read > 0))
            new = new[np.argsort(self._table[new], kind="stable")]
            bus = np.concatenate([carried, new])
            buses.append(bus)
        entries = self._output_entries
        nodes, first = np.unique(self.network.outputs[entries], return_index=True)
        buses[-1] = nodes[np.argsort(first)].astype(np.int64)
        return tuple(buses)

    @cached_property
    def summands(self) -> tuple[NDArray[np.int64], ...]:
        """For each class that is built, the positions in the last bus of what it sums."""
        network = self.network
        position = np.zeros(network.n_nodes, dtype=np.int64)
        position[self.buses[-1]] = np.arange(len(self.buses[-1]))
        entries = self._output_entries
        owner = self._owner[entries]
        return tuple(position[network.outputs[entries[owner == c]]] for c in self.classes)

    @cached_property
    def trees(self) -> tuple[AdderTree, ...]:
        """For each class that is built, the adder tree over its summands."""
        entries = self._output_entries
        owner, weights = self._owner[entries], self.network.weights[entries]
        return tuple(
            AdderTree(tuple(weights[owner == c].tolist()), int(self.network.bias[c]))
            for c in self.classes
        )

    @property
    def score_range(self) -> tuple[int, int]:
        """The least and the greatest score of any class."""
        low, high = self.network.score_range
        return int(low.min()), int(high.max())

    @property
    def score_width(self) -> int:
        return max(width(*self.score_range), 1)

    @property
    def encodes(self) -> bool:
        """Whether an input bit that is read comes of a comparison; plain bits are wires."""
        ops = self.network.encoder.op[self.buses[0]]
        return bool((ops != OPS.index("bit")).any())

    @property
    def adder_levels(self) -> int:
        """Levels of the longest adder tree."""
        return max((tree.n_levels for tree in self.trees), default=0)

    @property
    def argmax_rounds(self) -> int:
        return max(len(self.classes) - 1, 0).bit_length()

    @cached_property
    def registered(self) -> tuple[bool, ...]:
        """Whether a register follows each level, in the order of the levels."""
        n_levels = self.encodes + self.depth + self.adder_levels + self.argmax_rounds
        budget = self.levels_per_stage
        return tuple(
            budget > 0 and level % budget == 0 and level < n_levels
            for level in range(1, n_levels + 1)
        )

    @property
    def encoder_registered(self) -> bool:
        return self.encodes and self.registered[0]

    @property
    def logic_registered(self) -> tuple[bool, ...]:
        return self.registered[self.encodes :][: self.depth]

    @property
    def adder_registered(self) -> tuple[bool, ...]:
        return self.registered[self.encodes + self.depth :][: self.adder_levels]

    @property
    def argmax_registered(self) -> tuple[bool, ...]:
        return self.registered[self.encodes + self.depth + self.adder_levels :]

    @property
    def latency(self) -> int:
        """Cycles from the transfer of a sample to its valid output, through an idle core."""
        return 1 + sum(self.registered)

    @property
    def register_bits(self) -> int:
        """Registers of the pipeline: data, what is carried, and `valid` of each stage."""
        bits = self.latency - 1
        bits += len(self.buses[0]) * self.encoder_registered
        for number, registered in enumerate(self.logic_registered, 1):
            bus = self.buses[number]
            constant = (self.network.level[bus] == number) & ~self._depends[bus]
            bits += (len(bus) - int(constant.sum())) * registered
        for level, registered in enumerate(self.adder_registered):
            bits += (
                sum(tree.register_bits(level, self.score_width) for tree in self.trees) * registered
            )
        for number, registered in enumerate(self.argmax_registered, 1):
            bits += self._argmax_bits(number) * registered
        return bits

    def _argmax_bits(self, number: int) -> int:
        """What a register after a round holds: winners, their labels, and scores to keep."""
        n_classes = len(self.classes)
        kept = n_classes * self.score_width * self.scores
        fields = [self.classes[c : c + 2**number] for c in range(0, n_classes, 2**number)]
        return kept + sum(self.score_width + (len(field) - 1).bit_length() for field in fields)

    @cached_property
    def _table(self) -> NDArray[np.uint64]:
        """Truth table of each node, (nodes,); 0 for an input bit."""
        inputs = np.zeros(self.network.n_inputs, dtype=np.uint64)
        return np.concatenate([inputs, self.network.table])

    @cached_property
    def _owner(self) -> NDArray[np.int64]:
        """Class of each entry of `outputs`; one for all where there are no classes."""
        sizes = np.diff(self.network.groups) if self.network.n_classes else [len(self._entries)]
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def _entries(self) -> NDArray[np.int64]:
        return np.arange(len(self.network.outputs))

    @cached_property
    def _output_entries(self) -> NDArray[np.int64]:
        """The entries of `outputs` that are built, in the order of the last bus."""
        network = self.network
        if network.head == "bits":
            return self._entries
        nodes = network.outputs
        order = np.lexsort((nodes, self._table[nodes], network.weights, self._owner))
        built = (network.weights[order] != 0) & (len(self.classes) > 0)
        entries: NDArray[np.int64] = order[built]
        return entries

    @cached_property
    def _last_read(self) -> NDArray[np.int64]:
        """The last level that reads a node, (nodes,): one after all gates' for an output, or 0."""
        network = self.network
        last = np.zeros(network.n_nodes, dtype=np.int64)
        last[network.outputs[self._output_entries]] = network.depth + 1
        level = network.level[network.n_inputs :]
        reads = self._reads
        for number in range(network.depth, 0, -1):
            built = np.flatnonzero((level == number) & (last[network.n_inputs :] > 0))
            read = network.fanin[built][reads[built]]
            last[read] = np.maximum(last[read], number)
        return last

    @property
    def _depends(self) -> NDArray[np.bool_]:
        """Whether each node's value depends on anything, (nodes,): not that of a constant gate."""
        return np.concatenate([np.ones(self.network.n_inputs, dtype=bool), self._reads.any(axis=1)])

    @cached_property
    def _reads(self) -> NDArray[np.bool_]:
        """Inputs on which each gate's table depends, (gates, k): none of a constant's."""
        tables, index = np.unique(self.network.table, return_inverse=True)
        k = self.network.k
        depends = np.zeros((len(tables), k), dtype=bool)
        for row, table in enumerate(tables.tolist()):
            depends[row, list(support(table, k))] = True
        return depends[index]
