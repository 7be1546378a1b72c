"""Which room may import which: the plan of the house, enforced."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "amaranth", "cocotb", "cocotbext", "pyosys", "matplotlib", "optuna"}
ROOMS = {"connective", "train", "hwgen", "sim", "benchmarks"}
ALLOWED_ROOMS = {"train": {"connective"}, "hwgen": {"connective"}, "sim": {"connective"}}
ALLOWED_HEAVY = {
    "train": {"torch", "matplotlib", "optuna"},
    "hwgen": {"amaranth"},
    "hwgen/flows": set(),
    "sim": {"cocotb", "cocotbext"},
    "connective": set(),
    "connective/tools": {"pyosys"},  # in the child process that is Yosys
}


def imports(path: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names = [a.name for node in nodes if isinstance(node, ast.Import) for a in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("room", sorted(ALLOWED_ROOMS))
def test_rooms_meet_only_in_the_core(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        foreign = imports(path) & ROOMS - ALLOWED_ROOMS[room] - {room}
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_the_core_imports_a_room_only_in_the_command_line() -> None:
    for path in (ROOT / "connective").rglob("*.py"):
        found = imports(path, top_level_only=path.parent.name == "cli") & ROOMS - {"connective"}
        assert not found, f"{path.relative_to(ROOT)} imports {found}"


@pytest.mark.parametrize("folder", sorted(ALLOWED_HEAVY))
def test_heavy_libraries_stay_in_their_rooms(folder: str) -> None:
    for path in (ROOT / folder).glob("**/*.py"):
        if folder in ("hwgen", "connective") and path.parent != ROOT / folder:
            continue
        found = imports(path) & HEAVY - ALLOWED_HEAVY[folder]
        assert not found, f"{path.relative_to(ROOT)} imports {found}"


def test_importing_the_core_and_its_command_line_loads_nothing_heavy() -> None:
    code = "import sys, connective.cli; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert not loaded & (HEAVY | ROOMS - {"connective"})
