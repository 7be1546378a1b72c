"""What two cores take on each target: the tables of docs/benchmarks.md.

LUTs are beside those of Yosys's own flow for the family, which maps by ABC9: with carry chains,
multiplexers behind LUTs, and LUTs as shift registers. There a cell of these that takes the place of
LUTs counts as so many.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective.design import Design, Target
from connective.implementation import SynthesisResult
from connective.simplify import simplify
from connective.technology import TECHNOLOGIES
from connective.tools.yosys import quote, run_yosys
from hwgen.emit import export
from hwgen.flows.synth import synthesize
from hwgen.request import Request

CASES = ("yin_yang 2×100", "mnist 1×1000")
SECONDS = 3600
LIBRARIES = {"sky130": ("sky130_fd_sc_hd*", ("*lpflow*", "*probe*")), "SG13G2": ("sg13g2*", ())}


@dataclass(frozen=True)
class Flow:
    """Yosys's own flow, and how many LUTs' places a cell of a kind (a regular expression) takes.

    sums: the family for which sums are built
    """

    sums: Target
    command: str
    places: Mapping[str, int]


FLOWS = {
    "lut4": Flow("lut4", "synth -flatten -lut 4", {r"\$lut": 1}),
    "lut6": Flow("lut6", "synth -flatten -lut 6", {r"\$lut": 1}),
    "xilinx7": Flow("lut6", "synth_xilinx -flatten -noiopad -noclkbuf", {"LUT[1-6]|INV|SRL.*": 1}),
    "ice40": Flow("lut4", "synth_ice40", {"SB_LUT4": 1}),
    "ecp5": Flow("lut4", "synth_ecp5 -noiopad", {"LUT4": 1, "CCU2C": 2}),
    "gowin": Flow("lut4", "synth_gowin -noiopads", {"LUT[1-4]": 1, "ALU": 1}),
}


def columns() -> Iterator[tuple[str, str, Path | None]]:
    """Columns of a page, with their targets and the Liberty files that these need."""
    data = Path(os.environ.get("CONNECTIVE_DATA", "")) / "liberty"
    for target, technology in TECHNOLOGIES.items():
        if not technology.has_library:
            yield target, target, None
            continue
        for library, (pattern, _) in LIBRARIES.items():
            for file in sorted(data.glob(f"{pattern}.lib*")):
                yield library, target, file


def measure() -> list[Row]:
    """Rows for each network, simplified, and each target; those of libraries where they are."""
    rows = []
    data = Path(os.environ.get("CONNECTIVE_DATA", "")) / "liberty"
    for case in CASES:
        network = simplify(trained(case)).network
        for sums in ("lut6", "lut4", "asic"):
            with TemporaryDirectory() as name:
                folder = Path(name)
                design = export(network, folder, Request(target=sums), provenance={})
                for target, flow in FLOWS.items():
                    if flow.sums == sums:
                        rows += _of_family(case, folder, design, target, flow)
                for library, (pattern, dont_use) in LIBRARIES.items():
                    for file in sorted(data.glob(f"{pattern}.lib*")) if sums == "asic" else ():
                        result = synthesize(folder, "asic", liberty=file, dont_use=dont_use)
                        rows += _of_library(f"{case}, {library}", result)
    return rows


def _of_family(case: str, folder: Path, design: Design, target: str, flow: Flow) -> list[Row]:
    result = synthesize(folder, target)
    name = f"{case}, {target}"
    return [
        Row(name, "LUTs", result.luts, _places(folder, design, flow), flow.command),
        Row(name, "registers", result.registers),
        *(Row(name, kind, count) for kind, count in result.others.items()),
        Row(name, "LUTs deep", result.depth),
        Row(name, "s", result.seconds),
    ]


def _of_library(name: str, result: SynthesisResult) -> list[Row]:
    return [
        Row(name, "cells", result.cells or 0),
        Row(name, "registers", result.registers),
        Row(name, "µm²", result.area_um2 or 0),
        Row(name, "gate equivalents", result.gate_equivalents or 0),
        Row(name, "ps of logic", result.delay_ps or 0),
        Row(name, "s", result.seconds),
    ]


def _places(folder: Path, design: Design, flow: Flow) -> int:
    stat = folder / "stat.json"
    run_yosys(
        [
            *(f"read_verilog {quote(folder / source)}" for source in design.sources),
            f"{flow.command} -top {design.top}",
            f"tee -q -o {quote(stat)} stat -json",
        ],
        log=folder / "yosys.log",
        timeout=SECONDS,
    )
    cells = json.loads(stat.read_text(encoding="utf-8"))["design"]["num_cells_by_type"]
    return sum(
        places * count
        for pattern, places in flow.places.items()
        for kind, count in cells.items()
        if re.fullmatch(pattern, kind)
    )
