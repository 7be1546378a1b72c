"""A data flow in the making: operations, and nets from each to those that read them."""

from collections.abc import Sequence

import numpy as np

from hwgen.delays import LEVELS, Delays, Kind
from hwgen.retiming import Dataflow


class Graph:
    """A `Dataflow` in the making, which begins with the arrival of a sample."""

    def __init__(self, delays: Delays = LEVELS) -> None:
        self._delays = delays
        self.delay = [0]
        self.driver: list[int] = []
        self.bits: list[int] = []
        self.net: list[int] = []
        self.reader: list[int] = []

    def add(self, nets: Sequence[int], kind: Kind | None = None, size: int = 1) -> int:
        """A new operation that reads the nets; without a kind it takes no time."""
        operation = len(self.delay)
        self.delay.append(self._delays.of(kind, size) if kind else 0)
        self.net += nets
        self.reader += [operation] * len(nets)
        return operation

    def drive(self, operation: int, bits: int = 1) -> int:
        """A new net."""
        self.driver.append(operation)
        self.bits.append(bits)
        return len(self.driver) - 1

    def dataflow(self) -> Dataflow:
        lists = (self.delay, self.driver, self.bits, self.net, self.reader)
        return Dataflow(*(np.array(each, dtype=np.int64) for each in lists))
