"""nextpnr from its wheels, one a family of FPGAs."""

import importlib.metadata
import sys
from collections.abc import Sequence
from pathlib import Path

from connective.errors import ToolError
from connective.tools.process import check_version, run

REMEDY = "pip install 'connective[pnr]'"
MINIMUM = (0, 11)  # its reports have the paths by cells


def run_nextpnr(
    family: str, arguments: Sequence[str], *, folder: Path, log: Path, timeout: float
) -> None:
    """Run the nextpnr of a family ("ice40", "ecp5", "himbaechel-gowin") in a folder.

    As WebAssembly it sees that folder, but has a /tmp of its own: paths in `arguments` are
    relative. A clock that is missed is no failure. Raises `ToolError`.
    """
    version(family)
    program = Path(sys.executable).with_name(_wheel(family))
    command: list[str | Path] = [program, *arguments, "--timing-allow-fail"]
    run(command, name=f"nextpnr-{family}", log=log, timeout=timeout, cwd=folder)


def version(family: str) -> str:
    """The wheel's version, which begins with nextpnr's; `ToolError` if it is missing or too old."""
    wheel = _wheel(family)
    try:
        found = importlib.metadata.version(wheel)
    except importlib.metadata.PackageNotFoundError:
        raise ToolError(
            f"nextpnr-{family} is missing (the Python package {wheel}): {REMEDY}"
        ) from None
    return check_version(wheel, found, minimum=MINIMUM, remedy=REMEDY)


def _wheel(family: str) -> str:
    return f"yowasp-nextpnr-{family}"
