"""`connective doctor` on this machine, and on one that lacks something."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
METADATA = """\
Metadata-Version: 2.4
Name: connective
Version: 0.1.0
Requires-Dist: numpy>=99
Requires-Dist: click>=8.1
Requires-Dist: no-such-logic<3,>=2; extra == "hardware"
Requires-Dist: no-such-search; extra == "explore"
Requires-Dist: no-such-linter; extra == "dev"
Provides-Extra: hardware
Provides-Extra: explore
Provides-Extra: dev
"""


def doctor(*arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "connective", "doctor", *arguments],
        cwd=cwd,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_that_the_tests_need_is_there() -> None:
    run = doctor("--json")
    answer = json.loads(run.stdout)
    assert (run.returncode, answer["install_needed"]) == (0, "")
    found = {each["name"]: each for each in answer["findings"] if each["needed"]}
    assert {"iverilog", "c++", "pyosys (Yosys and ABC)", "torch", "verilator"} <= found.keys()
    assert all(each["found"] and each["problem"] is None for each in found.values())
    assert "All that is needed is there." in doctor().stdout


def test_missing_programs_are_named_with_one_command(tmp_path: Path) -> None:
    run = doctor(PATH=str(tmp_path))
    assert run.returncode == 1
    assert "iverilog is not on PATH" in " ".join(run.stdout.split())
    _, _, rest = run.stdout.partition("This installs what is needed:\n")
    assert rest.splitlines()[0].removeprefix("sudo ") == (
        "apt-get install -y --no-install-recommends iverilog perl make g++ binutils"
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder whose metadata of Connective asks for what no machine has."""
    folder = tmp_path / "connective-0.1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(METADATA)
    return tmp_path


def test_packages_out_of_range_or_missing_are_installed_by_pip(elsewhere: Path) -> None:
    run = doctor("--json", cwd=elsewhere, PYTHONPATH=f"{elsewhere}:{ROOT}")
    answer = json.loads(run.stdout)
    assert run.returncode == 1
    packages = {each["name"]: each for each in answer["findings"] if each["python"]}
    assert packages.keys() == {"numpy", "click", "no-such-logic", "no-such-search"}
    assert packages["numpy"]["problem"].endswith("which is not >=99")
    assert packages["click"]["problem"] is None
    needed = f"{sys.executable} -m pip install 'numpy>=99' 'no-such-logic<3,>=2'"
    assert answer["install_needed"] == needed
    assert f"{needed} no-such-search" in answer["install_all"]
