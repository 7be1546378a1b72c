"""The JSON of torchlogix's Circuit, raw or simplified: gates by name, sums of nodes by class."""

import math
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationError

from connective.errors import InputError
from connective.formats.gate_list import GateList
from connective.formats.source import MAX_GATES, MAX_INPUTS, naming, read_source
from connective.network import Network
from connective.peers.group_sum import grouped
from connective.sentence import first_error

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


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Gate(_Record):
    gate_id: Id
    op: str
    in0: Id
    in1: Id
    node_idx: int = -1


class _Sum(_Record):
    node_id: Id
    input_ids: Annotated[list[Id], FailFast()]
    tau: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    beta: Annotated[float, Field(allow_inf_nan=False)] = 0.0


class _Circuit(_Record):
    n_inputs: int = Field(ge=1, le=MAX_INPUTS)
    input_shape: list[int]
    outputs: Annotated[list[Id], FailFast()] = Field(min_length=1)
    output_shape: list[int]
    gates: Annotated[list[_Gate], FailFast()] = Field(max_length=MAX_GATES)
    sum_nodes: Annotated[list[_Sum], FailFast()] = []


def read(path: Path) -> Network:
    """The network of a file; each input bit is a feature."""
    try:
        circuit = _Circuit.model_validate_json(read_source(path))
    except ValidationError as error:
        raise InputError(
            f"{path}: not the JSON of a torchlogix Circuit: {first_error(error)}"
        ) from None
    with naming(path):
        return _network(circuit)


def _network(circuit: _Circuit) -> Network:
    if (bits := math.prod(circuit.input_shape)) != circuit.n_inputs:
        raise InputError(f"input_shape has {bits} bits, but n_inputs is {circuit.n_inputs}")
    gates, nodes = _gates(circuit)
    sums = {}
    for node in circuit.sum_nodes:
        if node.node_id in nodes or node.node_id in sums:
            raise InputError(f"sum {node.node_id} has the number of another node")
        sums[node.node_id] = node
    classes = [sums.get(i) or _Sum(node_id=i, input_ids=[i]) for i in circuit.outputs]
    outputs = [
        _node(nodes, i, f"output {group.node_id}") for group in classes for i in group.input_ids
    ]
    if sums.keys().isdisjoint(circuit.outputs):
        classes = []  # no sum is an output: the outputs are bits
    return grouped(
        circuit.n_inputs,
        gates.arrays(),
        outputs,
        sizes=[len(group.input_ids) for group in classes],
        tau=[group.tau for group in classes],
        beta=[group.beta for group in classes],
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
