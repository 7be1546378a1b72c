"""What a netlist takes for a sample, estimated: docs/power.md."""

from typing import Literal

from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt

from connective.record import Record

NETLISTS = ("asic", "xilinx7", "ice40", "ecp5", "gowin")
"""The targets whose netlists consist of cells that a maker has."""


class Energy(Record):
    """Energy of a sample in pJ, by where it goes; only leakage depends on the clock's frequency.

    clock: the pins of registers that the clock drives, their charge and what they take inside
    switching: the charge of all other input pins, without wires
    internal: what else cells take inside when they switch
    leakage: of all cells, for the time that a sample takes
    """

    clock: float
    switching: NonNegativeFloat
    internal: float
    leakage: NonNegativeFloat

    @property
    def total(self) -> float:
        return self.clock + self.switching + self.internal + self.leakage


class BlockPower(Record):
    """Of one block: toggles of its cells' outputs a sample, and energy where it is known."""

    toggles: NonNegativeFloat
    energy_pj: Energy | None


class LibraryFile(Record):
    """The Liberty file whose figures were taken."""

    file: str
    sha256: str


class PowerResult(BlockPower):
    """The whole netlist for a `target`, while samples stream through it at full rate.

    The blocks add up to it, `method` says what is counted. A sample takes `cycles` / `samples`
    cycles. For a cell library it is the energy and, at `mhz`, `power_uw`; `library` has the
    Liberty file's name and SHA-256, `voltage` is in V.
    """

    kind: Literal["power"] = "power"
    netlist: str
    netlist_sha256: str
    tool: str
    data: str
    samples: PositiveInt
    cycles: PositiveInt
    mhz: PositiveFloat | None
    voltage: PositiveFloat | None
    power_uw: float | None
    library: LibraryFile | None
    blocks: dict[str, BlockPower]
    method: str
    seconds: float
