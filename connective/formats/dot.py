"""A small network as a DOT graph for Graphviz: input bits, gates and classes."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connective.encoder import OPS, Encoder
from connective.errors import InputError
from connective.folder import write_atomic
from connective.network import Network
from connective.truth_table import n_read

MAX_NODES = 500
NAMES = {
    (0, 0b0): "0",
    (0, 0b1): "1",
    (1, 0b01): "NOT",
    (1, 0b10): "BUF",
    (2, 0b0001): "NOR",
    (2, 0b0110): "XOR",
    (2, 0b0111): "NAND",
    (2, 0b1000): "AND",
    (2, 0b1001): "XNOR",
    (2, 0b1110): "OR",
}
"""Of tables of as many inputs; others are shown as numbers."""


def write_dot(path: Path, network: Network, provenance: Mapping[str, Any]) -> None:
    """Write a graph of up to `MAX_NODES` nodes, above which nobody could read it: `InputError`."""
    if network.n_nodes > MAX_NODES:
        raise InputError(
            f"{path}: the network has {network.n_nodes} nodes, and a graph of more than "
            f"{MAX_NODES} cannot be read: write another format"
        )
    lines = [
        f"// {json.dumps(dict(provenance), sort_keys=True)}",
        "digraph network {",
        "rankdir=LR;",
        *_inputs(network.encoder),
        *_gates(network),
        *_outputs(network),
        "}\n",
    ]
    write_atomic(path, "\n".join(lines).encode())


def _inputs(encoder: Encoder) -> Iterator[str]:
    rows = zip(encoder.feature.tolist(), encoder.op.tolist(), encoder.value.tolist(), strict=True)
    for node, (feature, op, value) in enumerate(rows):
        relation = {"ge": " ≥ {}", "eq": " = {}", "bit": "[{}]"}[OPS[op]].format(value)
        name = encoder.features[feature].name
        yield f"n{node} [shape=box, label={_quoted(name + relation)}];"


def _gates(network: Network) -> Iterator[str]:
    gates = zip(network.fanin.tolist(), network.table.tolist(), strict=True)
    for node, (fanin, table) in enumerate(gates, network.n_inputs):
        n = n_read(table, network.k)
        table &= (1 << (1 << n)) - 1
        yield f"n{node} [label={_quoted(NAMES.get((n, table), hex(table)))}];"
        for j, read in enumerate(fanin[:n]):
            yield f"n{read} -> n{node} [taillabel={_quoted(f'x{j}' if n > 1 else '')}];"


def _outputs(network: Network) -> Iterator[str]:
    if network.head == "bits":
        for o, node in enumerate(network.outputs.tolist()):
            yield f"o{o} [shape=box, label={_quoted(f'output {o}')}];"
            yield f"n{node} -> o{o};"
        return
    for c, bias in enumerate(network.bias.tolist()):
        shift = f" {bias:+d}" if bias else ""
        yield f"c{c} [shape=box, label={_quoted(f'class {c}{shift}')}];"
        group = slice(network.groups[c], network.groups[c + 1])
        entries = zip(network.outputs[group].tolist(), network.weights[group].tolist(), strict=True)
        for node, weight in entries:
            label = "" if weight == 1 else f"{weight:+d}"
            yield f"n{node} -> c{c} [label={_quoted(label)}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
