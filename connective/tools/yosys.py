"""Yosys from the `pyosys` wheel, in a process of its own: it exits on errors and prints freely."""

import importlib.metadata
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

from connective.errors import ToolError
from connective.folder import temporary_folder
from connective.tools.process import check_version, run_module

REMEDY = "pip install 'connective[hardware]'"
ENDS = ("\n}\n", "\nendmodule\n")  # of JSON and of Verilog
MINIMUM = (0, 70)  # emission reads the text that its write_verilog gives


def run_yosys(commands: Sequence[str], *, log: Path, timeout: float) -> None:
    """Run Yosys commands, one a string with its arguments, on one design that starts empty.

    Paths in them go through `quote`, and what they write is read by `written`. Raises `ToolError`.
    """
    version()
    child = Path(__file__).with_name("yosys_child.py")
    with temporary_folder() as folder:  # where ABC's files are, which a run that is ended leaves
        environment = {**os.environ, "TMPDIR": str(folder)}
        run_module(child, commands, name="Yosys", log=log, timeout=timeout, env=environment)


def written(path: Path) -> str:
    """What Yosys wrote as JSON or Verilog; `ToolError` if its end is missing.

    Yosys does not look whether its writing fails.
    """
    text = path.read_text(encoding="utf-8")
    if not text.endswith(ENDS):
        raise ToolError(f"Yosys wrote a part of {path.name} only: free some space in {path.parent}")
    return text


def version() -> str:
    """The wheel's version, which is Yosys's own; `ToolError` if it is missing or too old."""
    if importlib.util.find_spec("pyosys") is None:
        raise ToolError(f"Yosys is missing (the Python package pyosys): {REMEDY}")
    found = importlib.metadata.version("pyosys")
    return check_version("pyosys", found, minimum=MINIMUM, remedy=REMEDY)


def share() -> Path:
    """The folder with Yosys's models of cells; `ToolError` if Yosys is missing."""
    version()
    spec = importlib.util.find_spec("pyosys")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "share"


def quote(path: Path) -> str:
    """A path as one argument of a Yosys command."""
    text = str(path)
    if '"' in text or "\n" in text:
        raise ToolError(f"Yosys cannot read the path {text!r}: use a folder without quotes in it")
    return f'"{text}"'
