"""Icarus Verilog, which comes from the system's package manager."""

from connective.tools.process import ask, check_version, find_program

REMEDY = "apt-get install iverilog"
MINIMUM = (11, 0)
BANNER = "Icarus Verilog version "  # not its first line where it cannot ask its own parts


def version() -> str:
    """The version of the `iverilog` on PATH; `ToolError` if it or its `vvp` is missing or old."""
    compiler = find_program("iverilog", remedy=REMEDY)
    find_program("vvp", remedy=REMEDY)
    _, _, rest = ask([compiler, "-V"]).partition(BANNER)
    return check_version("iverilog", rest, minimum=MINIMUM, remedy=REMEDY)
