"""One way to run an external program: in a group of its own, under a time limit, with a log."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from connective.errors import OutOfTimeError, ToolError

TAIL_LINES = 3
TAIL_BYTES = 4096
FULL_BYTES = 1 << 16


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    name: str | None = None,
) -> None:
    """Run `command` for at most `timeout` seconds, all that it prints in the file `log`.

    Whatever ends the run (failure, the limit, Ctrl-C), the program's whole process group is gone
    afterwards. Raises `ToolError`, at the limit `OutOfTimeError`, which calls the program `name`,
    quotes the last lines and says where the log is.
    """
    arguments = [str(part) for part in command]
    name = name or Path(arguments[0]).name
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(f"{name} cannot be started: {error.strerror}") from None
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise OutOfTimeError(
                f"{name} did not end within {timeout:g} seconds and was stopped; its log is {log}"
            ) from None
        finally:
            _kill_group(process)
    if status:
        space = full(log.parent, Path((env or os.environ).get("TMPDIR", tempfile.gettempdir())))
        raise ToolError(f"{name} {_ending(status)}{_tail(log)}{space}; its log is {log}")


def run_module(
    file: Path,
    arguments: Sequence[str | Path],
    *,
    name: str,
    log: Path,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """`run` a Python file of ours with this interpreter; its folder is no import path."""
    command = [sys.executable, "-P", file, *arguments]
    run(command, name=name, log=log, timeout=timeout, env=env, cwd=cwd)


def find_program(program: str, *, remedy: str) -> Path:
    """The program's place on PATH, or a `ToolError` that ends in `remedy`."""
    found = shutil.which(program)
    if found is None:
        raise ToolError(f"{program} is not on PATH: {remedy}")
    return Path(found)


def check_version(name: str, text: str, *, minimum: tuple[int, ...], remedy: str) -> str:
    """The first version number in `text`, or a `ToolError` if none is there or it is too old."""
    match = re.search(r"\d+(?:\.\d+)+", text)
    if match is None:
        raise ToolError(f"{name} does not tell its version, but {text.strip()[:60]!r}: {remedy}")
    if tuple(int(part) for part in match[0].split(".")) < minimum:
        needed = ".".join(str(part) for part in minimum)
        raise ToolError(f"{name} is version {match[0]}, older than {needed}: {remedy}")
    return match[0]


def ask(command: Sequence[str | Path], *, timeout: float = 30) -> str:
    """What a program prints when it is asked for its version, standard error included."""
    try:
        answer = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{command[0]} cannot be asked for its version: {error}") from None
    return answer.stdout.decode(errors="replace")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the group, of which the process is the leader, and reap the leader."""
    with suppress(ProcessLookupError, PermissionError):  # nobody, or only zombies, left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ending(status: int) -> str:
    if status > 0:
        return f"failed with exit status {status}"
    return f"was ended by {signal.Signals(-status).name}"


def full(*folders: Path) -> str:
    """`; no space is left in …` for one of some folders that is full, which few programs say."""
    for folder in folders:
        if folder.is_dir() and shutil.disk_usage(folder).free < FULL_BYTES:
            return f"; no space is left in {folder}"
    return ""


def _tail(log: Path) -> str:
    """The last lines of a log as `: line / line`, or nothing where it is empty."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        lines = file.read().decode(errors="replace").splitlines()
    last = [line.strip() for line in lines if line.strip()][-TAIL_LINES:]
    return ": " + " / ".join(last) if last else ""
