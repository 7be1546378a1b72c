"""What a file of gates alone cannot say of a network, as JSON in a comment of the file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from connective.encoder import OPS, Encoder, Feature, raw
from connective.errors import InputError
from connective.json_record import Record, parse_record
from connective.network import MAX_FANIN, Head, Network

MARK = "connective "
VERSION = 1


GateInputs = Annotated[int, Field(ge=1, le=MAX_FANIN)]


class FeatureRecord(Record):
    name: str
    width: int
    signed: bool = False
    scale: float = 1.0
    zero: int = 0


class EncoderRecord(Record):
    """Features, and one row an input bit: feature, what is asked of its word, value."""

    features: list[FeatureRecord]
    rows: list[tuple[int, Literal["ge", "eq", "bit"], int]]

    @classmethod
    def of(cls, encoder: Encoder) -> "EncoderRecord":
        columns = (encoder.feature.tolist(), encoder.op.tolist(), encoder.value.tolist())
        rows = [(feature, OPS[op], value) for feature, op, value in zip(*columns, strict=True)]
        features = [vars(feature) for feature in encoder.features]
        return cls.model_validate({"features": features, "rows": rows})

    def encoder(self) -> Encoder:
        features = tuple(Feature(**feature.model_dump()) for feature in self.features)
        feature, op, value = zip(*self.rows, strict=True) if self.rows else ((), (), ())
        return Encoder(
            features,
            np.array(feature),
            np.array([OPS.index(name) for name in op]),
            np.array(value),
        )


class Metadata(Record):
    """All of a network but its gates and which nodes are its outputs."""

    version: int = VERSION
    head: Head
    tau: float | None
    k: GateInputs
    encoder: EncoderRecord
    weights: list[int]
    groups: list[int]
    bias: list[int]
    provenance: dict[str, Any]

    def network(
        self, fanin: NDArray[np.uint32], table: NDArray[np.uint64], outputs: NDArray[np.uint32]
    ) -> Network:
        """The network with these gates and outputs; `InputError` if they do not fit."""
        return Network(
            encoder=self.encoder.encoder(),
            fanin=fanin,
            table=table,
            outputs=outputs,
            weights=np.array(self.weights),
            groups=np.array(self.groups),
            bias=np.array(self.bias),
            head=self.head,
            tau=self.tau,
        )


def metadata_line(network: Network, provenance: Mapping[str, Any], *, k: int) -> str:
    """The comment for a file whose gates have k inputs, without what starts a comment there."""
    metadata = Metadata(
        head=network.head,
        tau=network.tau,
        k=k,
        encoder=EncoderRecord.of(network.encoder),
        weights=network.weights.tolist(),
        groups=network.groups.tolist(),
        bias=network.bias.tolist(),
        provenance=dict(provenance),
    )
    return f"{MARK}{json.dumps(metadata.model_dump(), sort_keys=True)}"


def parse_metadata(path: Path, comment: str) -> Metadata | None:
    """The metadata in a comment of the file, or `None` for a comment of someone else."""
    if not comment.startswith(f"{MARK}{{"):
        return None
    content = comment.removeprefix(MARK).encode()
    return parse_record(path, content, Metadata, version=VERSION, of="its comment")


def assemble(
    metadata: Metadata | None,
    inputs: Sequence[str],
    gates: tuple[NDArray[np.uint32], NDArray[np.uint64]],
    outputs: Sequence[int],
) -> tuple[Network, dict[str, Any]]:
    """The network of a file and its provenance; without metadata its features are its inputs."""
    nodes = np.array(outputs, dtype=np.uint32)
    if metadata is None:
        return _bits(inputs, gates, nodes), {}
    rows = len(metadata.encoder.rows)
    if rows != len(inputs):
        raise InputError(f"there are {len(inputs)} inputs, but the metadata has {rows} rows")
    return metadata.network(*gates, nodes), metadata.provenance


def _bits(
    inputs: Sequence[str],
    gates: tuple[NDArray[np.uint32], NDArray[np.uint64]],
    outputs: NDArray[np.uint32],
) -> Network:
    if not inputs:
        raise InputError("there are no inputs, and a network needs at least one")
    encoder = replace(raw(len(inputs)), features=tuple(Feature(name, 1) for name in inputs))
    none = np.empty(0, dtype=np.int64)
    return Network(
        encoder,
        *gates,
        outputs,
        np.ones(len(outputs), dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        none,
        head="bits",
    )
