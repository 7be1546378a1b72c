"""How a core trades time for area."""

from dataclasses import dataclass
from typing import Literal

from connective.errors import InputError
from hwgen.accelerator import Accelerator
from hwgen.core import Core
from hwgen.narrow_input import NarrowInput
from hwgen.rota import Rota
from hwgen.schedule import Schedule
from hwgen.serial import SerialAccelerator


@dataclass(frozen=True)
class Form:
    """A pipeline that takes a sample a cycle, or less in more time.

    Members
    -------
    serial: whether the classes take turns in one popcount
    bits_per_cycle: how many bits of a class that counts in a cycle, as `Rota` has it
    input_width: bits of a sample in a transfer; `None` for all of them
    clock_gating: whether the data registers of a pipeline load only where a sample moves
    """

    serial: bool = False
    bits_per_cycle: int | None = None
    input_width: int | None = None
    clock_gating: bool = False

    def __post_init__(self) -> None:
        if self.clock_gating and self.serial:
            raise InputError(
                "clock gating and the serial form, whose gates settle while a sample waits, "
                "exclude one another: leave one of them out"
            )
        if self.bits_per_cycle is not None and not self.serial:
            raise InputError(
                f"{self.bits_per_cycle} bits per cycle are of the serial form: use that, or leave "
                "them out"
            )

    @property
    def name(self) -> Literal["serial", "pipelined"]:
        return "serial" if self.serial else "pipelined"

    @property
    def levels_per_stage(self) -> int:
        """Where nothing else is asked for: registers pay where samples follow one another."""
        return 0 if self.serial else 1

    def core(self, schedule: Schedule, *, tag_width: int = 0) -> Core:
        """What computes the schedule's network; `InputError` where it has no such form.

        With a `tag_width` it carries a tag beside each sample.
        """
        width, payload_width = self.input_width, schedule.network.encoder.payload_width
        if width is not None and not 1 <= width < payload_width:
            raise InputError(
                f"the input width must be at least 1 and less than the {payload_width} bits of a "
                f"sample, not {width}"
            )
        if self.serial:
            rota = Rota(schedule.network, self.bits_per_cycle)
            core: Core = SerialAccelerator(schedule, rota, tag_width=tag_width)
        else:
            core = Accelerator(schedule, tag_width=tag_width, gated=self.clock_gating)
        return core if width is None else NarrowInput(core, width)
