"""Truth tables as integers of 2^n bits: bit Σ x_j·2^j is the output for inputs x_0 … x_{n−1}."""

from collections.abc import Callable, Sequence
from functools import cache

from connective.network import MAX_FANIN

MAX_TABLE_INPUTS = 12
"""Inputs of the widest table that is split: it becomes at most 127 gates."""


@cache
def variable(j: int, n: int) -> int:
    """The table of input j of n: runs of 2^j zeros and ones."""
    run = ((1 << (1 << j)) - 1) << (1 << j)
    table, length = run, 2 << j
    while length < 1 << n:
        table |= table << length
        length *= 2
    return table


def n_read(table: int, n: int) -> int:
    """How many inputs there are up to the last on which a table of n inputs depends."""
    while n and table & (1 << (1 << n - 1)) - 1 == table >> (1 << n - 1):
        n -= 1
        table &= (1 << (1 << n)) - 1
    return n


@cache
def widening(n: int, k: int) -> int:
    """What a table of n inputs is multiplied by to be one of k that ignores all after the n."""
    return sum(1 << (m << n) for m in range(1 << k - n))


def split(table: int, inputs: Sequence[int], gate: Callable[[int, Sequence[int]], int]) -> int:
    """The node of a table of up to `MAX_TABLE_INPUTS` inputs, by Shannon of gates of at most six.

    `gate` makes one of them from its table and input nodes and returns its node.
    """
    n = len(inputs)
    if n <= MAX_FANIN:
        return gate(table, inputs)
    half = 1 << n - 1
    low, high = table & (1 << half) - 1, table >> half
    if low == high:
        return split(low, inputs[:-1], gate)
    parts = [split(part, inputs[:-1], gate) for part in (low, high)]
    return gate(MULTIPLEXER, [*parts, inputs[-1]])


MULTIPLEXER = variable(0, 3) & ~variable(2, 3) | variable(1, 3) & variable(2, 3)
