"""Families of targets, and what in the circuit depends on them."""

from dataclasses import dataclass

from connective.design import Target

SEVEN = 7


@dataclass(frozen=True)
class Family:
    """How a target counts bits: as is cheapest by `python -m benchmarks popcounts`.

    Other cells are taken to be as those of sky130, where full adders were.

    Members
    -------
    counter: bits of equal significance that a counter takes in a popcount
    gates_are_free: whether a look-up table has inputs for three gates of two, so that in a counter
        these take none of their own
    """

    counter: int
    gates_are_free: bool = False

    def takes_in_gates(self, *, registered: bool) -> bool:
        """Whether counters take in gates: `hwgen.absorption`.

        Where a register would follow every gate, its registers go in any case. A counter of seven
        is as deep as a stage should be, so that gates stay before it.
        """
        return self.gates_are_free or (registered and self.counter < SEVEN)


FAMILIES: dict[Target, Family] = {
    "lut6": Family(counter=6, gates_are_free=True),
    "lut4": Family(counter=SEVEN),
    "asic": Family(counter=3),
    "xilinx7": Family(counter=6, gates_are_free=True),
    "ice40": Family(counter=SEVEN),
    "ecp5": Family(counter=3),
    "gowin": Family(counter=SEVEN),
    "sky130": Family(counter=3),
    "sg13g2": Family(counter=3),
}
