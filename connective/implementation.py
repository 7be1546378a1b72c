"""What synthesis, and place and route, made of a design: docs/report-json.md."""

from pathlib import Path
from typing import Literal

from pydantic import Field, NonNegativeInt

from connective.folder import RESULTS
from connective.record import Record


class Block(Record):
    """Cells of one block, and the longest chain of logic that its own cells form.

    For FPGAs `luts`, `registers` and `others`, by type. For a cell library `cells`, all of them,
    `registers` among them, and their area, also in areas of the library's smallest NAND of two
    inputs.
    """

    luts: NonNegativeInt = 0
    registers: NonNegativeInt
    depth: NonNegativeInt
    others: dict[str, NonNegativeInt] = Field(default_factory=dict)
    cells: NonNegativeInt | None = None
    area_um2: float | None = None
    gate_equivalents: float | None = None


class LibraryRecord(Record):
    """The Liberty file of which a netlist's cells are, and its unit of gate equivalents."""

    file: str
    sha256: str
    gate_equivalent: str | None


class PathPart(Record):
    """So many cells of logic that a path passes in a block, after the others; 0 at a register."""

    block: str
    cells: NonNegativeInt


class SynthesisResult(Block):
    """The whole flattened design after synthesis, before any place and route.

    The blocks add up to it, `method` says how they count. `depth` is the longest path between
    registers or ports in LUTs, or in cells, and `path` one of these; `delay_ps` what the library
    says of such a path.
    """

    kind: Literal["synthesis"] = "synthesis"
    target: str
    tool: str
    delay_ps: float | None = None
    library: LibraryRecord | None = None
    blocks: dict[str, Block]
    path: list[PathPart] = Field(default_factory=list)
    method: str
    seconds: float


class TimedPart(PathPart):
    """With what the cells take, registers among them, and the wires that they drive, in ns."""

    logic_ns: float
    routing_ns: float


class PlacementRun(Record):
    """One seed's placement: its clock between registers, and the path that sets it."""

    seed: NonNegativeInt
    fmax_mhz: float
    path: list[TimedPart]
    seconds: float


class Places(Record):
    """Places of a kind on a device: those taken, of which the `harness` has some, and all."""

    used: NonNegativeInt
    harness: NonNegativeInt
    available: NonNegativeInt


class PlacementResult(Record):
    """A netlist, by the target that it is for, placed and routed on a device with several seeds.

    `asked_mhz` is the clock that it should reach, if one was asked for; `method` says what stands
    around the core, and which paths count.
    """

    kind: Literal["placement"] = "placement"
    netlist: str
    netlist_sha256: str
    device: str
    title: str
    tools: dict[str, str]
    asked_mhz: float | None
    median_mhz: float
    best_mhz: float
    runs: list[PlacementRun]
    places: dict[str, Places]
    method: str
    seconds: float

    @property
    def met(self) -> bool:
        """Whether some seed reaches the clock that was asked for."""
        return self.asked_mhz is None or self.best_mhz >= self.asked_mhz


def netlist_file(folder: Path, target: str) -> Path:
    """Where synthesis writes the Verilog of a design's netlist."""
    return folder / RESULTS / f"synth-{target}.v"


def cells_file(folder: Path, target: str) -> Path:
    """Where synthesis writes what the cells of a netlist do, if they are from a Liberty file."""
    return folder / RESULTS / f"synth-{target}-cells.v"
