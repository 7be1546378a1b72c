"""Synthesis to LUTs and registers of no particular maker, counted by block."""

import tempfile
import time
from pathlib import Path

from connective.design import Design, read_design
from connective.errors import InputError
from connective.results import Block, SynthesisResult
from connective.tools.yosys import quote, run_yosys, version
from hwgen.flows.netlist import Netlist, read_netlist

TARGETS = {"lut4": 4, "lut6": 6}
POPCOUNT, INTERFACE = "popcount", "interface"
METHOD = (
    "Whole design, flattened, then mapped by ABC to LUTs of at most {inputs} inputs: encoder, "
    "logic levels, popcounts, argmax, and the interface with its output FIFO, whose memory is "
    "registers and LUTs; no carry chains, block RAM or input/output cells. Registers may have a "
    "clock enable and a synchronous reset. A cell counts for the block that names the net it "
    "drives (popcounts of all classes together), or else for the first block that reads it, so "
    "that blocks add up to the total. Depth is the longest chain of LUTs between registers or "
    "ports, of a block's own LUTs for a block."
)


def synthesize(design_folder: Path, target: str, *, timeout: float = 3600) -> SynthesisResult:
    """Map a design to "lut4" or "lut6" with Yosys and count its cells.

    Raises `InputError` for another target or a design that is not as it was exported, `ToolError`
    if Yosys is missing, fails, or takes longer than `timeout` seconds; its log stays in the
    design's folder, at results/synth-TARGET.log.
    """
    if target not in TARGETS:
        raise InputError(f"target must be one of {', '.join(TARGETS)}, not {target!r}")
    design = read_design(design_folder)
    tool = f"Yosys {version()}"
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="connective-") as name:
        file = Path(name) / "netlist.json"
        run_yosys(
            [
                *(f"read_verilog {quote(design_folder.absolute() / s)}" for s in design.sources),
                *mapping(design.top, TARGETS[target]),
                f"write_json {quote(file)}",
            ],
            log=design_folder.absolute() / "results" / f"synth-{target}.log",
            timeout=timeout,
        )
        netlist = read_netlist(file, design.top)
    return SynthesisResult(
        target=target,
        tool=tool,
        luts=len(netlist.luts),
        registers=len(netlist.registers),
        depth=netlist.depth(netlist.luts),
        blocks=count(netlist, design),
        method=METHOD.format(inputs=TARGETS[target]),
        seconds=time.perf_counter() - began,
    )


def mapping(top: str, inputs: int) -> list[str]:
    """Yosys's commands from Verilog to LUTs.

    They are those of `synth -flatten -lut N` but for the mapping, where ABC is asked to give its
    LUTs the names of the nets that they compute (which `synth`, through ABC9, loses). On 1×1000
    gates with 784 bytes as input this gave 2831 LUT6 in 5.6 s, `synth` 2853 in 16.9 s, and a script
    without the coarse passes 2895 in 7.2 s.
    """
    return [
        f"synth -top {top} -flatten -run begin:fine",
        "opt -fast -full",
        "memory_map",  # the FIFO: registers and multiplexers
        "opt -full",
        "techmap",
        "opt -fast",
        # Registers stay out: with them, `abc` cuts the logic into one part for each clock enable
        # and maps each by itself, which takes a tenth more LUTs.
        "select * t:$_*DFF*_ %d",
        f"abc -lut {inputs} -dress",
        "select -clear",
        "opt_merge",
        "opt_clean",
    ]


def count(netlist: Netlist, design: Design) -> dict[str, Block]:
    """Cells by block in the order of the data; they add up to the netlist's."""
    names = [*design.blocks, INTERFACE]  # the last takes what stands in the top module itself
    owner = netlist.owners(names)
    reported = [_reported(name) for name in names]
    blocks = {}
    for block in dict.fromkeys(reported):
        luts = [lut for lut in netlist.luts if reported[owner[lut.output]] == block]
        registers = [cell for cell in netlist.registers if reported[owner[cell.output]] == block]
        blocks[block] = Block(luts=len(luts), registers=len(registers), depth=netlist.depth(luts))
    return blocks


def _reported(name: str) -> str:
    if name.startswith("popcount_"):
        return POPCOUNT
    return INTERFACE if name == "flow" else name
