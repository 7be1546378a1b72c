"""Families of targets, and what in the circuit depends on them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """How bits are counted where it is cheapest; chosen by `python -m benchmarks popcounts`.

    Members
    -------
    counter: bits of equal significance that a counter takes in a popcount
    pairs: whether the last step of a popcount counts up to six bits of two columns together, a
        look-up table for each output, or adds three bits at a time
    """

    counter: int
    pairs: bool


FAMILIES = {
    "lut6": Family(counter=6, pairs=True),
    "lut4": Family(counter=7, pairs=False),
    "asic": Family(counter=3, pairs=False),
}
