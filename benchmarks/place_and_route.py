"""How fast a circuit is on a family: on FPGAs by nextpnr, of standard cells by OpenSTA."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.liberty import liberty
from connective.devices import DEVICES, ROUTERS, Device
from connective.errors import ToolError
from connective.tools.nextpnr import run_nextpnr
from connective.tools.process import find_program, run
from connective.tools.yosys import quote, run_yosys
from hwgen.flows.critical_path import fmax
from hwgen.flows.gowin import time_all_paths
from hwgen.flows.harness import constraints

SECONDS = 1800
NETLIST, REPORT, PLACES = "top.json", "report.json", "pins.cst"
PINS = ("clk", "rst", "si", "so")
"""Ports of the circuits that are measured: a clock, and few others, as packages have few pins."""


@dataclass(frozen=True)
class Fpga:
    """What nextpnr fills after Yosys's own script for it.

    margin: by what whole cores may be slower than small circuits, as placement varies
    """

    chip: Device
    margin: float

    @property
    def device(self) -> str:
        return self.chip.title

    @property
    def asked(self) -> float:
        return self.chip.asked

    def period(self, source: Path, *, mhz: float) -> float:
        """The least period in ps of the module `top` in a file, placed for a clock."""
        folder, router = source.parent, ROUTERS[self.chip.target]
        netlist = folder / NETLIST
        run_yosys(
            [
                f"read_verilog {quote(source)}",
                f"{router.harness} -top top -json {quote(netlist)}",
            ],
            log=folder / "yosys.log",
            timeout=SECONDS,
        )
        arguments = [*self.chip.arguments, "--json", NETLIST, "--report", REPORT]
        arguments += ["--freq", f"{mhz:.2f}", "--seed", "1"]
        if self.chip.target == "gowin":
            circuit = json.loads(netlist.read_text())
            time_all_paths(circuit["modules"]["top"])
            netlist.write_text(json.dumps(circuit))
            (folder / PLACES).write_text(constraints(self.chip), encoding="ascii")
            arguments += ["--vopt", f"cst={PLACES}"]
        log = folder / "nextpnr.log"
        run_nextpnr(router.family, arguments, folder=folder, log=log, timeout=SECONDS)
        return 1e6 / fmax(json.loads((folder / REPORT).read_text()))


@dataclass(frozen=True)
class Cells:
    """What Yosys and ABC map to a cell library, without a layout and its wires.

    asked: a clock in MHz that is out of reach, so that ABC makes all paths as short as it can
    margin: by what whole cores may be slower than small circuits
    tie: the cells, with their pins, that give 1 and 0
    buffer: a cell about as strong as a register, for which ABC takes what drives its logic
    unused: arguments by which Yosys leaves out cells
    """

    library: str
    asked: float
    margin: float
    tie: tuple[str, str]
    buffer: str
    unused: str = ""

    @property
    def device(self) -> str:
        return self.library

    def period(self, source: Path, *, mhz: float) -> float:
        """The least period in ps of the module `top` in a file, timed for a clock."""
        folder = source.parent
        library, netlist, script = (folder / n for n in ("cells.lib", "netlist.v", "sta.tcl"))
        library.write_bytes(liberty(self.library))
        drive = folder / "drive.constr"
        drive.write_text(f"set_driving_cell {self.buffer}\nset_load 5.0\n")
        run_yosys(
            [
                f"read_verilog {quote(source)}",
                "synth -top top -flatten",
                f"dfflibmap -liberty {quote(library)}{self.unused}",
                f"abc -liberty {quote(library)} -constr {quote(drive)} "
                f"-D {round(1e6 / self.asked)}{self.unused}",
                "setundef -zero",
                f"hilomap -hicell {self.tie[0]} -locell {self.tie[1]}",
                "splitnets",
                "opt_clean -purge",
                f"write_verilog -noattr -noexpr -simple-lhs {quote(netlist)}",
            ],
            log=folder / "yosys.log",
            timeout=SECONDS,
        )
        script.write_text(
            f"read_liberty {library}\nread_verilog {netlist}\nlink_design top\n"
            f"create_clock -name clk -period {1e3 / mhz} clk\n"
            "set_false_path -from [get_ports {rst si}]\nset_false_path -to [get_ports so]\n"
            "report_worst_slack\nexit\n"
        )
        log = folder / "sta.log"
        program = find_program("sta", remedy="apt-get install opensta")
        run([program, "-exit", script], log=log, timeout=SECONDS)
        slack = re.search(r"worst slack (-?[\d.]+)", log.read_text())
        if not slack:
            raise ToolError(f"OpenSTA reports no slack; its log is {log}")
        return 1e6 / mhz - 1e3 * float(slack[1])


SKY130 = Cells(
    "sky130_fd_sc_hd__tt_025C_1v80",
    1500,
    1.2,
    ("sky130_fd_sc_hd__conb_1 HI", "sky130_fd_sc_hd__conb_1 LO"),
    "sky130_fd_sc_hd__buf_1",
    # ABC puts no buffers before the enable pins of registers, of which a net may have a thousand
    " -dont_use *lpflow* -dont_use *edf*",
)
SG13G2 = Cells(
    "sg13g2_stdcell_typ_1p20V_25C",
    1500,
    1.2,
    ("sg13g2_tiehi L_HI", "sg13g2_tielo L_LO"),
    "sg13g2_buf_1",
)
GOWIN = replace(DEVICES["gw1nr-9c"], pins=DEVICES["gw1nr-9c"].pins | {"rst": "27"})
CHIPS: dict[str, Fpga | Cells] = {
    "ice40": Fpga(DEVICES["hx8k"], 1.1),
    "ecp5": Fpga(DEVICES["lfe5u-25f"], 1.15),
    "gowin": Fpga(GOWIN, 1.15),
    "sky130": SKY130,
    "sg13g2": SG13G2,
}
