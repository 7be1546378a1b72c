"""AIGER, binary (.aig) and ASCII (.aag): two-input ANDs and inverters. docs/formats.md.

The format is specified in Biere, Heljanko and Wieringa, AIGER 1.9 and Beyond, FMV report 11/2.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from connective.canonical import canonicalize
from connective.errors import InputError
from connective.folder import write_atomic
from connective.formats.and_graph import AndGraph
from connective.formats.metadata import assemble, metadata_line, parse_metadata
from connective.formats.order import causal_order
from connective.formats.source import MAX_GATES, MAX_INPUTS, naming, read_source
from connective.network import Network
from connective.truth_table import variable

HEADER = re.compile(rb"(aig|aag)((?: \d{1,9}){5,9})")
NUMBER = re.compile(rb"\d{1,9}")
SYMBOL = re.compile(rb"([ilobcjf])(\d{1,9}) (.+)")
MAX_VARINT = 5  # bytes of a difference of two literals of 32 bits

Literals = NDArray[np.int64]


def write_aiger(path: Path, network: Network, provenance: Mapping[str, Any]) -> None:
    """Write the gates as ANDs, in ASCII if the suffix is .aag; the rest is the file's comment."""
    graph, outputs = AndGraph.of(network)
    circuit = _ascii_circuit if path.suffix == ".aag" else binary_circuit
    # Yosys would write nameless ports in another order.
    after = [f"i{i} i{i}" for i in range(graph.n_inputs)]
    after += [f"o{o} o{o}" for o in range(len(outputs))]
    after += ["c", metadata_line(network, provenance, k=2), ""]
    write_atomic(path, circuit(graph, outputs) + "\n".join(after).encode())


def binary_circuit(graph: AndGraph, outputs: Sequence[int]) -> bytes:
    """A graph and the literals of its outputs as binary AIGER without symbols."""
    first = graph.n_inputs + 1
    pairs = ((2 * variable - a, a - b) for variable, (a, b) in enumerate(graph.ands, first))
    lines = [_announced("aig", graph, outputs), *map(str, outputs), ""]
    return "\n".join(lines).encode() + _varints(chain.from_iterable(pairs))


def _ascii_circuit(graph: AndGraph, outputs: Sequence[int]) -> bytes:
    first = graph.n_inputs + 1
    lines = [_announced("aag", graph, outputs), *(str(2 * i) for i in range(1, first))]
    lines += map(str, outputs)
    lines += [f"{2 * variable} {a} {b}" for variable, (a, b) in enumerate(graph.ands, first)]
    return "\n".join([*lines, ""]).encode()


def _announced(kind: str, graph: AndGraph, outputs: Sequence[int]) -> str:
    n, a = graph.n_inputs, len(graph.ands)
    return f"{kind} {n + a} {n} 0 {len(outputs)} {a}"


def read_aiger(path: Path) -> tuple[Network, dict[str, Any]]:
    """A network of ANDs, inverters in their tables, and its provenance.

    Of another program's file the outputs are plain bits and the features are named as its symbols.
    Latches and properties raise `InputError`, and so does whatever the header does not announce.
    """
    content = read_source(path)
    with naming(path):
        header = _header(content)
        circuit, rest = _binary(header, content) if header.binary else _ascii(header, content)
        names, comment = _symbols(header, rest)
    metadata = parse_metadata(path, comment)
    with naming(path):
        gates, outputs = _gates(circuit)
        return assemble(metadata, names, gates, outputs)


class _Header(NamedTuple):
    binary: bool
    greatest: int
    inputs: int
    outputs: int
    ands: int


class _Circuit(NamedTuple):
    """Literals as `AndGraph` numbers them: of each AND, (ands, 2), and of the outputs."""

    inputs: int
    ands: Literals
    outputs: Literals


def _header(content: bytes) -> _Header:
    line = HEADER.fullmatch(content[:200].partition(b"\n")[0])
    if line is None:
        raise InputError("line 1: is no AIGER header such as 'aig 7 2 0 1 5'")
    greatest, inputs, latches, outputs, ands, *others = map(int, line[2].split())
    if latches or any(others):
        raise InputError(
            "line 1: announces latches or properties: only combinational AIGER is read"
        )
    for count, name, most in (
        (inputs, "inputs", MAX_INPUTS),
        (outputs, "outputs", MAX_GATES),
        (ands, "ANDs", MAX_GATES),
        (greatest, "variables", MAX_INPUTS + MAX_GATES),
    ):
        if count > most:
            raise InputError(f"line 1: announces {count} {name}, more than the {most} allowed")
    binary = line[1] == b"aig"
    if greatest < inputs + ands or (binary and greatest != inputs + ands):
        raise InputError(
            f"line 1: the greatest variable is {greatest}, not {inputs + ands} as {inputs} inputs "
            f"and {ands} ANDs make it"
        )
    return _Header(binary, greatest, inputs, outputs, ands)


def _binary(header: _Header, content: bytes) -> tuple[_Circuit, bytes]:
    lines, rest = _split(content, 1 + header.outputs)
    outputs = _numbers(header, lines[1:], 1, first_line=2).ravel()
    octets = np.frombuffer(rest, dtype=np.uint8, count=min(len(rest), 2 * MAX_VARINT * header.ands))
    last = np.flatnonzero(octets < 0x80)[: 2 * header.ands]  # the byte where each number ends
    if len(last) < 2 * header.ands:
        raise InputError(f"AND {len(last) // 2} of {header.ands} is cut off or has a long number")
    first = np.concatenate([[0], last[:-1] + 1])[: len(last)]
    length = last - first + 1
    if length.max(initial=0) > MAX_VARINT:
        raise InputError(f"AND {length.argmax() // 2} has a number of {length.max()} bytes")
    difference = np.zeros(len(last), dtype=np.int64)
    for place in range(MAX_VARINT):
        here = length > place
        difference[here] |= (octets[first[here] + place] & np.int64(0x7F)) << 7 * place
    own = 2 * (header.inputs + 1 + np.arange(header.ands))
    greater = own - difference[0::2]
    lesser = greater - difference[1::2]
    if (odd := (greater >= own) | (lesser < 0)).any():
        a = int(odd.argmax())
        raise InputError(
            f"AND {a} reads literals {greater[a]} and {lesser[a]}, not 0 to {own[a] - 1}"
        )
    circuit = _Circuit(header.inputs, np.stack([greater, lesser], axis=1), outputs)
    return circuit, rest[int(last[-1]) + 1 if len(last) else 0 :]


def _ascii(header: _Header, content: bytes) -> tuple[_Circuit, bytes]:
    n, o = header.inputs, header.outputs
    lines, rest = _split(content, 1 + n + o + header.ands)
    inputs = _numbers(header, lines[1 : 1 + n], 1, first_line=2).ravel()
    outputs = _numbers(header, lines[1 + n : 1 + n + o], 1, first_line=2 + n).ravel()
    ands = _numbers(header, lines[1 + n + o :], 3, first_line=2 + n + o)

    defined = np.concatenate([inputs, ands[:, 0]])
    first_use = np.unique(defined, return_index=True)[1]
    if len(first_use) < len(defined) or (defined & 1 | (defined < 2)).any():
        raise InputError("inputs and ANDs must be different even literals from 2")
    try:
        reads = dict(zip(ands[:, 0] >> 1, (ands[:, 1:] >> 1).tolist(), strict=True))
        order = np.array(causal_order(reads), dtype=np.int64)
    except CycleError as error:
        raise InputError(f"AND {2 * error.args[1][0]} depends on itself") from None

    variable = np.full(header.greatest + 1, -1)
    variable[0] = 0
    variable[inputs >> 1] = 1 + np.arange(n)
    variable[order] = n + 1 + np.arange(header.ands)
    for literals in (outputs, ands[:, 1:]):
        if (unknown := variable[literals >> 1] < 0).any():
            raise InputError(
                f"literal {literals[unknown][0]} is of a variable that nothing defines"
            )
    renumbered = 2 * variable[ands >> 1] | ands & 1
    ands = renumbered[np.argsort(renumbered[:, 0])]
    return _Circuit(n, ands[:, 1:], 2 * variable[outputs >> 1] | outputs & 1), rest


def _split(content: bytes, n_lines: int) -> tuple[list[bytes], bytes]:
    *lines, rest = content.split(b"\n", n_lines)
    if len(lines) < n_lines:
        raise InputError(f"ends in line {len(lines) + 1}, before all that line 1 announces")
    return lines, rest


def _numbers(header: _Header, lines: Sequence[bytes], columns: int, *, first_line: int) -> Literals:
    """Lines of literals as (lines, columns)."""
    numbers = np.empty((len(lines), columns), dtype=np.int64)
    for row, line in enumerate(lines):
        words = line.split(b" ")
        if len(words) != columns or not all(map(NUMBER.fullmatch, words)):
            raise InputError(
                f"line {first_line + row}: must be {columns} literals, not {line[:30]!r}"
            )
        numbers[row] = [int(word) for word in words]
    if (odd := numbers > 2 * header.greatest + 1).any():
        row = int(odd.any(axis=1).argmax())
        raise InputError(
            f"line {first_line + row}: literal {numbers[row].max()} is above the greatest, "
            f"{2 * header.greatest + 1}"
        )
    return numbers


def _symbols(header: _Header, text: bytes) -> tuple[list[str], str]:
    """Names of the inputs, and the first line of the comment."""
    names = [f"i{i}" for i in range(header.inputs)]
    file = io.BytesIO(text)
    for line in file:
        if line.rstrip(b"\n") == b"c":
            return names, file.readline().decode(errors="replace").strip()
        symbol = SYMBOL.fullmatch(line.rstrip(b"\n"))
        if symbol is None:
            raise InputError(f"{line[:30]!r} after the ANDs is neither a symbol nor a comment")
        kind, position = symbol[1], int(symbol[2])
        if position >= {b"i": header.inputs, b"o": header.outputs}.get(kind, 0):
            raise InputError(f"{line[:30]!r} names what the file does not have")
        if kind == b"i":
            names[position] = symbol[3].decode(errors="replace")
    return names, ""


def _gates(circuit: _Circuit) -> tuple[tuple[NDArray[np.uint32], NDArray[np.uint64]], list[int]]:
    """ANDs as gates, then one gate an output that is inverted or constant; the outputs' nodes."""
    ands, outputs = circuit.ands, circuit.outputs
    own_gate = np.unique(outputs[(outputs & 1 == 1) | (outputs < 2)])
    made = np.concatenate([ands, np.stack([own_gate, np.ones_like(own_gate)], axis=1)])
    truth = np.where(made & 1, 0b1111, 0) ^ np.where(made < 2, 0, [variable(0, 2), variable(1, 2)])
    fanin = np.maximum((made >> 1) - 1, 0)
    gates = canonicalize(fanin, (truth[:, 0] & truth[:, 1]).astype(np.uint64))
    node = (outputs >> 1) - 1
    separate = np.isin(outputs, own_gate)
    node[separate] = circuit.inputs + len(ands) + np.searchsorted(own_gate, outputs[separate])
    return gates, node.tolist()


def _varints(numbers: Iterable[int]) -> bytes:
    octets = bytearray()
    for number in numbers:
        while number >= 0x80:
            octets.append(number & 0x7F | 0x80)
            number >>= 7
        octets.append(number)
    return bytes(octets)
