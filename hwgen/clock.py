"""The stages for a clock: as many operations in a row as its period leaves time for."""

from dataclasses import dataclass, replace
from math import floor

from connective import design
from connective.design import Target
from connective.errors import InputError
from hwgen.delays import Delays, measured
from hwgen.retiming import Dataflow
from hwgen.schedule import Schedule
from hwgen.surroundings import NATIVE, Surroundings

PS = 1_000_000
"""Picoseconds in the period of 1 MHz."""


@dataclass(frozen=True)
class Clock:
    """A clock on a family of chips whose delays were measured; otherwise `InputError`."""

    mhz: float
    target: Target

    def __post_init__(self) -> None:
        if not 0 < self.mhz < PS:
            raise InputError(f"clock must be more than 0 and less than {PS} MHz, not {self.mhz:g}")
        if self.target not in measured():
            raise InputError(
                f"a clock of {self.mhz:g} MHz was asked for target {self.target}, whose delays "
                f"were not measured: choose one of {', '.join(measured())}, or give levels per "
                "stage or a latency"
            )

    @property
    def delays(self) -> Delays:
        """In ps."""
        return measured()[self.target]

    @property
    def period(self) -> int:
        """In whole ps."""
        return floor(PS / self.mhz)

    @property
    def budget(self) -> int:
        """What the period leaves for operations, in ps; less than 1 where it is too short."""
        return self.period - self.delays.overhead

    @property
    def option(self) -> design.Clock:
        """What design.json says of it."""
        return design.Clock(mhz=self.mhz, overhead=self.delays.overhead, budget=self.budget)

    def least_period(self, levels: Schedule, around: Surroundings = NATIVE) -> tuple[int, str]:
        """Of any clock for the core of a schedule, in ps, and what takes so long."""
        flow = replace(levels, budget=0, delays=self.delays).operations.dataflow
        budget, what = self._least_budget(flow, around)
        return self.delays.overhead + budget, what

    def schedule(self, levels: Schedule, around: Surroundings = NATIVE) -> Schedule:
        """The schedule of the same core for this clock; `InputError` if no stages can meet it."""
        period, what = self.least_period(levels, around)
        if self.period < period:
            raise InputError(
                f"no stages meet a clock of {self.mhz:g} MHz on {self.target}, whose period is "
                f"{self.period} ps: the least period is {period} ps, that of {what}, so ask for "
                f"{floor(10 * PS / period) / 10:g} MHz or less"
            )
        return replace(levels, budget=self.budget, delays=self.delays)

    def _least_budget(self, flow: Dataflow, around: Surroundings) -> tuple[int, str]:
        """In ps: of the longest operation or part around the core, or of the flow control."""

        def of_flow(budget: int) -> int:
            return self.delays.of(around.flow, flow.n_stages(budget).bit_length())

        longest = {"the longest operation": max(int(flow.delay.max()), 1)}
        longest |= {what: self.delays.of(*part) for what, part in around.parts.items()}
        what = max(longest, key=lambda each: longest[each])
        low = longest[what]
        high = max(of_flow(low), low)
        while low < high:  # more stages never have a faster flow control
            middle = (low + high) // 2
            low, high = (low, middle) if of_flow(middle) <= middle else (middle + 1, high)
        return low, what if low == longest[what] else "the flow control"
