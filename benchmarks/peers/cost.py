"""What a design takes, by one and the same script for whoever wrote its Verilog."""

from collections.abc import Sequence
from pathlib import Path

from connective.folder import temporary_folder
from connective.implementation import Block
from connective.technology import TECHNOLOGIES
from connective.tools.yosys import quote, run_yosys
from hwgen.flows.netlist import read_netlist
from hwgen.flows.synth import measure

# That of `connective synth` was chosen on Connective's own cores.
SCRIPT = "synth -top {top} -flatten -lut 6"
SECONDS = 3600


def cost(sources: Sequence[Path], top: str) -> Block:
    """Cells of the whole flattened design."""
    with temporary_folder() as work:
        mapped = work / "mapped.json"
        run_yosys(
            [
                *(f"read_verilog -sv {quote(source)}" for source in sources),
                SCRIPT.format(top=top),
                f"write_json {quote(mapped)}",
            ],
            log=work / "yosys.log",
            timeout=SECONDS,
        )
        netlist = read_netlist(mapped, mapped, top, TECHNOLOGIES["lut6"])
    return measure(netlist.cells, netlist, TECHNOLOGIES["lut6"], None)
