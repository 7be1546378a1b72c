"""What a design takes, by one and the same script for whoever wrote its Verilog."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from connective.folder import temporary_folder
from connective.implementation import Block
from connective.technology import TECHNOLOGIES, Technology
from connective.tools.yosys import quote, run_yosys
from hwgen.flows.netlist import read_netlist
from hwgen.flows.synth import measure

LUT6 = TECHNOLOGIES["lut6"]
MAPPINGS: dict[str, Technology] = {
    "LUT6": LUT6,
    "LUT6, plain": replace(LUT6, coarse=("synth -top {top} -flatten -lut 6",), mapping=()),
}
"""By `connective synth`, whose script was chosen on Connective's own cores, and by Yosys's own."""
SECONDS = 3600


def costs(sources: Sequence[Path], top: str) -> dict[str, Block]:
    """Cells of the whole flattened design, by mapping."""
    return {name: _cost(sources, top, technology) for name, technology in MAPPINGS.items()}


def _cost(sources: Sequence[Path], top: str, technology: Technology) -> Block:
    with temporary_folder() as work:
        unmapped, mapped = work / "unmapped.json", work / "mapped.json"
        run_yosys(
            [
                *(f"read_verilog -sv {quote(source)}" for source in sources),
                *(command.format(top=top) for command in technology.coarse),
                f"write_json {quote(unmapped)}",
                *technology.mapping,
                f"write_json {quote(mapped)}",
            ],
            log=work / "yosys.log",
            timeout=SECONDS,
        )
        netlist = read_netlist(mapped, unmapped, top, technology)
    return measure(netlist.cells, netlist, technology, None)
