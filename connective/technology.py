"""What a design can be synthesised for: the way to the cells of a family, and which these are."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from connective.errors import ToolError

GENERIC = (
    "synth -top {top} -flatten -run begin:fine",
    "opt -fast -full",
    "memory_map",  # the FIFO: registers and multiplexers
    "opt -full",
    "techmap",
    "opt -fast",
)
RECIPES = Path(__file__).with_name("recipes.json")
"""By target the ABC script that mapped best, as `python -m benchmarks recipes` found."""
SCRIPTS: dict[str, str] = {
    target: recipe["script"] for target, recipe in json.loads(RECIPES.read_text()).items()
}
BLACKBOXES = "blackbox =A:whitebox"  # what a family's cells do is no part of the netlist


@dataclass(frozen=True)
class Technology:
    """A target of `connective synth`.

    Members
    -------
    coarse: commands from Verilog to the gates of a flat design; {top} is its module
    mapping: commands from these gates to cells; {read_liberty}, {liberty} and {dont_use} are of a
        cell library
    luts, registers: patterns for the types of cells
    memories, addresses: patterns for cells that store bits, and for their inputs from which the
        outputs follow without a clock
    models: what the cells do, as files in Yosys's `share`; none for a library's
    cells: what the netlist consists of, in words
    """

    coarse: tuple[str, ...]
    mapping: tuple[str, ...]
    cells: str
    luts: str = ""
    registers: str = ""
    memories: str = ""
    addresses: str = ""
    models: tuple[str, ...] = ()

    def role(self, kind: str) -> Literal["lut", "register", "memory"]:
        """What a type of cells is; `ToolError` where it is none that this family should have."""
        if re.fullmatch(self.luts, kind):
            return "lut"
        if re.fullmatch(self.registers, kind):
            return "register"
        if re.fullmatch(self.memories, kind):
            return "memory"
        raise ToolError(f"Yosys left a cell of type {kind} instead of {self.cells}")

    def passes(self, kind: str, port: str) -> bool:
        """Whether what a cell's input shows reaches its outputs without a clock."""
        role = self.role(kind)
        return role == "lut" or (role == "memory" and bool(re.fullmatch(self.addresses, port)))

    @property
    def has_library(self) -> bool:
        """Whether its cells come from a Liberty file."""
        return not self.luts


def mapper(inputs: int, script: str) -> str:
    """The command that maps gates to LUTs by an ABC script; by Yosys's own where it is empty.

    It keeps the names of nets.
    """
    return f"abc -lut {inputs} -dress" + (f" -script +{script}" if script else "")


def _generic(inputs: int) -> Technology:
    return Technology(
        GENERIC,
        (
            # Registers stay out: with them, `abc` cuts the logic into one part for each clock
            # enable and maps each by itself, which takes a tenth more LUTs.
            "select * t:$_*DFF*_ %d",
            mapper(inputs, SCRIPTS[f"lut{inputs}"]),
            "select -clear",
            "opt_merge",
            "opt_clean",
        ),
        f"LUTs of at most {inputs} inputs and registers of no particular maker; the memory of the "
        "output FIFO is registers and LUTs",
        luts=r"\$lut",
        registers=r"\$_(S|A|AL)?DFFC?E?_\w+_",
        models=("simlib.v",),
    )


# Each family's own `synth` up to its ABC9, which loses the names by which blocks are counted, and
# then `abc -dress`, which keeps them. Without carry chains, wide multiplexers and shift registers:
# docs/benchmarks.md#targets has what these would cost.
TECHNOLOGIES = {
    "lut4": _generic(4),
    "lut6": _generic(6),
    "xilinx7": Technology(
        (
            "synth_xilinx -family xc7 -top {top} -flatten -noiopad -noclkbuf -nobram -nodsp "
            "-nocarry -nowidelut -nosrl -run begin:map_luts",
            "opt_expr -mux_undef -noclkinv",
            BLACKBOXES,
        ),
        (
            mapper(6, SCRIPTS["xilinx7"]),
            "clean",
            "techmap -map +/xilinx/lut_map.v -map +/xilinx/cells_map.v -D LUT_WIDTH=6",
            "xilinx_dffopt",
            "opt_lut_ins -tech xilinx",
            "clean",
        ),
        "LUT1 to LUT6 (INV among them), FDRE and its like, and distributed RAM for the output FIFO",
        luts=r"LUT[1-6]|INV",
        registers=r"FD[RSCP]E(_1)?",
        memories=r"RAM\d+(X1[DS]|M)",
        addresses=r"A.*|DPRA\d",
        models=("xilinx/cells_sim.v",),
    ),
    "ice40": Technology(
        ("synth_ice40 -top {top} -nocarry -nobram -run begin:map_luts", BLACKBOXES),
        (
            mapper(4, SCRIPTS["ice40"]),
            "clean",
            "opt_lut -tech ice40",
            "techmap -map +/ice40/cells_map.v",
            "clean",
        ),
        "SB_LUT4, SB_DFF and its like; the memory of the output FIFO is registers and LUTs",
        luts="SB_LUT4",
        registers=r"SB_DFF\w*",
        models=("ice40/cells_sim.v",),
    ),
    "ecp5": Technology(
        (
            "synth_ecp5 -top {top} -noiopad -noccu2 -nowidelut -nobram -nodsp -run begin:map_luts",
            BLACKBOXES,
        ),
        (
            mapper(4, SCRIPTS["ecp5"]),
            "clean",
            "techmap -map +/lattice/cells_map_trellis.v",
            "opt_lut_ins -tech lattice",
            "clean",
        ),
        "LUT4, TRELLIS_FF, and distributed RAM for the output FIFO",
        luts="LUT4|INV",
        registers="TRELLIS_FF",
        memories="TRELLIS_DPR16X4",
        addresses="RAD",
        models=("ecp5/common_sim.vh",),
    ),
    "gowin": Technology(
        (
            "synth_gowin -top {top} -noiopads -noalu -nowidelut -nobram -nodsp -run begin:map_luts",
            BLACKBOXES,
        ),
        (
            mapper(4, SCRIPTS["gowin"]),
            "clean",
            "techmap -map +/gowin/cells_map.v",
            "opt_lut_ins -tech gowin",
            "clean",
        ),
        "LUT1 to LUT4, DFF and its like, and distributed RAM for the output FIFO",
        luts="LUT[1-4]|INV",
        registers="DFFN?[SRPC]?E?",
        memories=r"RAM16S\w+",
        addresses="RAD",
        models=("gowin/cells_sim.v",),
    ),
    "asic": Technology(
        GENERIC,
        (
            "libcache -scl -disable",  # it would leave the library in the system's temporary folder
            "dfflibmap -liberty {liberty}{dont_use}",
            "opt_clean",
            "abc -liberty {liberty}{dont_use} -script +"
            "strash;&get,-n;&fraig,-x;&put;scorr;dc2;dretime;strash;&get,-n;&dch,-f;&nf;&put;"
            "topo;buffer,-c;upsize;dnsize;stime,-p",
            "opt_clean",
            "{read_liberty} -lib {liberty}",
        ),
        "cells of the Liberty file, sized without a target; the memory of the output FIFO is cells",
    ),
}
