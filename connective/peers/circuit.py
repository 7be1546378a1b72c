"""The JSON of torchlogix's Circuit, raw or simplified: gates by name, sums of nodes by class."""

import math
from pathlib import Path
from typing import Annotated

from pydantic import FailFast, Field

from connective.errors import InputError
from connective.formats.gate_list import GateList
from connective.formats.source import MAX_GATES, MAX_INPUTS, naming, read_source
from connective.json_record import Record, parse_record
from connective.network import Network
from connective.peers.group_sum import grouped

TABLES = {
    "CONST_FALSE": 0,
    "NOR": 1,
    "AND_NOT_B": 2,
    "NOT_B": 3,
    "AND_NOT_A": 4,
    "NOT": 5,
    "NOT_A": 5,
    "XOR": 6,
    "NAND": 7,
    "AND": 8,
    "XNOR": 9,
    "WIRE": 10,
    "OR_NOT_B": 11,
    "OR_NOT_A": 13,
    "OR": 14,
    "CONST_TRUE": 15,
}
"""Truth tables, in0 as the low bit; WIRE and NOT read in0 alone."""

Id = Annotated[int, Field(ge=-1, lt=2**31)]
Shape = Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(max_length=8)]


class _Gate(Record):
    gate_id: Id
    op: str
    in0: Id
    in1: Id
    node_idx: int = -1


class _Sum(Record):
    node_id: Id
    input_ids: Annotated[list[Id], FailFast()]
    tau: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    beta: Annotated[float, Field(allow_inf_nan=False)] = 0.0


class _Circuit(Record):
    n_inputs: int = Field(ge=1, le=MAX_INPUTS)
    input_shape: Shape
    outputs: Annotated[list[Id], FailFast()] = Field(min_length=1, max_length=MAX_GATES)
    output_shape: Shape
    gates: Annotated[list[_Gate], FailFast()] = Field(max_length=MAX_GATES)
    sum_nodes: Annotated[list[_Sum], FailFast()] = Field(default_factory=list)


def read(path: Path) -> Network:
    """The network of a file; each input bit is a feature."""
    circuit = parse_record(path, read_source(path), _Circuit, of="torchlogix Circuit")
    with naming(path):
        return _network(circuit)


def _network(circuit: _Circuit) -> Network:
    if (bits := math.prod(circuit.input_shape)) != circuit.n_inputs:
        raise InputError(f"input_shape has {bits} bits, but n_inputs is {circuit.n_inputs}")
    gates, nodes = _gates(circuit)
    sums: dict[int, _Sum] = {}
    for node in circuit.sum_nodes:
        if node.node_id in nodes or node.node_id in sums:
            raise InputError(f"sum {node.node_id} has the number of another node")
        sums[node.node_id] = node
    classes = [sums.get(output) for output in circuit.outputs]  # None: the output is a bit
    sizes = [1 if node is None else len(node.input_ids) for node in classes]
    if (bits := sum(sizes)) > MAX_GATES:
        raise InputError(f"outputs count {bits} bits, more than the {MAX_GATES} that are read")
    outputs = [
        _node(nodes, i, f"output {output}")
        for output, node in zip(circuit.outputs, classes, strict=True)
        for i in ([output] if node is None else node.input_ids)
    ]
    is_bits = all(node is None for node in classes)
    return grouped(
        circuit.n_inputs,
        gates.arrays(),
        outputs,
        sizes=[] if is_bits else sizes,
        tau=[1.0 if node is None else node.tau for node in classes],
        beta=[0.0 if node is None else node.beta for node in classes],
    )


def _gates(circuit: _Circuit) -> tuple[GateList, dict[int, int]]:
    """The gates, and the node for each id."""
    gates = GateList(circuit.n_inputs)
    nodes = {i: i for i in range(circuit.n_inputs)}
    for gate in circuit.gates:
        if gate.gate_id in nodes or gate.gate_id < 0:
            raise InputError(f"gate {gate.gate_id} has the number of another node, or none")
        if (table := TABLES.get(gate.op)) is None:
            raise InputError(
                f"gate {gate.gate_id} is a {gate.op!r}, expected one of {', '.join(TABLES)}"
            )
        reader = f"gate {gate.gate_id}"
        a = _node(nodes, gate.in0, reader) if table & 5 != table >> 1 & 5 else 0
        b = _node(nodes, gate.in1, reader) if table & 3 != table >> 2 else 0
        nodes[gate.gate_id] = gates.add(table, (a, b))
    return gates, nodes


def _node(nodes: dict[int, int], number: int, reader: str) -> int:
    if number not in nodes:
        raise InputError(f"{reader} reads node {number}, which is no input and no earlier gate")
    return nodes[number]
