"""A netlist placed and routed on a device: its clock, and where the path lies that sets it."""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from connective.design import Design, read_design
from connective.devices import ROUTERS, device_for
from connective.errors import InputError
from connective.folder import temporary_folder
from connective.implementation import PlacementResult, PlacementRun, Places, netlist_file
from connective.technology import BLACKBOXES, TECHNOLOGIES
from connective.tools import nextpnr, yosys
from connective.tools.yosys import quote, run_yosys, written
from hwgen.flows.blocks import blocks_of_nets
from hwgen.flows.critical_path import critical_path, fmax
from hwgen.flows.harness import NETLIST, constraints, put_into_harness
from hwgen.flows.netlist import Bit, Netlist, read_netlist

METHOD = (
    "The netlist of synthesis, its cells as they are, placed and routed by nextpnr, once a seed. "
    "Each input bit that the core reads comes from a register of a harness, and each output bit "
    "goes into one, so that all paths are from register to register: Fmax is of the slowest. What "
    "the harness takes is shown apart. A cell of the path is in the block to which synthesis "
    "counts it, a wire in that of the cell that drives it. Delays are nextpnr's model of the "
    "device, not measured on one."
)
PINS, REPORT, CORE_NETLIST = "pins.cst", "report.json", "core.json"


def place(
    design_folder: Path,
    target: str,
    *,
    device: str | None = None,
    seeds: int = 5,
    mhz: float | None = None,
    timeout: float = 3600,
) -> PlacementResult:
    """Place and route what `synthesize` left of a design for a target, with seeds 1 to `seeds`.

    `device` is one of `DEVICES`, by default the target's first; `mhz` the clock to reach, by
    default that for which the design was exported. Raises `InputError` for a target or device that
    there is not, or where the netlist is missing; `ToolError` if nextpnr is missing, fails, as for
    a core that is larger than the device, or takes longer than `timeout` seconds for a seed. The
    log of the last run stays at results/pnr-TARGET-DEVICE.log in the design's folder.
    """
    name, chip = device_for(target, device)
    router = ROUTERS[target]
    tools = {"Yosys": yosys.version(), f"nextpnr-{router.family}": nextpnr.version(router.family)}
    design = read_design(design_folder)
    if mhz is None and design.options.clock is not None:
        mhz = design.options.clock.mhz
    verilog = netlist_file(design_folder, target).absolute()
    if not verilog.is_file():
        raise InputError(f"{verilog} is missing: synthesise the design for {target} first")
    began = time.perf_counter()
    log = verilog.with_name(f"pnr-{target}-{name}.log")
    with temporary_folder() as work:
        netlist, module = _core(design, verilog, target, work, log=log, timeout=timeout)
        harness = put_into_harness(
            design, verilog, netlist, module, router, work, log=log, timeout=timeout
        )
        arguments = [*chip.arguments, "--json", NETLIST, "--report", REPORT]
        arguments += ["--freq", f"{mhz or chip.asked:.2f}"]
        if chip.pins:
            (work / PINS).write_text(constraints(chip), encoding="ascii")
            arguments += ["--vopt", f"cst={PINS}"]
        blocks = _blocks_of_cells(module, blocks_of_nets(netlist, design))
        runs = []
        for seed in range(1, seeds + 1):
            started = time.perf_counter()
            nextpnr.run_nextpnr(
                router.family,
                [*arguments, "--seed", str(seed)],
                folder=work,
                log=log,
                timeout=timeout,
            )
            report = json.loads((work / REPORT).read_text(encoding="utf-8"))
            runs.append(
                PlacementRun(
                    seed=seed,
                    fmax_mhz=round(fmax(report), 2),
                    path=critical_path(report, blocks),
                    seconds=time.perf_counter() - started,
                )
            )
    clocks = [run.fmax_mhz for run in runs]
    return PlacementResult(
        netlist=target,
        netlist_sha256=hashlib.sha256(verilog.read_bytes()).hexdigest(),
        device=name,
        title=chip.title,
        tools=tools,
        asked_mhz=mhz,
        median_mhz=median(clocks),
        best_mhz=max(clocks),
        runs=runs,
        places=_places(report, harness.takes(router)),
        method=METHOD,
        seconds=time.perf_counter() - began,
    )


def _core(
    design: Design, verilog: Path, target: str, work: Path, *, log: Path, timeout: float
) -> tuple[Netlist, dict[str, Any]]:
    """The netlist, and the module of Yosys's JSON that it is in."""
    technology, file = TECHNOLOGIES[target], work / CORE_NETLIST
    models = (f"read_verilog -lib {quote(yosys.share() / model)}" for model in technology.models)
    commands = [*models, f"read_verilog {quote(verilog)}", f"hierarchy -check -top {design.top}"]
    run_yosys([*commands, BLACKBOXES, f"write_json {quote(file)}"], log=log, timeout=timeout)
    netlist = read_netlist(file, file, design.top, technology)
    return netlist, json.loads(written(file))["modules"][design.top]


def _blocks_of_cells(module: Mapping[str, Any], block_of: Mapping[Bit, str]) -> dict[str, str]:
    return {
        name: block_of[bit]
        for name, cell in module["cells"].items()
        for port, bits in cell["connections"].items()
        for bit in bits
        if cell["port_directions"][port] == "output" and bit in block_of
    }


def _places(report: Mapping[str, Any], harness: Mapping[str, int]) -> dict[str, Places]:
    return {
        kind: Places(used=n["used"], harness=harness[kind], available=n["available"])
        for kind, n in report["utilization"].items()
        if kind in harness
    }
