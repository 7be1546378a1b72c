"""BLIF, as Yosys and ABC read and write it: truth tables on named signals. docs/formats.md."""

import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from graphlib import CycleError
from pathlib import Path
from typing import Any, NamedTuple

from connective.errors import InputError
from connective.folder import write_atomic
from connective.formats.gate_list import GateList
from connective.formats.metadata import Metadata, assemble, metadata_line, parse_metadata
from connective.formats.order import causal_order
from connective.formats.source import MAX_GATES, MAX_INPUTS, naming, read_text
from connective.network import Network
from connective.truth_table import MAX_TABLE_INPUTS, n_read, variable

BUFFER = 0b10
ROW = re.compile(r"(?:([01-]+)\s+)?([01])")


def write_blif(path: Path, network: Network, provenance: Mapping[str, Any]) -> None:
    """Write one `.names` a gate, one an output that repeats its node, and a comment of the rest."""
    names = [f"i{i}" for i in range(network.n_inputs)] + [f"g{g}" for g in range(network.n_gates)]
    outputs = [f"o{o}" for o in range(len(network.outputs))]
    lines = [
        f"# {metadata_line(network, provenance, k=network.k)}",
        ".model network",
        f".inputs {' '.join(names[: network.n_inputs])}",
        f".outputs {' '.join(outputs)}",
    ]
    tables = network.table.tolist()
    reads = {table: n_read(table, network.k) for table in set(tables)}
    covers = {table: _cover(table, n) for table, n in reads.items()}
    gates = zip(names[network.n_inputs :], network.fanin.tolist(), tables, strict=True)
    for name, fanin, table in gates:
        lines.append(" ".join([".names", *(names[node] for node in fanin[: reads[table]]), name]))
        lines += covers[table]
    for output, node in zip(outputs, network.outputs.tolist(), strict=True):
        lines += [f".names {names[node]} {output}", "1 1"]
    write_atomic(path, "\n".join([*lines, ".end", ""]).encode())


def read_blif(path: Path) -> tuple[Network, dict[str, Any]]:
    """The network and its provenance; of another program's file, the outputs as plain bits.

    `.names` may come in any order and have up to twelve inputs; a wide one becomes several gates.
    An output that only repeats a signal is a name of that signal and no gate. All else that BLIF
    has (latches, subcircuits) raises `InputError` with its line, and so does a cycle.
    """
    text = read_text(path).replace("\r\n", "\n")
    metadata = parse_metadata(path, text.partition("\n")[0].removeprefix("#").strip())
    model = _Model()
    with naming(path):
        for statement in _statements(text):
            model.add(statement)
        return model.network(metadata)


def _cover(table: int, n: int) -> list[str]:
    """The rows of a table of n inputs: where it is 1, or where it is 0 if that is shorter."""
    ones = [m for m in range(1 << n) if table >> m & 1]
    if n == 0:
        return ["1"] * len(ones)
    value = int(len(ones) <= 1 << n - 1)
    listed = ones if value else [m for m in range(1 << n) if not table >> m & 1]
    return [f"{m:0{n}b}"[::-1] + f" {value}" for m in listed]


class _Statement(NamedTuple):
    """A directive, split into words, and the rows that follow it."""

    line: int
    words: list[str]
    rows: list[str]


def _statements(text: str) -> Iterator[_Statement]:
    statement = None
    for number, line in _lines(text):
        if line.startswith("."):
            if statement:
                yield statement
            statement = _Statement(number, line.split(maxsplit=MAX_INPUTS + 1), [])
        elif statement is None:
            raise InputError(f"line {number}: {_shown(line)} stands before the first directive")
        elif len(statement.rows) == 1 << MAX_TABLE_INPUTS:
            raise InputError(f"line {number}: {statement.words[0]} has too many rows")
        else:
            statement.rows.append(line)
    if statement:
        yield statement


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something, those that end in a backslash joined with the next."""
    number = 1
    for line in io.StringIO(text.replace("\0", " ").replace("\\\n", "\0")):
        content = line.replace("\0", " ").partition("#")[0].strip()
        if content:
            yield number, content
        number += 1 + line.count("\0")


class _Names(NamedTuple):
    line: int
    inputs: list[int]
    table: int


class _Model:
    """What the statements of a file say, signals numbered in the order of their mention."""

    def __init__(self) -> None:
        self._signals: dict[str, int] = {}
        self._inputs: dict[int, str] = {}
        self._outputs: list[int] = []
        self._output_line = 0
        self._names: dict[int, _Names] = {}
        self._seen: set[str] = set()

    def add(self, statement: _Statement) -> None:
        line, (directive, *words), rows = statement
        if ".end" in self._seen or (directive == ".model" and ".model" in self._seen):
            raise InputError(f"line {line}: only one model is read")
        self._seen.add(directive)
        if rows and directive != ".names":
            raise InputError(f"line {line}: {directive} has the row {_shown(rows[0])}")
        match directive:
            case ".names":
                self._add_names(line, words, rows)
            case ".inputs":
                for name in words:
                    self._inputs[self._undriven(line, name)] = name
            case ".outputs":
                self._output_line = line
                self._outputs += [self._signal(name) for name in words]
            case ".model" | ".end":
                pass
            case _:
                raise InputError(
                    f"line {line}: {_shown(directive)} is not read, only one flat model of .names: "
                    "in Yosys, flatten and abc -lut 6 make one of a combinational circuit"
                )
        if len(self._inputs) > MAX_INPUTS:
            raise InputError(f"line {line}: there are more than the {MAX_INPUTS} inputs allowed")

    def network(self, metadata: Metadata | None) -> tuple[Network, dict[str, Any]]:
        node = {signal: i for i, signal in enumerate(self._inputs)}
        outputs = set(self._outputs)
        gates = GateList(len(node))
        for signal in self._order():
            _, inputs, table = self._names[signal]
            if signal in outputs and table == BUFFER and len(inputs) == 1:
                node[signal] = node[inputs[0]]
            else:
                node[signal] = gates.add(table, [node[i] for i in inputs])
        k = metadata.k if metadata else None
        nodes = [node[signal] for signal in self._outputs]
        return assemble(metadata, list(self._inputs.values()), gates.arrays(k), nodes)

    def _order(self) -> list[int]:
        spelled = list(self._signals)
        reads = [(names.line, names.inputs) for names in self._names.values()]
        for line, signals in [*reads, (self._output_line, self._outputs)]:
            for signal in signals:
                if signal not in self._names and signal not in self._inputs:
                    raise InputError(f"line {line}: {_shown(spelled[signal])} is driven by nothing")
        try:
            return causal_order({signal: names.inputs for signal, names in self._names.items()})
        except CycleError as error:
            signal = error.args[1][0]
            raise InputError(
                f"line {self._names[signal].line}: {_shown(spelled[signal])} depends on itself, "
                "and only circuits without cycles are read"
            ) from None

    def _add_names(self, line: int, words: list[str], rows: list[str]) -> None:
        if not words:
            raise InputError(f"line {line}: .names has no output")
        *inputs, output = words
        if len(inputs) > MAX_TABLE_INPUTS:
            raise InputError(
                f"line {line}: .names has {len(inputs)} inputs and may have {MAX_TABLE_INPUTS}: "
                "map the circuit to LUTs first, in Yosys by abc -lut 6"
            )
        table = _table(len(inputs), rows, line)
        signals = [self._signal(name) for name in inputs]
        self._names[self._undriven(line, output)] = _Names(line, signals, table)

    def _signal(self, name: str) -> int:
        if len(self._signals) > MAX_INPUTS + MAX_GATES:
            raise InputError(f"there are more than {MAX_INPUTS + MAX_GATES} signals")
        return self._signals.setdefault(name, len(self._signals))

    def _undriven(self, line: int, name: str) -> int:
        signal = self._signal(name)
        if signal in self._names or signal in self._inputs:
            raise InputError(f"line {line}: {_shown(name)} is driven twice")
        return signal


def _table(n: int, rows: list[str], line: int) -> int:
    """The table of n inputs that is what the rows say where one of them matches."""
    matched, values = 0, set()
    for row in rows:
        parts = ROW.fullmatch(row)
        if parts is None or len(parts[1] or "") != n:
            raise InputError(
                f"line {line}: .names has the row {_shown(row)}, not {n} of 0, 1 and - and a value"
            )
        matched |= _minterms(parts[1] or "")
        values.add(parts[2])
    if len(values) > 1:
        raise InputError(f"line {line}: .names has rows of value 0 and of value 1")
    return matched if "0" not in values else matched ^ (1 << (1 << n)) - 1


@lru_cache(1 << 12)
def _minterms(cube: str) -> int:
    """The table that is 1 where the cube matches."""
    n = len(cube)
    table = (1 << (1 << n)) - 1
    for j, bit in enumerate(cube):
        if bit != "-":
            table &= variable(j, n) if bit == "1" else ~variable(j, n)
    return table


def _shown(word: str) -> str:
    return repr(word if len(word) <= 40 else word[:37] + "...")
