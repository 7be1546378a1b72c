"""Families of targets, and what in the circuit depends on them."""

from dataclasses import dataclass

from connective.design import Target


@dataclass(frozen=True)
class Family:
    """How a target counts bits: as is cheapest by `python -m benchmarks popcounts`.

    Other cells are taken to be as those of sky130, where full adders were.

    Members
    -------
    counter: bits of equal significance that a counter takes in a popcount
    absorbs: whether a look-up table has inputs for three gates of two, so that counters take these
        in: `hwgen.absorption`
    """

    counter: int
    absorbs: bool = False


FAMILIES: dict[Target, Family] = {
    "lut6": Family(counter=6, absorbs=True),
    "lut4": Family(counter=7),
    "asic": Family(counter=3),
    "xilinx7": Family(counter=6, absorbs=True),
    "ice40": Family(counter=7),
    "ecp5": Family(counter=3),
    "gowin": Family(counter=7),
    "sky130": Family(counter=3),
    "sg13g2": Family(counter=3),
}
