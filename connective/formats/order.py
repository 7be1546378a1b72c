"""Gates that a file lists in any order."""

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter


def causal_order(reads: Mapping[int, Sequence[int]]) -> list[int]:
    """The keys, each after all keys that it reads: as they are given if that is such an order.

    A cycle raises `graphlib.CycleError`.
    """
    seen: set[int] = set()
    for gate, inputs in reads.items():
        if any(i in reads and i not in seen for i in inputs):
            return [gate for gate in TopologicalSorter(reads).static_order() if gate in reads]
        seen.add(gate)
    return list(reads)
