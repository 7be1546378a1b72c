"""By which ABC script each target's LUTs are mapped best: writes connective/recipes.json.

The best script is that whose longest paths are shortest, all networks together, and of several the
one with the fewest LUTs: a LUT more on the longest path costs more clock than some LUTs save.
Scripts keep the registers as they are, by whose names netlists are proved: there is no retiming.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rows import Row
from benchmarks.simplification import trained
from benchmarks.targets import FLOWS
from connective.design import Design
from connective.folder import write_atomic
from connective.simplify import simplify
from connective.technology import RECIPES, TECHNOLOGIES, Technology, mapper
from connective.tools.yosys import quote, run_yosys
from hwgen.emit import export
from hwgen.flows.netlist import read_netlist
from hwgen.request import Request

CASES = ("yin_yang 2×100", "mnist 1×1000")
FIRST = "strash;&get,-n;&fraig,-x;&put;scorr;dc2;dretime;strash;dch,-f;if;mfs2"
AGAIN = ";strash;dch,-f;if;mfs2"
PLAIN = "Yosys's script"
SCRIPTS = {
    PLAIN: "",
    "mapped twice": FIRST + AGAIN,
    "mapped four times": FIRST + 3 * AGAIN,
    "mapped four times, packed": FIRST + 3 * AGAIN + ";lutpack,-S,1",
}
SECONDS = 3600

Found = dict[str, dict[str, tuple[int, int]]]
"""By script and case the LUTs, and how deep they are."""


def measure() -> list[Row]:
    rows, recipes = [], {}
    for target, flow in FLOWS.items():
        found: Found = {script: {} for script in SCRIPTS}
        for case in CASES:
            network = simplify(trained(case)).network
            with TemporaryDirectory() as name:
                folder = Path(name)
                design = export(network, folder, Request(target=flow.sums), provenance={})
                for script, figures in mapped(folder, design, TECHNOLOGIES[target]).items():
                    found[script][case] = figures
        chosen = best(found)
        recipes[target] = {
            "name": chosen,
            "script": SCRIPTS[chosen],
            "measured": {
                script: {case: {"luts": n, "depth": depth} for case, (n, depth) in cases.items()}
                for script, cases in found.items()
            },
        }
        for case in CASES:
            name = f"{target}, {case}: {chosen}"
            (luts, depth), (luts_plain, depth_plain) = found[chosen][case], found[PLAIN][case]
            rows.append(Row(name, "LUTs", luts, luts_plain, PLAIN))
            rows.append(Row(name, "LUTs deep", depth, depth_plain, PLAIN))
        write_atomic(RECIPES, (json.dumps(_merged(recipes), indent=1) + "\n").encode())
    return rows


def best(found: Mapping[str, Mapping[str, tuple[int, int]]]) -> str:
    """The least deep of scripts, all networks together; of these that with the fewest LUTs."""

    def cost(script: str) -> tuple[int, float]:
        figures = found[script].values()
        return sum(depth for _, depth in figures), prod(luts for luts, _ in figures)

    return min(found, key=cost)


def _merged(recipes: Mapping[str, object]) -> dict[str, object]:
    return {**json.loads(RECIPES.read_text()), **recipes}


def mapped(folder: Path, design: Design, technology: Technology) -> dict[str, tuple[int, int]]:
    """LUTs and depth of one design by each script; up to the mapper all is done once."""
    unmapped = folder / "unmapped.json"
    commands = [
        *(f"read_verilog {quote(folder / source)}" for source in design.sources),
        *(command.format(top=design.top) for command in technology.coarse),
        f"write_json {quote(unmapped)}",
        "design -save unmapped",
    ]
    for number, script in enumerate(SCRIPTS.values()):
        commands.append("design -load unmapped")
        commands += _with_script(technology, script).mapping
        commands.append(f"write_json {quote(folder / f'{number}.json')}")
    run_yosys(commands, log=folder / "yosys.log", timeout=SECONDS)
    mapped = {}
    for number, script in enumerate(SCRIPTS):
        netlist = read_netlist(folder / f"{number}.json", unmapped, design.top, technology)
        luts = sum(technology.role(cell.kind) == "lut" for cell in netlist.cells)
        mapped[script] = luts, netlist.depth(netlist.logic)
    return mapped


def _with_script(technology: Technology, script: str) -> Technology:
    def changed(command: str) -> str:
        match = re.match(r"abc -lut (\d)", command)
        return mapper(int(match[1]), script) if match else command

    return replace(technology, mapping=tuple(map(changed, technology.mapping)))
