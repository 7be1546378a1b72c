"""What simulation, proof, synthesis and placement found: DESIGN/results/. docs/report-json.md."""

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import Field, NonNegativeInt, ValidationError

from connective.design import Design
from connective.errors import InputError
from connective.folder import RESULTS, write_atomic
from connective.implementation import PlacementResult, SynthesisResult, netlist_file
from connective.power import PowerResult
from connective.record import Record
from connective.sentence import first_error


class TiesFound(Record):
    """Pairs of classes: with a tie for the first place among the corners, proved to have none, or
    neither.
    """

    found: NonNegativeInt
    impossible: NonNegativeInt
    left: NonNegativeInt


class SumRange(Record):
    """Values of a class's sum: those seen, and those that its weights allow."""

    least: int
    greatest: int
    possible_least: int
    possible_greatest: int

    @property
    def share(self) -> float:
        """How much of the possible range was seen; all of it where there is one value only."""
        possible = self.possible_greatest - self.possible_least
        return (self.greatest - self.least) / possible if possible else 1.0


class Stalls(Record):
    """Cycles of all tests in which the input had nothing on offer though the core was ready, the
    core took nothing of what was on offer, and a result waited.
    """

    input_idle: NonNegativeInt
    input_held: NonNegativeInt
    output_held: NonNegativeInt

    def __add__(self, other: "Stalls") -> "Stalls":
        return Stalls(
            input_idle=self.input_idle + other.input_idle,
            input_held=self.input_held + other.input_held,
            output_held=self.output_held + other.output_held,
        )


class Coverage(Record):
    """What the samples exercised of the network that was built, and the bench of the streams.

    `gates` leaves out constants and those that no output depends on; `gates_both` had both values,
    `gates_fixed` are proved to have one only. `ties` are samples with a tie for the first place,
    between `tied_pairs` of all `pairs` of classes. `stalls` is null where there are no streams.
    """

    gates: NonNegativeInt
    gates_both: NonNegativeInt
    gates_fixed: NonNegativeInt
    sums: list[SumRange]
    ties: NonNegativeInt
    tied_pairs: NonNegativeInt
    pairs: NonNegativeInt
    stalls: Stalls | None


class SimulationResult(Record):
    """One run of the test bench, of the Verilog or of a `netlist`, the target that it is for.

    `samples` were compared with the reference model on every output port, streamed without stalls;
    the first of them are `corners`, so many of each kind in their order, and `data` the others.
    `tests` has a line for each further claim: "passed", or what went wrong. The harness "cpp" gives
    `build_seconds`, 0 if it was built before, and `total_seconds`, of build, runs and comparisons.
    """

    kind: Literal["simulation"] = "simulation"
    simulator: str
    harness: Literal["cocotb", "cpp"] = "cocotb"
    netlist: str | None = None
    netlist_sha256: str | None = None
    version: str
    data: str
    samples: NonNegativeInt
    mismatches: NonNegativeInt
    first_mismatch: str | None
    latency_measured: NonNegativeInt | None
    cycles: NonNegativeInt
    samples_per_second: float
    seconds: float
    build_seconds: float | None = None
    total_seconds: float | None = None
    tests: dict[str, str]
    corners: dict[str, NonNegativeInt] = Field(default_factory=dict)
    ties: TiesFound | None = None
    coverage: Coverage | None = None

    @property
    def name(self) -> str:
        """The simulator, the harness if it is not cocotb, and the target of a netlist."""
        harness = None if self.harness == "cocotb" else self.harness
        return "-".join(filter(None, (self.simulator, harness, self.netlist)))

    @property
    def passed(self) -> bool:
        return not self.mismatches and all(text == "passed" for text in self.tests.values())


class LemmaRecord(Record):
    """A claim of a proof; `holds` is null where nobody knows, and `why` says what is left."""

    claim: str
    method: str
    holds: bool | None
    why: str | None
    seconds: float


class CounterexampleRecord(Record):
    """What refutes a design: samples in turn, seen in simulation to have wrong results.

    `bench` is a test bench in results/ that shows it, `waveform` what it writes; `observed` is what
    a simulator printed. Without samples the streams break their rules whatever they carry.
    """

    samples: list[list[int]]
    observed: list[str]
    bench: str
    waveform: str


class ProofResult(Record):
    """A proof for all inputs and times, or what is left of it.

    `proved` if all lemmas hold, `refuted` if a counterexample was seen in simulation, else
    `unknown`. `simplified_sha256` is of the network that was built, if it is another. With a
    `netlist`, the target that it is for, the proof says that this does what the Verilog does.
    """

    kind: Literal["proof"] = "proof"
    outcome: Literal["proved", "refuted", "unknown"]
    tools: dict[str, str]
    netlist: str | None
    netlist_sha256: str | None
    simplified_sha256: str | None
    lemmas: list[LemmaRecord]
    counterexample: CounterexampleRecord | None
    seconds: float


Result = SimulationResult | SynthesisResult | PlacementResult | ProofResult | PowerResult


class StoredResult(Record):
    """A result beside what it holds for: the digests of the network and of the Verilog."""

    format: Literal["connective.result"] = "connective.result"
    version: Literal[1] = 1
    network_sha256: str
    verilog_sha256: str
    result: Result = Field(discriminator="kind")

    def holds_for(self, design: Design, folder: Path) -> bool:
        """Whether it is of the design in a folder, and of the netlist that lies there."""
        if not isinstance(self.result, SynthesisResult) and self.result.netlist:
            netlist = netlist_file(folder, self.result.netlist)
            found = hashlib.sha256(netlist.read_bytes()).hexdigest() if netlist.is_file() else None
            if found != self.result.netlist_sha256:
                return False
        return (self.network_sha256, self.verilog_sha256) == (design.network.sha256, design.sha256)


def result_name(result: Result) -> str:
    if isinstance(result, SimulationResult):
        return f"simulate-{result.name}"
    if isinstance(result, ProofResult):
        return f"prove-{result.netlist}" if result.netlist else "prove"
    if isinstance(result, PowerResult):
        return f"power-{result.netlist}"
    if isinstance(result, PlacementResult):
        return f"pnr-{result.netlist}-{result.device}"
    return f"synth-{result.target}"


def write_result(folder: Path, design: Design, result: Result) -> None:
    """Store a result in the design's folder, replacing the last one of its kind."""
    stored = StoredResult(
        network_sha256=design.network.sha256, verilog_sha256=design.sha256, result=result
    )
    content = json.dumps(stored.model_dump(mode="json"), indent=1) + "\n"
    write_atomic(folder / RESULTS / f"{result_name(result)}.json", content.encode())


def read_results(folder: Path) -> dict[str, StoredResult]:
    """All stored results of a design by name; a damaged one raises `InputError`."""
    results = {}
    for path in sorted((folder / RESULTS).glob("*.json")):
        try:
            results[path.stem] = StoredResult.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise InputError(f"{path}: {first_error(error)}: remove it and run again") from None
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return results
