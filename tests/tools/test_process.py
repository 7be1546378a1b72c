import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connective.errors import ToolError
from connective.tools.process import ask, check_version, find_program, run

PYTHON = sys.executable
PARENT = """
import subprocess, time
child = subprocess.Popen(["sleep", "600"])
print(child.pid, flush=True)
time.sleep(600)
"""


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    for _ in range(200):
        if not running(pid):
            return True
        time.sleep(0.05)
    return False


def test_log_has_both_streams(tmp_path: Path) -> None:
    log = tmp_path / "new" / "log"
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
    run([PYTHON, "-c", code], log=log, timeout=60)
    assert log.read_text() == "out\nerr\n"


def test_failure_quotes_last_lines_and_names_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = "print('one\\n\\ntwo\\nthree\\nfour'); raise SystemExit(7)"
    with pytest.raises(ToolError) as error:
        run([PYTHON, "-c", code], log=log, timeout=60, name="Tool")
    assert str(error.value) == (
        f"Tool failed with exit status 7: two / three / four; its log is {log}"
    )


def test_death_by_a_signal_is_told(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    with pytest.raises(ToolError, match="^Tool was ended by SIGSEGV; its log is "):
        run([PYTHON, "-c", code], log=tmp_path / "log", timeout=60, name="Tool")


def test_program_that_cannot_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="^none cannot be started: No such file or directory$"):
        run([tmp_path / "none"], log=tmp_path / "log", timeout=60)


def test_time_limit_ends_the_whole_group(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(ToolError) as error:
        run([PYTHON, "-c", PARENT], log=log, timeout=3, name="Tool")
    assert str(error.value) == (
        f"Tool did not end within 3 seconds and was stopped; its log is {log}"
    )
    assert gone(int(log.read_text()))


def test_failure_ends_what_the_program_left_behind(tmp_path: Path) -> None:
    code = PARENT.replace("time.sleep(600)", "raise SystemExit(1)")
    log = tmp_path / "log"
    with pytest.raises(ToolError):
        run([PYTHON, "-c", code], log=log, timeout=60)
    assert gone(int(log.read_text()))


def test_interrupt_ends_the_whole_group(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = (
        "import sys; from pathlib import Path; from connective.tools.process import run\n"
        f"run([sys.executable, '-c', {PARENT!r}], log=Path({str(log)!r}), timeout=600)"
    )
    user = subprocess.Popen([PYTHON, "-c", code], stderr=subprocess.DEVNULL)
    while not (log.exists() and log.read_text().endswith("\n")):
        time.sleep(0.05)
        assert user.poll() is None
    os.kill(user.pid, signal.SIGINT)
    assert user.wait() != 0
    assert gone(int(log.read_text()))


def test_missing_program_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="^vvp is not on PATH: apt-get install iverilog$"):
        find_program("vvp", remedy="apt-get install iverilog")


@pytest.mark.parametrize(
    ("text", "version"),
    [("11.0 (stable) ()", "11.0"), ("Yosys 0.70+3 (git)", "0.70"), ("5.48.0", "5.48.0")],
)
def test_version_is_the_first_dotted_number(text: str, version: str) -> None:
    assert check_version("tool", text, minimum=(0, 1), remedy="get it") == version


def test_versions_compare_as_numbers() -> None:
    assert check_version("tool", "0.100", minimum=(0, 58), remedy="get it") == "0.100"
    with pytest.raises(ToolError, match=r"^tool is version 0.9, older than 0.58: get it$"):
        check_version("tool", "0.9", minimum=(0, 58), remedy="get it")


def test_text_without_a_version_is_quoted() -> None:
    with pytest.raises(ToolError, match="^tool does not tell its version, but 'rev vUNK': get it$"):
        check_version("tool", "rev vUNK\n", minimum=(1,), remedy="get it")


def test_ask_has_standard_error_too() -> None:
    assert ask([PYTHON, "-c", "import sys; print('v 1.0', file=sys.stderr)"]) == "v 1.0\n"


def test_ask_tells_a_program_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="cannot be asked for its version"):
        ask([tmp_path / "none"])
