"""The netlist of a design, with what its cells do, as one text for a simulator."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from connective.errors import InputError
from connective.implementation import cells_file, netlist_file
from connective.technology import TECHNOLOGIES
from connective.tools import yosys

MODULE = re.compile(r"^ *module\s+(?P<name>\\\S+|\w+).*?\bendmodule\b", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"\\\S+|\w+")
DIRECTIVE = re.compile(r"^`(?!include).*$", re.MULTILINE)
# Path delays, which no run here looks at; each simulator refuses some of those in Yosys's models.
SPECIFY = re.compile(r"\bspecify\b.*?\bendspecify\b", re.DOTALL)
# Yosys writes a LUT of no particular maker as a shift, all of whose bits are unknown if one bit of
# its right side is, though the others may decide. The model of its cell knows better.
SHIFT = re.compile(
    r"^  assign (?P<output>.+?) = (?P<size>\d+)(?P<table>'[bdh][0-9a-f]+) >> (?P<inputs>.+);$",
    re.MULTILINE,
)
# Icarus has no default values of ports, and all ports of a netlist's cells are connected.
DEFINES = "`define NO_ICE40_DEFAULT_ASSIGNMENTS"


@dataclass(frozen=True)
class Gates:
    """Verilog of the netlist and of its cells; `sha256` is of the netlist's file."""

    verilog: str
    sha256: str


def read_gates(folder: Path, target: str) -> Gates:
    """What `connective synth` made of the design in a folder, with models of the cells.

    These are Yosys's for a family, and for a cell library those of its Liberty file. Raises
    `InputError` where there is no such target or no netlist for it yet.
    """
    if target not in TECHNOLOGIES:
        raise InputError(f"netlist must be one of {', '.join(TECHNOLOGIES)}, not {target!r}")
    technology = TECHNOLOGIES[target]
    files = [netlist_file(folder, target)]
    if technology.has_library:
        files.append(cells_file(folder, target))
    try:
        netlist, *cells = (file.read_bytes() for file in files)
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be read ({error.strerror}): "
            f"run connective synth {folder} --target {target}"
        ) from None
    text = SHIFT.sub(_lut, netlist.decode(errors="replace"))
    models = [model.decode(errors="replace") for model in cells]
    models += [_needed(text, yosys.share() / name) for name in technology.models]
    return Gates("\n".join([DEFINES, *models, text]), hashlib.sha256(netlist).hexdigest())


def _lut(shift: re.Match[str]) -> str:
    """The shift as an instance, named by its place in the text."""
    size = int(shift["size"])
    return (
        f"  \\$lut #(.WIDTH({size.bit_length() - 1}), .LUT({size}{shift['table']})) "
        f"\\lut${shift.start()} (.A({shift['inputs']}), .Y({shift['output']}));"
    )


def _needed(netlist: str, file: Path) -> str:
    """The modules of a file that a netlist uses, and those that these use, without path delays."""
    text = file.read_text(encoding="utf-8")
    modules = {module["name"]: module for module in MODULE.finditer(text)}
    found: set[str] = set()
    wanted = set(NAME.findall(netlist)) & modules.keys()
    while wanted:
        found |= wanted
        words = {word for name in wanted for word in NAME.findall(modules[name][0])}
        wanted = (words & modules.keys()) - found
    outside = {match.start(): match[0] for match in DIRECTIVE.finditer(MODULE.sub(_blank, text))}
    inside = {modules[name].start(): SPECIFY.sub("", modules[name][0]) for name in found}
    return "\n".join(part for _, part in sorted({**outside, **inside}.items())) + "\n"


def _blank(module: re.Match[str]) -> str:
    """As many characters, so that places stay."""
    return " " * len(module[0])
