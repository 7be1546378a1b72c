"""What each form of a core costs in area and takes in cycles; the table of docs/low-area.md."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective import Network
from connective.design import Design
from connective.simplify import simplify
from connective.tools.yosys import quote, run_yosys
from hwgen.emit import export
from hwgen.flows.synth import synthesize
from hwgen.form import Form
from hwgen.request import Request

PIPELINED = "pipelined"
CASES = ("yin_yang 2×100", "mnist 1×1000")
FORMS = {
    PIPELINED: Form(),
    "pipelined, 8 bits in": Form(input_width=8),
    "serial": Form(serial=True),
    "serial, 16 bits a cycle": Form(serial=True, bits_per_cycle=16),
    "serial, 4 bits a cycle": Form(serial=True, bits_per_cycle=4),
    "serial, 1 bit a cycle": Form(serial=True, bits_per_cycle=1),
    "serial, 8 bits in": Form(serial=True, input_width=8),
}
INTERVAL, LATENCY = "cycles a sample", "cycles of latency"
SECONDS = 3600


def measure() -> list[Row]:
    """Rows for each trained network, simplified, and each form, beside the pipeline's."""
    rows = []
    for case in CASES:
        network = simplify(trained(case)).network
        costs = {name: _cost(network, form) for name, form in FORMS.items()}
        rows += [
            Row(f"{case}, {name}", unit, cost)
            if unit in (INTERVAL, LATENCY)
            else Row(f"{case}, {name}", unit, cost, costs[PIPELINED][unit], PIPELINED)
            for name, cost_by_unit in costs.items()
            for unit, cost in cost_by_unit.items()
        ]
    return rows


def _cost(network: Network, form: Form) -> dict[str, int]:
    """By unit."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        design = export(network, folder, Request(form=form), provenance={})
        lut6, lut4 = (synthesize(folder, target) for target in ("lut6", "lut4"))
        return {
            "LUT6": lut6.luts,
            "LUT4": lut4.luts,
            "registers": lut6.registers,
            "transistors": _transistors(folder, design),
            INTERVAL: design.initiation_interval,
            LATENCY: design.latency,
        }


def _transistors(folder: Path, design: Design) -> int:
    """Of static CMOS gates, without those of the registers."""
    stat = folder / "stat.json"
    run_yosys(
        [
            *(f"read_verilog {quote(folder / source)}" for source in design.sources),
            f"synth -top {design.top} -flatten",
            "abc -g cmos4",
            "opt_clean",
            f"tee -q -o {quote(stat)} stat -json -tech cmos",
        ],
        log=folder / "yosys.log",
        timeout=SECONDS,
    )
    count = json.loads(stat.read_text(encoding="utf-8"))["design"]["estimated_num_transistors"]
    return int(count.rstrip("+"))  # a plus says that there are cells that it does not count
