"""ABC from the `pyosys` wheel: it exits with 0 whatever happens, so its log is asked."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from connective.errors import OutOfTimeError, ToolError
from connective.tools import yosys
from connective.tools.process import run

FINISHED = "connective: all commands were run"  # ABC stops at the first command that fails
VERDICTS: dict[str, bool | None] = {
    "Networks are equivalent": True,
    "Networks are NOT EQUIVALENT": False,
    "Networks are UNDECIDED": None,
}
CONFLICTS = 1_000_000  # at a node
GRACE_SECONDS = 30  # ABC looks at the clock between steps


def run_abc(commands: Sequence[str], *, log: Path, timeout: float) -> str:
    """Run ABC commands and return what they printed; a `ToolError` if one of them failed.

    Paths in them go through `yosys.quote`.
    """
    script = "; ".join([*commands, f"echo {FINISHED}"])
    run([_program(), "-s", "-q", script], name="ABC", log=log, timeout=timeout)
    lines = log.read_text(errors="replace").splitlines()
    if not lines or lines[-1].strip() != FINISHED:
        said = " / ".join(line.strip() for line in lines[-3:] if line.strip())
        raise ToolError(f"ABC failed: {said}; its log is {log}")
    return "\n".join(lines[:-1])


def equivalent(first: Path, second: Path, *, log: Path, timeout: float) -> bool | None:
    """Whether two combinational circuits compute the same, inputs in order.

    Each is binary AIGER, the first may be BLIF. `None` if ABC cannot tell in time.
    """
    reading = [f"read {yosys.quote(first)}", "strash", "&get"]
    checking = f"&cec -C {CONFLICTS} -T {int(timeout)} {yosys.quote(second)}"
    try:
        printed = run_abc([*reading, checking], log=log, timeout=timeout + GRACE_SECONDS)
    except OutOfTimeError:
        return None
    for verdict, answer in VERDICTS.items():
        if verdict in printed:
            return answer
    raise ToolError(f"ABC did not say whether {first} and {second} are equivalent; see {log}")


def version() -> str:
    """The version of the wheel that ABC comes in; `ToolError` if it is missing or too old."""
    _program()
    return yosys.version()


def _program() -> Path:
    yosys.version()
    wheel = importlib.util.find_spec("pyosys")
    program = Path(wheel.origin if wheel and wheel.origin else "").with_name("yosys-abc")
    if not program.is_file():
        raise ToolError(f"ABC is missing from the Python package pyosys: {yosys.REMEDY}")
    return program
