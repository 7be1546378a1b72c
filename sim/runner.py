"""Simulates a design: its Verilog on a simulator, held against the network that it came from."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from connective.coverage import cover
from connective.design import FILE, Design, Port, read_built
from connective.errors import InputError, ToolError
from connective.folder import make_parent, move_atomic, temporary_folder
from connective.results import SimulationResult, Stalls
from connective.tools import cocotb, icarus, verilator
from connective.tools.process import full, run_module
from connective.vectors import write_vectors
from sim.gates import Gates, read_gates
from sim.reference import copy_sources, read_reference

SIMULATORS = {"icarus": icarus.version, "verilator": verilator.version}
HERE = Path(__file__).parent
PACKAGE = "bench"
BENCHES = {
    "native": ("bench",),
    "combinational": ("combinational_bench",),
    "axi-stream": ("axi_bench",),
    "axi-lite": ("axi_lite_bench", "axi_lite_software"),
}
"""The files of each bench, the one with its tests first."""
SHARED = "monitor"
VECTORS_FILE = "vectors.txt"
PASSED = "passed"
WAVES = {"icarus": "{top}.fst", "verilator": "dump.vcd"}
"""What the waveform is called that cocotb lets each simulator write."""

VERILATOR_ARGUMENTS = [
    # cocotb's runner makes every signal public; with only the ports public, two levels of 4,000
    # gates build and run 14 % faster
    "--no-public-flat-rw",
    "-Wno-fatal",  # lint is the generator's claim, not the simulation's
]
# On 10,000 samples: -O0 saves 4 s of 12 in a small build, but runs large designs six times slower.
VERILATOR_OPTIMIZATION = "-O1"


def simulate(
    design_folder: Path,
    samples: NDArray[np.integer],
    *,
    simulator: str,
    data: str,
    seed: int,
    netlist: str | None = None,
    waves: Path | None = None,
    timeout: float = 3600,
) -> SimulationResult:
    """Run the bench with samples (samples, features) of `data` on "icarus" or "verilator".

    It is run on the Verilog, or on the netlist that `connective synth` made for the target that is
    named. With `waves` all tests are recorded there, as FST by Icarus and as VCD by Verilator,
    which a run that ends brings into place, whatever it found.

    Mismatches are in the result. Raises `InputError` for a design that is not as it was exported or
    a netlist that is not there, `ToolError` for a simulator that is missing, dies, or takes longer
    than `timeout` seconds; its log stays in the design's folder, at
    results/simulate-SIMULATOR.log, or simulate-SIMULATOR-NETLIST.log.
    """
    design, network = read_reference(design_folder)
    if simulator not in SIMULATORS:
        raise InputError(f"simulator must be one of {', '.join(SIMULATORS)}, not {simulator!r}")
    if not len(samples):
        raise InputError("a simulation needs at least one sample")
    if waves is not None:
        _check_waves(waves, simulator)
    version = SIMULATORS[simulator]()
    cocotb.version()
    if design.protocol.kind in ("axi-stream", "axi-lite"):
        cocotb.check_axi()
    gates = read_gates(design_folder.absolute(), netlist) if netlist else None
    run = "-".join(filter(None, (simulator, netlist)))
    log = design_folder.absolute() / "results" / f"simulate-{run}.log"
    with temporary_folder() as build:
        write_vectors(build / VECTORS_FILE, network, design, samples)
        (build / PACKAGE).mkdir()
        for file, text in bench_files(design).items():
            (build / PACKAGE / file).write_text(text, encoding="utf-8")
        shutil.copy(design_folder / FILE, build)
        copy_sources(design_folder, design, build)
        shutil.copy(design_folder / design.waivers, build)
        job = _job(design, build, simulator, seed, gates, record=waves is not None)
        (build / "job.json").write_text(json.dumps(job))
        run_module(
            HERE / "cocotb_child.py",
            [build / "job.json"],
            name=f"the simulation on {simulator}",
            log=log,
            timeout=timeout,
            env=_environment(os.environ, build, simulator),
            cwd=build,
        )
        bench = _read_bench(build / "bench.json", log)
        tests = _read_tests(build / "results.xml", log)
        if waves is not None:
            if why := full(build):
                raise ToolError(f"the waveform is not whole{why}")
            move_atomic(build / "build" / WAVES[simulator].format(top=design.top), waves)
    rate = bench["samples"] / bench["seconds"]
    stalls = Stalls(**bench["stalls"]) if "stalls" in bench else None
    return SimulationResult(
        simulator=simulator,
        netlist=netlist,
        netlist_sha256=gates.sha256 if gates else None,
        version=version,
        data=data,
        samples=bench["samples"],
        mismatches=bench["mismatches"],
        first_mismatch=bench["first_mismatch"],
        latency_measured=bench["latency"],
        cycles=bench["cycles"],
        samples_per_second=rate,
        seconds=bench["seconds"],
        tests=tests,
        coverage=cover(read_built(design_folder, design), samples, stalls),
    )


def bench_files(design: Design) -> dict[str, str]:
    """The texts by file name of a package that is the design's bench, with no need of others."""
    names = (*BENCHES[design.protocol.kind], SHARED)
    texts = {f"{name}.py": (HERE / f"{name}.py").read_text(encoding="utf-8") for name in names}
    return {"__init__.py": "", **texts}


def _check_waves(waves: Path, simulator: str) -> None:
    """Refuse a file that would be called otherwise than what it is, or that cannot be made."""
    suffix = Path(WAVES[simulator]).suffix
    if waves.suffix != suffix:
        raise InputError(f"{simulator} writes waveforms as {suffix}: name {waves.stem}{suffix}")
    make_parent(waves)


def _job(
    design: Design, build: Path, simulator: str, seed: int, gates: Gates | None, *, record: bool
) -> dict[str, Any]:
    """What `cocotb_child` reads."""
    sources = [build / name for name in design.sources]
    if gates:
        sources = [build / "netlist.v"]
        sources[0].write_text(gates.verilog, encoding="utf-8")
    job = {
        "simulator": simulator,
        "bench": f"{PACKAGE}.{BENCHES[design.protocol.kind][0]}",
        "top": design.top,
        "sources": [str(source) for source in sources],
        "control_files": [],
        "build_args": [],
        "build": str(build / "build"),
        "results": str(build / "results.xml"),
        "seed": seed % 2**31,
        "waves": record,
    }
    if simulator == "verilator":
        control = build / "ports.vlt"
        control.write_text(_public_ports(design.top, design.ports))
        # the waivers are of the Verilog's lines
        job["control_files"] = [str(control), *([] if gates else [str(build / design.waivers)])]
        job["build_args"] = VERILATOR_ARGUMENTS
    return job


def _public_ports(top: str, ports: list[Port]) -> str:
    """A Verilator control file that lets the bench read and write the ports."""
    lines = [f'public_flat_rw -module "{top}" -var "{port.name}"' for port in ports]
    return "\n".join(["`verilator_config", *lines, ""])


def _environment(variables: Mapping[str, str], build: Path, simulator: str) -> dict[str, str]:
    """The user's variables without those that would steer cocotb, with what the tools need."""
    steering = ("COCOTB_", "GPI_", "PYTEST_", "SIM_CMD_")
    kept = {k: v for k, v in variables.items() if not k.startswith(steering)}
    for name in ("WAVES", "GUI"):
        kept.pop(name, None)
    kept["PYTHONPATH"] = str(build)  # where the bench is
    kept["CONNECTIVE_DESIGN"] = str(build / FILE)
    kept["CONNECTIVE_VECTORS"] = str(build / VECTORS_FILE)
    kept["CONNECTIVE_RESULT"] = str(build / "bench.json")
    return (
        kept
        if simulator == "icarus"
        else verilator.environment(kept, optimization=VERILATOR_OPTIMIZATION)
    )


def _read_bench(path: Path, log: Path) -> dict[str, Any]:
    try:
        result: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        raise ToolError(f"the simulation ended without a result; its log is {log}") from None
    return result


def _read_tests(path: Path, log: Path) -> dict[str, str]:
    """What cocotb's report says of each test: `passed`, or the sentence with which it failed."""
    if not path.exists():
        raise ToolError(f"the simulation ended without a report; its log is {log}")
    tests = {}
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        failed = case.find("failure")
        failed = case.find("error") if failed is None else failed
        tests[case.attrib["name"]] = PASSED if failed is None else failed.attrib["message"]
    return tests
