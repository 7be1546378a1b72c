"""A library of standard cells, as Yosys reads it from a Liberty file."""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connective.errors import InputError, ToolError
from connective.implementation import LibraryRecord
from connective.technology import Technology
from connective.tools.yosys import quote, run_yosys
from hwgen.flows.gates import evaluate, same_functions
from hwgen.flows.netlist import Netlist, scopes_of

PATTERN = re.compile(r"[\w*?]+")
ERROR = re.compile(r"ERROR: (.+)")
ALL, FIRST, SECOND = 0b1111, 0b0101, 0b0011  # what two inputs can show
STORAGE = ("$_DFF", "$_DLATCH", "$_SR_", "$_ALDFF")
READ = "read_liberty -ignore_miss_func -ignore_miss_dir -ignore_miss_data_latch"
"""Cells whose outputs have no function, such as clock gates of several states, are left out."""


@dataclass(frozen=True)
class Library:
    """The cells of a library that have a function.

    Members
    -------
    areas: of each cell in the file's unit, which is µm² as a rule
    registers: the cells that store a bit
    nand: the smallest NAND of two inputs, the unit of gate equivalents; None without one
    record: what a result says of it
    file: the Liberty file as plain text, in a folder for what is made of it
    dont_use: patterns of the cells that stay out
    """

    areas: dict[str, float]
    registers: frozenset[str]
    nand: str | None
    record: LibraryRecord
    file: Path
    dont_use: tuple[str, ...]

    @property
    def models(self) -> Path:
        """Verilog of what the cells of a netlist do, which `functions` writes."""
        return self.file.with_name("models.v")

    def technology(self, technology: Technology) -> Technology:
        """The technology with this library's cells and file in it."""
        dont_use = "".join(f" -dont_use {pattern}" for pattern in self.dont_use)
        values = {"read_liberty": READ, "liberty": quote(self.file), "dont_use": dont_use}
        logic = [re.escape(cell) for cell in self.areas if cell not in self.registers]
        return replace(
            technology,
            mapping=tuple(command.format(**values) for command in technology.mapping),
            luts="|".join(logic),
            registers="|".join(map(re.escape, sorted(self.registers))),
        )

    def functions(self, top: str) -> list[str]:
        """Commands that write the models of a netlist's cells, and the netlist as their gates.

        The design is afterwards as it was before.
        """
        return [
            "design -push-copy",
            f"{READ} -overwrite {quote(self.file)}",
            f"hierarchy -top {top}",  # away with the cells that it does not have
            f"select * {top} %d",
            f"write_verilog -noattr -selected {quote(self.models)}",
            "select -clear",
            "flatten",
            "opt_merge",  # a model has one register for an output, and one for its complement
            f"write_json {quote(self._gates)}",
            "design -pop",
        ]

    def named(self, netlist: Netlist, mapped: Path, unmapped: Path, top: str) -> Netlist:
        """The netlist with names for its nets from those of the unmapped design that are alike.

        ABC keeps no names when it maps to cells of a library.
        """
        before, after, gates = (
            json.loads(file.read_text())["modules"][top] for file in (unmapped, mapped, self._gates)
        )
        known = scopes_of(before["netnames"])
        scopes = {bit: list(names) for bit, names in netlist.scopes.items()}
        for (name, index), alike in same_functions(gates, before).items():
            if name in after["netnames"]:
                found = scopes.setdefault(after["netnames"][name]["bits"][index], [])
                found.extend(scope for bit in alike for scope in known.get(bit, []))
        return replace(netlist, scopes=scopes)

    @property
    def _gates(self) -> Path:
        return self.file.with_name("gates.json")


def read_library(path: Path, folder: Path, *, dont_use: Sequence[str], timeout: float) -> Library:
    """The library in a Liberty file, plain or gzipped; `folder` takes what is made of it.

    `dont_use` are names of cells that are not to be used, with * for any characters. Raises
    `InputError` for a file that cannot be read or has no cells.
    """
    for pattern in dont_use:
        if not PATTERN.fullmatch(pattern):
            raise InputError(f"{pattern!r} is no name of cells: use letters, digits, _, * and ?")
    text, digest = liberty_content(path)
    plain, modules_file = folder / "library.lib", folder / "library.json"
    plain.write_bytes(text)
    log = folder / "library.log"
    try:
        commands = [f"{READ} {quote(plain)}", f"write_json {quote(modules_file)}"]
        run_yosys(commands, log=log, timeout=timeout)
    except ToolError:
        said = ERROR.findall(log.read_text(errors="replace"))
        reason = said[-1] if said else "Yosys gave it up"
        raise InputError(f"{path}: cannot be read as Liberty: {reason}") from None
    modules = json.loads(modules_file.read_text())["modules"]
    areas = {name: float(m["attributes"].get("area", 0)) for name, m in modules.items()}
    if not any(areas.values()):
        raise InputError(
            f"{path}: has no cells with an area: name a Liberty file of standard cells"
        )
    registers = frozenset(name for name, module in modules.items() if _stores(module))
    nands = [name for name, module in modules.items() if areas[name] and _is_nand(module)]
    nand = min(nands, key=areas.__getitem__, default=None)
    record = LibraryRecord(file=path.name, sha256=digest, gate_equivalent=nand)
    return Library(areas, registers, nand, record, plain, tuple(dont_use))


def liberty_content(path: Path) -> tuple[bytes, str]:
    """The text of a Liberty file, plain or gzipped, and the SHA-256 of the file."""
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: name a Liberty file of standard cells") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    return text, hashlib.sha256(content).hexdigest()


def _stores(module: dict[str, Any]) -> bool:
    return any(cell["type"].startswith(STORAGE) for cell in module["cells"].values())


def _is_nand(module: dict[str, Any]) -> bool:
    ports = module["ports"].values()
    inputs = [port["bits"][0] for port in ports if port["direction"] == "input"]
    outputs = [port["bits"][0] for port in ports if port["direction"] == "output"]
    if len(inputs) != 2 or len(outputs) != 1 or len(ports) != 3:
        return False
    values = evaluate(module, dict(zip(inputs, (FIRST, SECOND), strict=True)), ALL)
    return values.get(outputs[0]) == ALL & ~(FIRST & SECOND)
