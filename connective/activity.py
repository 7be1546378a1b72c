"""How often the pins of a netlist's cells toggled in a simulation."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Activity:
    """Toggles of pins while samples streamed at full rate, in values that had settled.

    Members
    -------
    toggles: by the names of cells, and of their pins, `A` or `A[0]`
    samples, cycles: how many samples streamed, and how long that took
    netlist_sha256: of the netlist's file
    tool: what simulated it
    """

    toggles: Mapping[str, Mapping[str, int]]
    samples: int
    cycles: int
    netlist_sha256: str
    tool: str
