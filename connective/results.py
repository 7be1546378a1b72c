"""What simulation and synthesis found, as the records in DESIGN/results/. docs/report-json.md."""

from pydantic import BaseModel, ConfigDict, NonNegativeInt


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SimulationResult(Record):
    """One run of the test bench.

    `samples` were compared with the reference model on every output port, first streamed without
    stalls; `tests` has a line for each further claim: "passed", or what went wrong.
    """

    simulator: str
    version: str
    data: str
    samples: NonNegativeInt
    mismatches: NonNegativeInt
    first_mismatch: str | None
    latency_measured: NonNegativeInt | None
    cycles: NonNegativeInt
    samples_per_second: float
    seconds: float
    tests: dict[str, str]

    @property
    def passed(self) -> bool:
        return not self.mismatches and all(text == "passed" for text in self.tests.values())


class Block(Record):
    """Cells of one block, and the levels of logic that its own cells form."""

    luts: NonNegativeInt
    registers: NonNegativeInt
    depth: NonNegativeInt


class SynthesisResult(Record):
    """Cells of the flattened design; the blocks add up to them, `method` says how they count.

    `depth` is the longest path between registers or ports, in LUTs.
    """

    target: str
    tool: str
    luts: NonNegativeInt
    registers: NonNegativeInt
    depth: NonNegativeInt
    blocks: dict[str, Block]
    method: str
    seconds: float
