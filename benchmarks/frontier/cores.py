"""What the core of a network takes, built and synthesised once: a record beside that of its run."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter

from benchmarks.frontier.plan import configs_of
from benchmarks.runs import RECORDS, Case, kept, made_network, path_of
from connective.folder import write_atomic
from connective.record import Record
from connective.simplify import simplify
from hwgen.emit import export
from hwgen.flows.synth import synthesize
from hwgen.request import Request
from train.config import TrainingConfig

KEPT = RECORDS / "cores.json"
PARTS = ("encoder", "logic", "popcount", "argmax", "interface")


class Core(Record):
    """What is built of a network, one level a stage: LUTs of six inputs by part, and registers."""

    gates: int
    luts: dict[str, int]
    registers: int
    latency: int

    @property
    def whole(self) -> int:
        return sum(self.luts.values())


KNOWN: TypeAdapter[dict[str, Core]] = TypeAdapter(dict[str, Core])


def build_missing(cases: Iterable[Case]) -> None:
    """Build and synthesise the core of each network of the first seed that has none yet."""
    for config in (configs_of(case)[0] for case in cases):
        if kept(config) and key_of(config) not in known():
            cores = {**known(), key_of(config): core_of(config)}
            write_atomic(KEPT, KNOWN.dump_json(cores, indent=1))


def core_of(config: TrainingConfig) -> Core:
    """The core of a run's network, from feature words to label."""
    network = made_network(config)
    simplified = simplify(network)
    with TemporaryDirectory() as name:
        folder = Path(name)
        request = Request(target="lut6")
        design = export(network, folder, request, provenance={}, simplified=simplified)
        result = synthesize(folder, "lut6")
    luts = dict.fromkeys(PARTS, 0)
    for block, cells in result.blocks.items():
        luts[_part(block)] += cells.luts
    return Core(
        gates=simplified.network.n_gates,
        luts=luts,
        registers=result.registers,
        latency=design.latency,
    )


def _part(block: str) -> str:
    """The part that a block of the report belongs to: levels of gates are the logic."""
    if block.startswith("level_"):
        return "logic"
    return {"inputs": "encoder"}.get(block, block)


def key_of(config: TrainingConfig) -> str:
    return path_of(config, "json").stem


def known() -> dict[str, Core]:
    return KNOWN.validate_json(KEPT.read_bytes()) if KEPT.exists() else {}
