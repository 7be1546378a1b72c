"""Synthesis to the cells of a target, counted by block."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from connective.design import read_design
from connective.errors import InputError
from connective.folder import temporary_folder, write_atomic
from connective.implementation import Block, SynthesisResult, cells_file, netlist_file
from connective.technology import TECHNOLOGIES, Technology
from connective.tools.yosys import quote, run_yosys, version, written
from hwgen.flows.blocks import blocks_of_nets, by_block, path_by_block
from hwgen.flows.liberty import Library, read_library
from hwgen.flows.netlist import Cell, Netlist, read_netlist, with_blocks

METHOD = (
    "Whole design, flattened, then mapped by ABC to {cells}: encoder, logic levels, popcounts, "
    "argmax, and the interface with its output FIFO; no carry chains, block RAM or input/output "
    "cells. Nothing is placed or routed. A cell counts for the block that names the net it drives "
    "(popcounts of all classes together), or else for the first block that reads it, so that "
    "blocks add up to the total; what is merged into a cell of a later block counts there. Depth "
    "is the longest chain of cells between registers or ports, of a block's own cells for a block."
)
LIBRARY_METHOD = (
    " A net that lost its name has that of a net with the same values in 1024 random samples. The "
    "delay is ABC's, of logic alone: without wires, clock-to-output and set-up times."
)
# Icarus computes a vector, and all that reads a bit of it, anew for each bit that changes: with the
# registers of a level in one, MNIST 1×1000 took over fifteen times as long.
SPLIT = "splitnets w:*"
# The names that cells have in the netlist, which write_verilog would else invent
NAMES = ("rename -hide c:*", "rename -enumerate c:*")
DELAY = re.compile(r"Delay = +([\d.]+) ps")


def synthesize(
    design_folder: Path,
    target: str,
    *,
    liberty: Path | None = None,
    dont_use: Sequence[str] = (),
    timeout: float = 3600,
) -> SynthesisResult:
    """Map a design to one of `TECHNOLOGIES` with Yosys, write its netlist, and count its cells.

    The target "asic" needs a Liberty file, of whose cells those that match a pattern of `dont_use`
    stay out. Raises `InputError` for another target, a library that cannot be read or a design that
    is not as it was exported, `ToolError` if Yosys is missing, fails, or takes longer than
    `timeout` seconds; its log stays in the design's folder, at results/synth-TARGET.log.
    """
    technology = _technology(target, liberty, dont_use)
    design = read_design(design_folder)
    tool = f"Yosys {version()}"
    began = time.perf_counter()
    log = design_folder.absolute() / "results" / f"synth-{target}.log"
    sources = [design_folder.absolute() / source for source in design.sources]
    with temporary_folder() as work:
        library = None
        if liberty is not None:
            library = read_library(liberty, work, dont_use=dont_use, timeout=timeout)
            technology = library.technology(technology)
        unmapped, mapped, verilog = (work / part for part in ("unmapped", "mapped", "netlist.v"))
        run_yosys(
            [
                *(f"read_verilog {quote(source)}" for source in sources),
                *(command.format(top=design.top) for command in technology.coarse),
                f"write_json {quote(unmapped)}",
                *technology.mapping,
                *NAMES,
                f"write_json {quote(mapped)}",
                *(library.functions(design.top) if library else ()),
                SPLIT,
                f"write_verilog -noattr -simple-lhs {quote(verilog)}",
            ],
            log=log,
            timeout=timeout,
        )
        netlist = read_netlist(mapped, unmapped, design.top, technology)
        if library:
            netlist = library.named(netlist, mapped, unmapped, design.top)
            write_atomic(cells_file(design_folder, target), written(library.models).encode())
        block_of = blocks_of_nets(netlist, design)
        parts = by_block(netlist, design, block_of)
        text = with_blocks(written(verilog), parts)
        write_atomic(netlist_file(design_folder, target), text.encode())
    return SynthesisResult(
        **measure(netlist.cells, netlist, technology, library).model_dump(),
        target=target,
        tool=tool,
        delay_ps=_delay(log) if library else None,
        library=library.record if library else None,
        blocks={
            part: measure(cells, netlist, technology, library) for part, cells in parts.items()
        },
        path=path_by_block(netlist, block_of),
        method=METHOD.format(cells=technology.cells) + LIBRARY_METHOD * bool(library),
        seconds=time.perf_counter() - began,
    )


def _technology(target: str, liberty: Path | None, dont_use: Sequence[str]) -> Technology:
    if target not in TECHNOLOGIES:
        raise InputError(f"target must be one of {', '.join(TECHNOLOGIES)}, not {target!r}")
    technology = TECHNOLOGIES[target]
    if technology.has_library and liberty is None:
        raise InputError(f"target {target} needs a library of cells: name its file with --liberty")
    if (liberty or dont_use) and not technology.has_library:
        raise InputError(f"target {target} has cells of its own: leave out --liberty, --dont-use")
    return technology


def measure(
    cells: Sequence[Cell], netlist: Netlist, technology: Technology, library: Library | None
) -> Block:
    """How many cells of which kind these are, what they take, and how deep they are."""
    kinds = Counter(cell.kind for cell in cells)
    roles = Counter(dict.fromkeys(("lut", "register"), 0))
    others: dict[str, int] = {}
    for kind, count in sorted(kinds.items()):
        role = technology.role(kind)
        roles[role] += count
        if role == "memory":
            others[kind] = count
    chosen = set(cells)
    depth = netlist.depth(cell for cell in netlist.logic if cell in chosen)
    if library is None:
        return Block(luts=roles["lut"], registers=roles["register"], depth=depth, others=others)
    area = sum(library.areas[kind] * count for kind, count in kinds.items())
    unit = library.areas[library.nand] if library.nand else None
    return Block(
        registers=roles["register"],
        depth=depth,
        cells=len(cells),
        area_um2=area,
        gate_equivalents=area / unit if unit else None,
    )


def _delay(log: Path) -> float:
    """The longest of what ABC printed: 0 where there was no logic."""
    return max(
        (float(delay) for delay in DELAY.findall(log.read_text(errors="replace"))), default=0
    )
