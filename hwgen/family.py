"""Families of targets, and what in the circuit depends on them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """How bits are counted where it is cheapest; chosen by `python -m benchmarks popcounts`.

    Members
    -------
    counter: bits of equal significance that a counter takes in a popcount
    """

    counter: int


FAMILIES = {"lut6": Family(counter=6), "lut4": Family(counter=7), "asic": Family(counter=3)}
