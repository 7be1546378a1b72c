"""Networks that come with Connective, in connective/models. docs/models.md says what lies there."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import NonNegativeInt, PositiveInt

from connective.errors import InputError
from connective.implementation import SynthesisResult
from connective.json_record import parse_record
from connective.record import Record
from connective.results import ProofResult, StoredResult

MODELS = Path(__file__).with_name("models")
NETWORK, CONFIG, RECORD, PROOF = "network.npz", "config.toml", "model.json", "prove.json"
FILES = (NETWORK, CONFIG, RECORD, PROOF)
VERSION = 1


class Sizes(Record):
    gates: NonNegativeInt
    levels: NonNegativeInt
    inputs: PositiveInt


class ModelRecord(Record):
    """What was measured of one network, and of the core that `connective export` makes of it.

    Members
    -------
    data, data_sha256, about: the data set, the digest of its samples, what it is and how to get it
    command: what makes the network, where config.toml lies
    versions: of what trained it
    right, samples: test samples that the discretised network answers right, of all of them
    trained, built: sizes before and after simplification
    latency: cycles of the core
    generator, verilog_sha256: what wrote the core, and the digest of its Verilog
    synthesis: what the whole core takes; `method` says what is counted
    """

    format: Literal["connective.model"] = "connective.model"
    version: Literal[1] = 1
    network_sha256: str
    data: str
    data_sha256: str
    about: str
    command: str
    versions: dict[str, str]
    right: NonNegativeInt
    samples: PositiveInt
    trained: Sizes
    built: Sizes
    latency: NonNegativeInt
    generator: str
    verilog_sha256: str
    synthesis: list[SynthesisResult]

    @property
    def accuracy(self) -> float:
        return self.right / self.samples

    def luts(self, target: str) -> int:
        """LUTs of the whole core for a target that was measured."""
        (found,) = (result.luts for result in self.synthesis if result.target == target)
        return found


@dataclass(frozen=True)
class Shipped:
    """A network that comes with Connective: its folder, what was measured, and its proof."""

    name: str
    folder: Path
    record: ModelRecord
    certificate: StoredResult

    @property
    def proved(self) -> bool:
        """Whether the proof holds, and is of this network and the Verilog that was measured."""
        found, proof = self.certificate, self.certificate.result
        own = (self.record.network_sha256, self.record.verilog_sha256)
        return (
            isinstance(proof, ProofResult)
            and proof.netlist is None
            and proof.outcome == "proved"
            and (found.network_sha256, found.verilog_sha256) == own
        )

    def summary(self) -> dict[str, Any]:
        """All of that but the lemmas, as JSON has it."""
        return {"name": self.name, "proved": self.proved, **self.record.model_dump(mode="json")}


def shipped() -> dict[str, Shipped]:
    """All networks that come with Connective, by name."""
    return {path.parent.name: _read(path.parent) for path in sorted(MODELS.glob(f"*/{RECORD}"))}


def find_shipped(name: str) -> Shipped:
    """The network of a name; `InputError` with the nearest name where there is none."""
    models = shipped()
    if name not in models:
        close = get_close_matches(name, models, n=1)
        remedy = f"did you mean {close[0]}?" if close else f"there are {', '.join(models)}"
        raise InputError(f"there is no model {name!r}: {remedy}")
    return models[name]


def _read(folder: Path) -> Shipped:
    record, proof = (folder / name for name in (RECORD, PROOF))
    return Shipped(
        folder.name,
        folder,
        parse_record(record, record.read_bytes(), ModelRecord, version=VERSION),
        parse_record(proof, proof.read_bytes(), StoredResult),
    )
