"""One sweep over the gates: constants, wires and inverters folded, equal gates found by hashing."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from connective.simplify.tables import (
    WORD,
    cofactor,
    crop,
    depends,
    invert_input,
    join_inputs,
    spread,
    swap_inputs,
)

KEPT, CONSTANT, PASS_THROUGH, INVERTER, DUPLICATE, COMPLEMENT, EQUIVALENT = range(7)


@njit(cache=True)
def fold_gates(
    n_inputs: int,
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    equal: NDArray[np.int64],
) -> tuple[NDArray[np.uint32], NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint8]]:
    """Fold gates; `equal` (nodes,) are literals as `fold` takes them.

    Returns what gates read, (gates, k), and their tables, (gates,), representatives alone; each
    node's representative, (nodes,) literals; and why it was folded, (nodes,) codes. A gate that
    is not its own representative is left as it was.
    """
    gates, k = fanin.shape
    fanin, table = fanin.copy(), table.copy()
    literal = np.empty(n_inputs + gates, dtype=np.int64)
    code = np.zeros(n_inputs + gates, dtype=np.uint8)
    slots = 1
    while slots < 2 * gates + 1:
        slots *= 2
    slot_gate = np.full(slots, -1, dtype=np.int64)
    for node in range(n_inputs + gates):
        known = equal[node]
        if known < 2 or (known >> 1) - 1 != node:
            literal[node] = known if known < 2 else literal[(known >> 1) - 1] ^ known & 1
            code[node] = CONSTANT if known < 2 else EQUIVALENT
            continue
        if node < n_inputs:
            literal[node] = 2 * node + 2
            continue
        gate = node - n_inputs
        reads, function, n_reads = _reduced(fanin[gate], spread(table[gate], k), literal)
        if n_reads == 0:
            literal[node] = function & np.uint64(1)
            code[node] = CONSTANT
        elif n_reads == 1:
            inverted = function & np.uint64(1) != 0
            literal[node] = 2 * np.int64(reads[0]) + 2 + inverted
            code[node] = INVERTER if inverted else PASS_THROUGH
        else:
            fanin[gate], table[gate] = reads, crop(function, k)
            twin, inverted = _find_or_add(slot_gate, gate, fanin, table)
            literal[node] = 2 * (n_inputs + twin) + 2 + inverted
            if twin != gate:
                code[node] = COMPLEMENT if inverted else DUPLICATE
    return fanin, table, literal, code


@njit(cache=True)
def _reduced(
    fanin: NDArray[np.uint32], function: np.uint64, literal: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], np.uint64, int]:
    """A gate on representatives: what it reads, ascending and its last repeated, and how many."""
    k = len(fanin)
    reads = np.zeros(k, dtype=np.uint32)
    for j in range(k):
        value = literal[fanin[j]]
        if value < 2:
            function = cofactor(function, j, value == 1)
            continue
        if value & 1:
            function = invert_input(function, j)
        reads[j] = (value >> 1) - 1
        for i in range(j):
            if reads[i] == reads[j] and literal[fanin[i]] >= 2:
                function = join_inputs(function, i, j)
                break
    n_reads = 0
    for j in range(k):
        if not depends(function, j):
            continue
        if j != n_reads:
            function = swap_inputs(function, n_reads, j)
            reads[n_reads] = reads[j]
        place = n_reads
        while place > 0 and reads[place - 1] > reads[place]:
            function = swap_inputs(function, place - 1, place)
            reads[place - 1], reads[place] = reads[place], reads[place - 1]
            place -= 1
        n_reads += 1
    for j in range(n_reads, k):
        reads[j] = reads[n_reads - 1] if n_reads else np.uint32(0)
    return reads, function, n_reads


@njit(cache=True)
def _find_or_add(
    slot_gate: NDArray[np.int64],
    gate: int,
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
) -> tuple[int, bool]:
    """The first gate with the same function of the same nodes, and whether it is the inverse."""
    k = fanin.shape[1]
    full = crop(WORD, k)
    function = table[gate]
    normal = function ^ full if function & np.uint64(1) else function
    key = normal * np.uint64(0x9E3779B97F4A7C15)
    for j in range(k):
        key = (key ^ np.uint64(fanin[gate, j])) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    mask = np.uint64(len(slot_gate) - 1)
    slot = np.int64((key >> np.uint64(32)) & mask)
    while slot_gate[slot] >= 0:
        other = slot_gate[slot]
        same = table[other] == function
        if (same or table[other] == function ^ full) and (fanin[other] == fanin[gate]).all():
            return other, not same
        slot = (slot + 1) & (len(slot_gate) - 1)
    slot_gate[slot] = gate
    return gate, False
