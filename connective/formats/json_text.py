"""A network as JSON for people and scripts: one gate a line. docs/formats.md specifies it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import FailFast, Field

from connective.errors import InputError
from connective.folder import write_atomic
from connective.formats.gate_list import GateList
from connective.formats.metadata import EncoderRecord, GateInputs
from connective.formats.source import naming, read_source
from connective.json_record import Record, parse_record
from connective.network import Head, Network
from connective.truth_table import MAX_TABLE_INPUTS, n_read

FORMAT = "connective.network"
VERSION = 1
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,1024}")


class _Gate(Record):
    fanin: list[int]
    table: int | str


class _Class(Record):
    bias: int = 0
    outputs: list[int]
    weights: list[int] | None = None


class _Document(Record):
    format: Literal["connective.network"]
    version: int
    head: Head
    tau: float | None = None
    k: GateInputs | None = None
    encoder: EncoderRecord
    gates: Annotated[list[_Gate], FailFast()]
    classes: list[_Class] = Field(default_factory=list)
    outputs: list[int] = Field(default_factory=list)
    provenance: dict[str, Any] = Field(default_factory=dict)


def write_json(path: Path, network: Network, provenance: Mapping[str, Any]) -> None:
    """Write a network whole: what `read_json` gives back is the same to the last bit."""
    encoder = EncoderRecord.of(network.encoder)
    features = _lines(feature.model_dump() for feature in encoder.features)
    rows = _lines(encoder.rows)
    members = {
        "format": json.dumps(FORMAT),
        "version": json.dumps(VERSION),
        "provenance": json.dumps(dict(provenance), sort_keys=True),
        "head": json.dumps(network.head),
        "tau": json.dumps(network.tau),
        "k": json.dumps(network.k),
        "encoder": f'{{"features": {features}, "rows": {rows}}}',
        "gates": _lines(_gates(network)),
    }
    if network.head == "bits":
        members["outputs"] = json.dumps(network.outputs.tolist())
    else:
        members["classes"] = _lines(_classes(network))
    text = ",\n".join(f"{json.dumps(name)}: {value}" for name, value in members.items())
    write_atomic(path, f"{{\n{text}\n}}\n".encode())


def read_json(path: Path) -> tuple[Network, dict[str, Any]]:
    """The network and its provenance; whatever is not as docs/formats.md says: `InputError`.

    Gates may have up to twelve inputs, in any order and repeated; a wide one becomes several gates.
    """
    document = parse_record(path, read_source(path), _Document, version=VERSION)
    with naming(path):
        return _network(document), document.provenance


def _lines(items: Iterable[object]) -> str:
    inner = ",\n".join(f"  {json.dumps(item)}" for item in items)
    return f"[\n{inner}\n]" if inner else "[]"


def _gates(network: Network) -> Iterator[dict[str, object]]:
    for fanin, table in zip(network.fanin.tolist(), network.table.tolist(), strict=True):
        n = n_read(table, network.k)
        yield {"fanin": fanin[:n], "table": hex(table & (1 << (1 << n)) - 1)}


def _classes(network: Network) -> Iterator[dict[str, object]]:
    for c, bias in enumerate(network.bias.tolist()):
        group = slice(network.groups[c], network.groups[c + 1])
        outputs, weights = network.outputs[group].tolist(), network.weights[group].tolist()
        yield {"bias": bias, "outputs": outputs, "weights": weights}


def _network(document: _Document) -> Network:
    encoder = document.encoder.encoder()
    gates = GateList(encoder.n_rows)
    node = list(range(encoder.n_rows))  # of each node of the document, as wide gates are split
    for number, gate in enumerate(document.gates):
        try:
            node.append(gates.add(_table(gate), _nodes(gate.fanin, node)))
        except InputError as error:
            raise InputError(f"gates.{number}: {error}") from None
    is_bits = document.head == "bits"
    if bool(document.outputs) != is_bits or bool(document.classes) == is_bits:
        raise InputError("a network has classes, or outputs if its head is 'bits'")
    if is_bits:
        outputs, weights = document.outputs, [1] * len(document.outputs)
    else:
        outputs = [entry for c in document.classes for entry in c.outputs]
        weights = [weight for c in document.classes for weight in _weights(c)]
    fanin, table = gates.arrays(document.k)
    return Network(
        encoder=encoder,
        fanin=fanin,
        table=table,
        outputs=np.array(_nodes(outputs, node), dtype=np.uint32),
        weights=np.array(weights),
        groups=np.cumsum([0, *(len(c.outputs) for c in document.classes)]),
        bias=np.array([c.bias for c in document.classes]),
        head=document.head,
        tau=document.tau,
    )


def _weights(group: _Class) -> list[int]:
    """Weights as many as outputs, since the classes' are joined into one array."""
    if group.weights is None:
        return [1] * len(group.outputs)
    if len(group.weights) != len(group.outputs):
        raise InputError(
            f"a class has {len(group.outputs)} outputs, but {len(group.weights)} weights"
        )
    return group.weights


def _nodes(given: list[int], node: list[int]) -> list[int]:
    """Nodes of the document as nodes of the network."""
    if unknown := [i for i in given if not 0 <= i < len(node)]:
        raise InputError(f"node {unknown[0]} must be 0 to {len(node) - 1} here")
    return [node[i] for i in given]


def _table(gate: _Gate) -> int:
    text, inputs = gate.table, len(gate.fanin)
    if inputs > MAX_TABLE_INPUTS:
        raise InputError(f"has {inputs} inputs, more than {MAX_TABLE_INPUTS}")
    if isinstance(text, str) and not HEXADECIMAL.fullmatch(text):
        raise InputError(f"table {text[:20]!r} must be a number or hexadecimal digits after 0x")
    table = text if isinstance(text, int) else int(text, 16)
    if not 0 <= table < 1 << (1 << inputs):
        raise InputError(
            f"table {table:#x} has more than the {1 << inputs} bits of {inputs} inputs"
        )
    return table
