"""The blocks of a core, as results name them, and what of a netlist is theirs."""

from itertools import groupby
from operator import itemgetter

from connective.design import Design
from connective.implementation import PathPart
from hwgen.flows.netlist import Bit, Cell, Netlist

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


def blocks_of_nets(netlist: Netlist, design: Design) -> dict[Bit, str]:
    """The block to which the cell counts that drives a net."""
    names = [*design.blocks, INTERFACE]  # the last takes what stands in the top module itself
    return {bit: _reported(names[place]) for bit, place in netlist.owners(names).items()}


def by_block(netlist: Netlist, design: Design, block_of: dict[Bit, str]) -> dict[str, list[Cell]]:
    """The cells of each block in the order of the data; every cell is in one of them."""
    reported = dict.fromkeys(_reported(name) for name in (*design.blocks, INTERFACE))
    blocks: dict[str, list[Cell]] = {
        block: [] for block in sorted(reported, key=INTERFACE.__eq__)
    }  # the interface last
    for cell in netlist.cells:
        blocks[block_of[cell.output]].append(cell)
    return blocks


def path_by_block(netlist: Netlist, block_of: dict[Bit, str]) -> list[PathPart]:
    """A longest path of the netlist in the blocks that it passes."""
    steps = [(block_of[cell.output], passed) for cell, passed in netlist.longest()]
    return [
        PathPart(block=block, cells=sum(passed for _, passed in own))
        for block, own in groupby(steps, key=itemgetter(0))
    ]


def _reported(name: str) -> str:
    if name.startswith("popcount_"):
        return POPCOUNT
    return REPORTED_AS.get(name, name)
