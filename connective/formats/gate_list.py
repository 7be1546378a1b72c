"""Gates as a reader meets them, one by one, with as many inputs as each has."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from connective.canonical import canonicalize
from connective.errors import InputError
from connective.formats.source import MAX_GATES
from connective.network import MAX_FANIN
from connective.truth_table import split, widening


class GateList:
    """A growing list of gates behind `n_inputs` input bits."""

    def __init__(self, n_inputs: int) -> None:
        self._n_inputs = n_inputs
        self._fanin = array("I")
        self._table = array("Q")
        self._widest = 1

    def add(self, table: int, inputs: Sequence[int]) -> int:
        """The node of a gate with a table of 2^inputs bits; a wide one is split into several."""
        return split(table, inputs, self._add)

    def arrays(self, k: int | None = None) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
        """Canonical fanin and table of k inputs, or of as many as the widest gate has."""
        k = k or self._widest
        if self._widest > k:
            raise InputError(f"a gate has {self._widest} inputs, but the network's k is {k}")
        fanin = np.array(self._fanin, dtype=np.uint32).reshape(-1, MAX_FANIN)[:, :k]
        mask = np.uint64((1 << 2**k) - 1)
        return canonicalize(fanin, np.array(self._table, dtype=np.uint64) & mask)

    def _add(self, table: int, inputs: Sequence[int]) -> int:
        if len(self._table) == MAX_GATES:
            raise InputError(f"there are more than the {MAX_GATES} gates that are read")
        padding = MAX_FANIN - len(inputs)
        self._fanin.extend([*inputs, *[inputs[-1] if inputs else 0] * padding])
        self._table.append(table * widening(len(inputs), MAX_FANIN))
        self._widest = max(self._widest, len(inputs))
        return self._n_inputs + len(self._table) - 1
