"""Synthesis to LUTs and registers of no particular maker, counted by block."""

import time
from pathlib import Path

from connective.design import Design, read_design
from connective.errors import InputError
from connective.folder import temporary_folder, write_atomic
from connective.results import Block, SynthesisResult, netlist_file
from connective.tools.yosys import quote, run_yosys, version, written
from hwgen.flows.netlist import Netlist, read_netlist

TARGETS = {"lut4": 4, "lut6": 6}
POPCOUNT, INTERFACE, ENCODER = "popcount", "interface", "encoder"
REPORTED_AS = {
    "packet": ENCODER,  # the registers of what it compared
    "receiver": INTERFACE,
    "bus": INTERFACE,
    "registers": INTERFACE,
    "flow": INTERFACE,
    "sideband": INTERFACE,
    "beats": INTERFACE,
    "accumulator": POPCOUNT,
}
METHOD = (
    "Whole design, flattened, then mapped by ABC to LUTs of at most {inputs} inputs: encoder, "
    "logic levels, popcounts, argmax, and the interface with its output FIFO, whose memory is "
    "registers and LUTs; no carry chains, block RAM or input/output cells. Registers may have a "
    "clock enable and a synchronous reset. A cell counts for the block that names the net it "
    "drives (popcounts of all classes together), or else for the first block that reads it, so "
    "that blocks add up to the total; what is merged into a LUT of a later block counts there. "
    "Depth is the longest chain of LUTs between registers or ports, of a block's own LUTs for a "
    "block."
)


def synthesize(design_folder: Path, target: str, *, timeout: float = 3600) -> SynthesisResult:
    """Map a design to "lut4" or "lut6" with Yosys, write its netlist, and count its cells.

    Raises `InputError` for another target or a design that is not as it was exported, `ToolError`
    if Yosys is missing, fails, or takes longer than `timeout` seconds; its log stays in the
    design's folder, at results/synth-TARGET.log.
    """
    if target not in TARGETS:
        raise InputError(f"target must be one of {', '.join(TARGETS)}, not {target!r}")
    design = read_design(design_folder)
    tool = f"Yosys {version()}"
    began = time.perf_counter()
    with temporary_folder() as folder:
        file, unmapped = folder / "netlist.json", folder / "unmapped.json"
        verilog = folder / "netlist.v"
        run_yosys(
            [
                *(f"read_verilog {quote(design_folder.absolute() / s)}" for s in design.sources),
                *coarse(design.top),
                f"write_json {quote(unmapped)}",
                *mapping(TARGETS[target]),
                f"write_json {quote(file)}",
                f"write_verilog -noattr {quote(verilog)}",
            ],
            log=design_folder.absolute() / "results" / f"synth-{target}.log",
            timeout=timeout,
        )
        netlist = read_netlist(file, unmapped, design.top)
        write_atomic(netlist_file(design_folder, target), written(verilog).encode())
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


def coarse(top: str) -> list[str]:
    """Yosys's commands from Verilog to gates, those of `synth -flatten`.

    `synth -lut N` would go on to ABC9, which loses the names by which blocks are counted. On 1×1000
    gates with 784 bytes as input it gave 2852 LUT6 in three times the time of this with `mapping`,
    which gave 2811; a script without the coarse passes gave 2896 and was no faster.
    """
    return [
        f"synth -top {top} -flatten -run begin:fine",
        "opt -fast -full",
        "memory_map",  # the FIFO: registers and multiplexers
        "opt -full",
        "techmap",
        "opt -fast",
    ]


def mapping(inputs: int) -> list[str]:
    """Yosys's commands from gates to LUTs that keep the names of the nets that they compute."""
    return [
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
    for block in sorted(dict.fromkeys(reported), key=INTERFACE.__eq__):  # the interface last
        luts = [lut for lut in netlist.luts if reported[owner[lut.output]] == block]
        registers = [cell for cell in netlist.registers if reported[owner[cell.output]] == block]
        blocks[block] = Block(luts=len(luts), registers=len(registers), depth=netlist.depth(luts))
    return blocks


def _reported(name: str) -> str:
    if name.startswith("popcount_"):
        return POPCOUNT
    return REPORTED_AS.get(name, name)
