"""Ten popcounts and an argmax on each target: counters of several sizes beside the plain sum.

The table from which `hwgen.family` takes its choices. Everything is one combinational stage, so
that the latency is the same, and the argmax is the same module; only the popcounts differ. Those of
few bits are synthesized with the argmax as one flat module; of many bits, for which that takes
hours, one popcount is synthesized by itself and counts ten times.
"""

import json
import multiprocessing
import os
import re
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.liberty import liberty
from benchmarks.rows import Row
from connective import Network, raw
from connective.folder import write_atomic
from connective.tools.yosys import quote, run_yosys
from hwgen.argmax import Argmax
from hwgen.block import Block
from hwgen.emission import Emission
from hwgen.family import Family
from hwgen.popcount import Popcount
from hwgen.schedule import Schedule

CLASSES = 10
BITS = (100, 800)
FLAT = 100  # bits of a class up to which all is one module
PLAIN = "plain sum"
FORMS = {
    PLAIN: None,
    "3:2": Family(counter=3),
    "6:3": Family(counter=6),
    "7:3": Family(counter=7),
}
KEPT = Path("build") / "popcounts"
SECONDS = 3600


@dataclass(frozen=True)
class Target:
    """How Yosys maps TOP to a target, and what a cell of each kind (a regular expression) costs.

    Members
    -------
    stat: more arguments of the command that counts the cells
    total: what that command gives as the cost, where it is not the sum over cells
    unit: of the cost
    """

    commands: tuple[str, ...]
    cost: Mapping[str, int]
    stat: str = ""
    total: str = ""
    unit: str = "LUTs"


LIBERTY = "sky130_fd_sc_hd__tt_025C_1v80"
TARGETS = {
    "LUT6": Target(("synth -top TOP -flatten -lut 6",), {r"\$lut": 1}),
    "LUT4": Target(("synth -top TOP -flatten -lut 4",), {r"\$lut": 1}),
    "iCE40": Target(("synth_ice40 -top TOP",), {"SB_LUT4": 1}),
    "ECP5": Target(("synth_ecp5 -top TOP -noiopad",), {"LUT4": 1, "CCU2C": 2}),
    "Gowin": Target(("synth_gowin -top TOP -noiopads",), {"LUT[1-4]": 1, "ALU": 1}),
    "Xilinx 7": Target(("synth_xilinx -top TOP -flatten -noiopad",), {"LUT[1-6]": 1}),
    "CMOS": Target(
        ("synth -top TOP -flatten", "abc -g cmos4", "opt_clean"),
        {},
        "-tech cmos",
        "estimated_num_transistors",
        "transistors",
    ),
    "sky130": Target(
        ("synth -top TOP -flatten", "abc -liberty LIBERTY", "opt_clean"),
        {},
        "-liberty LIBERTY",
        "area",
        "µm²",
    ),
}


def measure() -> list[Row]:
    """Combinations that an earlier run measured are taken from build/popcounts."""
    cases = [(target, bits, form) for bits, target, form in product(BITS, TARGETS, FORMS)]
    cores, context = len(os.sched_getaffinity(0)), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, context) as pool:
        costs = dict(zip(cases, pool.map(_cost, cases), strict=True))
    return [
        Row(f"{target}, {bits} bits, {form}", TARGETS[target].unit, cost, plain, PLAIN)
        for (target, bits, form), cost in costs.items()
        if form != PLAIN
        for plain in [costs[target, bits, PLAIN]]
    ]


def _cost(case: tuple[str, int, str]) -> int:
    kept = KEPT / (re.sub(r"\W+", "_", "_".join(map(str, case))) + ".json")
    if kept.exists():
        return int(json.loads(kept.read_text(encoding="utf-8")))
    name, bits, form = case
    with TemporaryDirectory() as folder:
        source = Path(folder, "top.v")
        source.write_text(_verilog(bits, FORMS[form]), encoding="ascii")
        if bits <= FLAT:
            cost = _cost_of("top", source, TARGETS[name])
        else:
            popcount, argmax = (_cost_of(t, source, TARGETS[name]) for t in ("popcount", "argmax"))
            cost = CLASSES * popcount + argmax
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(kept, json.dumps(cost).encode())
    return cost


def _cost_of(top: str, source: Path, target: Target) -> int:
    """Of a module of the file `source`."""
    stat, library = source.with_name("stat.json"), source.with_name("cells.lib")
    if "LIBERTY" in target.stat:
        library.write_bytes(liberty(LIBERTY))
    run_yosys(
        [
            f"read_verilog {quote(source)}",
            *(
                command.replace("TOP", top).replace("LIBERTY", quote(library))
                for command in (
                    *target.commands,
                    f"tee -q -o {quote(stat)} stat -json {target.stat}",
                )
            ),
        ],
        log=source.with_name("yosys.log"),
        timeout=SECONDS,
    )
    design = json.loads(stat.read_text(encoding="utf-8"))["design"]
    if target.total:
        return round(float(str(design[target.total]).rstrip("+")))  # + is for registers
    return sum(
        weight * count
        for cell, count in design["num_cells_by_type"].items()
        for kind, weight in target.cost.items()
        if re.fullmatch(kind, cell)
    )


def _verilog(bits: int, family: Family | None) -> str:
    """A module `top` from all bits to the label; the popcount is a plain sum without a family."""
    n = CLASSES * bits
    network = Network(
        raw(n),
        fanin=np.zeros((0, 1), dtype=np.uint32),
        table=np.zeros(0, dtype=np.uint64),
        outputs=np.arange(n, dtype=np.uint32),
        weights=np.ones(n, dtype=np.int64),
        groups=np.arange(CLASSES + 1) * bits,
        bias=np.zeros(CLASSES, dtype=np.int64),
    )
    schedule = Schedule(network, 0, family=family or Family(counter=3))
    popcount = Popcount(schedule.trees[0])
    matches = schedule.operations.matches
    argmax = Argmax(
        schedule.operations.scores, matches, [0] * len(matches), end=0, keep_scores=False
    )
    width = len(popcount.o)
    text = _text(argmax, "argmax") + _text(popcount, "popcount" if family else "unused")
    if not family:
        total = " + ".join(f"i[{bit}]" for bit in range(bits))
        text += (
            f"module popcount(input wire [{bits - 1}:0] i, output wire [{width - 1}:0] o);\n"
            f"assign o = {total};\nendmodule\n"
        )
    instances = "".join(
        f"popcount popcount_{c} (.i(i[{(c + 1) * bits - 1}:{c * bits}]), "
        f".o(scores[{(c + 1) * width - 1}:{c * width}]));\n"
        for c in range(CLASSES)
    )
    return (
        f"{text}module top(input wire [{n - 1}:0] i, output wire [3:0] label);\n"
        f"wire [{CLASSES * width - 1}:0] scores;\n{instances}"
        "argmax argmax (.i(scores), .label(label));\nendmodule\n"
    )


def _text(block: Block, name: str) -> str:
    return Emission(block, name).verilog()[name]
