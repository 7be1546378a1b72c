"""Icarus Verilog, which comes from the system's package manager."""

from collections.abc import Sequence
from pathlib import Path

from connective.tools.process import ask, check_version, find_program, run

REMEDY = "apt-get install iverilog"
MINIMUM = (11, 0)
BANNER = "Icarus Verilog version "  # not its first line where it cannot ask its own parts


def version() -> str:
    """The version of the `iverilog` on PATH; `ToolError` if it or its `vvp` is missing or old."""
    compiler = find_program("iverilog", remedy=REMEDY)
    find_program("vvp", remedy=REMEDY)
    _, _, rest = ask([compiler, "-V"]).partition(BANNER)
    return check_version("iverilog", rest, minimum=MINIMUM, remedy=REMEDY)


def run_bench(
    sources: Sequence[Path], top: str, *, folder: Path, timeout: float, waves: bool = True
) -> str:
    """Compile a bench of Verilog-2005, run it in `folder`, and return what it printed.

    Without `waves` its `$dumpvars` do nothing, and a large design runs many times as fast. Raises
    `ToolError`; the log of what failed is then in the folder.
    """
    version()
    compiled, log = folder / f"{top}.vvp", folder / f"{top}.log"
    command: list[str | Path] = ["iverilog", "-g2005", "-s", top, "-o", compiled, *sources]
    run(command, name="Icarus", log=log, timeout=timeout, cwd=folder)
    dump = [] if waves else ["-none"]
    run(["vvp", "-n", compiled, *dump], name="Icarus", log=log, timeout=timeout, cwd=folder)
    printed = log.read_text(errors="replace")
    compiled.unlink()
    log.unlink()
    return printed
