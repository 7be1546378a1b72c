"""report.json: all that the chain measured of one design. docs/report-json.md specifies it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, NonNegativeInt, PositiveInt, ValidationError

from connective.design import read_design
from connective.errors import InputError
from connective.implementation import PlacementResult, SynthesisResult
from connective.network_file import read_network
from connective.power import PowerResult
from connective.record import Record
from connective.results import ProofResult, SimulationResult, read_results
from connective.sentence import first_error

EXPECTED = ("prove", "simulate-icarus", "simulate-verilator", "synth-lut4", "synth-lut6")


class Accuracy(Record):
    """Shares of the test set that are right; the relaxed network is not the hardware."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    relaxed: float | None = None
    relaxed_before_annealing: float | None = None
    discretized: float | None = None


class Built(Record):
    """The simplified network that was built in the network's place."""

    gates: NonNegativeInt
    levels: NonNegativeInt
    inputs: PositiveInt
    sha256: str


class Report(Record):
    """What is known of one design; `missing` and `stale` name the results that are not in it."""

    format: Literal["connective.report"] = "connective.report"
    version: Literal[1] = 1
    data: str | None
    accuracy: Accuracy
    gates: NonNegativeInt
    levels: NonNegativeInt
    inputs: PositiveInt
    classes: NonNegativeInt
    simplified: Built | None
    latency: NonNegativeInt
    initiation_interval: PositiveInt
    levels_per_stage: NonNegativeInt | None
    register_bits: NonNegativeInt
    proof: ProofResult | None
    netlist_proofs: list[ProofResult]
    simulations: list[SimulationResult]
    synthesis: list[SynthesisResult]
    power: list[PowerResult]
    placements: list[PlacementResult]
    missing: list[str]
    stale: list[str]
    network_sha256: str
    verilog_sha256: str
    generator: str
    provenance: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Whether nothing disagrees with the reference model, and clocks asked for are reached."""
        proofs = [*self.netlist_proofs, *([self.proof] if self.proof else [])]
        refuted = any(proof.outcome == "refuted" for proof in proofs)
        simulated = all(simulation.passed for simulation in self.simulations)
        return not refuted and simulated and all(each.met for each in self.placements)


def accuracy_of(provenance: Mapping[str, Any], source: Path) -> Accuracy:
    """What training noted in a network's provenance; `InputError` where that is damaged."""
    try:
        return Accuracy.model_validate(provenance.get("accuracy", {}))
    except ValidationError as error:
        raise InputError(f"{source}: accuracy.{first_error(error)}: train it again") from None


def gather(folder: Path) -> Report:
    """Read a design, its network and the results that hold for them; run nothing."""
    design = read_design(folder)
    network, provenance = read_network(folder / design.network.file)
    if network.sha256 != design.network.sha256:
        raise InputError(
            f"{folder / design.network.file}: is not the network of which design.json was made: "
            "export the design again"
        )
    simplified = None
    if design.simplified:
        built, _ = read_network(folder / design.simplified.file)
        simplified = Built(
            gates=built.n_gates, levels=built.depth, inputs=built.n_inputs, sha256=built.sha256
        )
    stored = read_results(folder)
    current = {name: s.result for name, s in stored.items() if s.holds_for(design, folder)}
    proofs = [r for r in current.values() if isinstance(r, ProofResult)]
    data = provenance.get("data")
    return Report(
        data=data.get("description") if isinstance(data, dict) else None,
        accuracy=accuracy_of(provenance, folder / design.network.file),
        gates=network.n_gates,
        levels=network.depth,
        inputs=network.n_inputs,
        classes=network.n_classes,
        simplified=simplified,
        latency=design.latency,
        initiation_interval=design.initiation_interval,
        levels_per_stage=design.options.levels_per_stage,
        register_bits=design.register_bits,
        proof=next((r for r in proofs if r.netlist is None), None),
        netlist_proofs=[r for r in proofs if r.netlist is not None],
        simulations=[r for r in current.values() if isinstance(r, SimulationResult)],
        synthesis=[r for r in current.values() if isinstance(r, SynthesisResult)],
        power=[r for r in current.values() if isinstance(r, PowerResult)],
        placements=[r for r in current.values() if isinstance(r, PlacementResult)],
        missing=[name for name in EXPECTED if name not in stored],
        stale=[name for name in stored if name not in current],
        network_sha256=design.network.sha256,
        verilog_sha256=design.sha256,
        generator=design.generator,
        provenance=provenance,
    )
