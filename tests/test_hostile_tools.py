"""Tools that are killed, missing or out of space: one sentence, nothing half, and a rerun works.

Each verb runs as a process of its own whose folder for temporary files is named by the test, by
which its tools are found and in which nothing may be left.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from connective.network_file import write_network
from tests.designs import make_design
from tests.networks import random_network

ROOT = Path(__file__).parents[1]
NETWORK = random_network(np.random.default_rng(2), layers=[40, 40], classes=4)
ICARUS = ("simulate", "--simulator", "icarus")
CPP = ("simulate", "--harness", "cpp", "--samples", "50")
MANY, SOME = ("--samples", "20000"), ("--samples", "50")


class Verbs:
    """Runs verbs on one design."""

    def __init__(self, folder: Path) -> None:
        self.design, self.temporary = folder / "design", folder / "temporary"
        make_design(self.design, NETWORK)
        self.temporary.mkdir()
        self.environment = os.environ | {
            "CONNECTIVE_CACHE": str(folder / "cache"),
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(self.temporary),
        }

    def start(
        self, verb: str, *options: str, prepare: Callable[[], None] | None = None
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "connective", verb, str(self.design), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            preexec_fn=prepare,
        )

    def end(self, run: "subprocess.Popen[str]", status: int) -> str:
        """The one sentence with which a run ended; nothing is left of it in the end."""
        _, said = run.communicate(timeout=300)
        assert run.returncode == status, said
        assert "Traceback" not in said
        assert list(self.temporary.iterdir()) == []
        return said

    def run(self, verb: str, *options: str, status: int = 0) -> str:
        return self.end(self.start(verb, *options), status)

    @property
    def results(self) -> set[str]:
        """The files in results/ but for logs."""
        found = (self.design / "results").glob("*")
        return {path.name for path in found if path.suffix != ".log"}

    def processes(self, program: str) -> list[int]:
        """Those in whose command this word is, and that were started by a run."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().decode().split("\0")
                environment = (entry / "environ").read_bytes().decode()
            except (OSError, UnicodeDecodeError):
                continue
            if str(self.temporary) in environment and program in {Path(c).name for c in command}:
                found.append(int(entry.name))
        return sorted(found)

    def wait_for(self, run: "subprocess.Popen[str]", program: str) -> int:
        """The number of a process of the run once it is there."""
        while not (pids := self.processes(program)):
            assert run.poll() is None, run.communicate()[1]
            time.sleep(0.01)
        return pids[0]


@pytest.fixture
def verbs(tmp_path: Path) -> Verbs:
    return Verbs(tmp_path)


def files_end_at(size: int) -> Callable[[], None]:
    """As on a full disk, writes fail from a size on, which not every tool notices."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize(
    ("program", "verb", "sentence", "result"),
    [
        ("vvp", (*ICARUS, *MANY), "the simulation on icarus ", "simulate-icarus.json"),
        ("cocotb_child.py", (*ICARUS, *MANY), "was ended by SIGKILL", "simulate-icarus.json"),
        ("cc1plus", CPP, "Verilator failed with exit status ", "simulate-verilator-cpp.json"),
        ("yosys_child.py", ("synth",), "Yosys was ended by SIGKILL", "synth-lut6.json"),
        ("yosys_child.py", ("prove",), "Yosys was ended by SIGKILL", "prove.json"),
    ],
)
def test_a_tool_that_is_killed_leaves_nothing_half(
    verbs: Verbs, program: str, verb: tuple[str, ...], sentence: str, result: str
) -> None:
    run = verbs.start(*verb)
    os.kill(verbs.wait_for(run, program), signal.SIGKILL)
    said = verbs.end(run, 2)
    assert said.startswith("connective: ") and sentence in said
    assert "its log is " in said and said.count("\n") == 1
    assert verbs.results == set()
    if verb != CPP:  # whose build takes long
        verbs.run(*(SOME[1] if option == MANY[1] else option for option in verb))
        assert result in verbs.results


def test_connective_that_is_ended_ends_its_tools(verbs: Verbs) -> None:
    run = verbs.start(*ICARUS, *MANY)
    verbs.wait_for(run, "vvp")
    run.send_signal(signal.SIGTERM)
    assert verbs.end(run, 143) == ""
    assert verbs.processes("vvp") == []
    assert verbs.results == set()


@pytest.mark.parametrize(
    ("verb", "size"),
    [
        ((*ICARUS, *SOME), 1000),
        ((*ICARUS, *SOME), 20_000),
        (("synth",), 60_000),
        (("prove",), 60_000),
    ],
)
def test_files_that_cannot_grow_are_told(verbs: Verbs, verb: tuple[str, ...], size: int) -> None:
    said = verbs.end(verbs.start(*verb, prepare=files_end_at(size)), 2)
    assert said.startswith("connective: ") and said.count("\n") == 1
    assert verbs.results == set()


def test_an_export_that_cannot_grow_leaves_nothing(verbs: Verbs, tmp_path: Path) -> None:
    write_network(tmp_path / "network.npz", NETWORK, {})
    command = [sys.executable, "-m", "connective", "export", str(tmp_path / "network.npz")]
    for size in (2000, 20_000):  # it fails in Yosys, and in what comes after
        run = subprocess.run(
            [*command, "--out", str(tmp_path / "out")],
            env=verbs.environment,
            capture_output=True,
            text=True,
            preexec_fn=files_end_at(size),
        )
        assert run.returncode == 2 and "Traceback" not in run.stderr, run.stderr
        assert run.stderr.startswith("connective: ") and run.stderr.count("\n") == 1
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]


def test_a_missing_part_of_a_tool_is_named_with_its_remedy(verbs: Verbs, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "iverilog").symlink_to(str(shutil.which("iverilog")))
    verbs.environment["PATH"] = str(tmp_path / "bin")
    said = verbs.run(*ICARUS, *SOME, status=2)
    assert said == "connective: vvp is not on PATH: apt-get install iverilog\n"
    assert not (verbs.design / "results").exists()


@pytest.mark.parametrize(("package", "verb"), [("pyosys", ("synth",)), ("cocotb", ICARUS)])
def test_a_missing_package_is_named_with_its_remedy(
    verbs: Verbs, tmp_path: Path, package: str, verb: tuple[str, ...]
) -> None:
    """An import that finds nothing, as where the extra was not installed."""
    (tmp_path / "ban").mkdir()
    hide = f"""
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == {package!r} else find(name)
sys.modules[{package!r}] = None
"""
    (tmp_path / "ban" / "sitecustomize.py").write_text(hide)
    verbs.environment["PYTHONPATH"] = os.pathsep.join((str(tmp_path / "ban"), str(ROOT)))
    said = verbs.run(*verb, status=2)
    assert "pip install 'connective[" in said and said.count("\n") == 1


@pytest.mark.parametrize("verb", [(*ICARUS, *SOME), ("prove",)])
def test_two_runs_in_one_folder_end_both(verbs: Verbs, verb: tuple[str, ...]) -> None:
    runs = [verbs.start(*verb) for _ in range(2)]
    said = [run.communicate(timeout=300)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    (result,) = (verbs.design / "results").glob("*.json")
    assert json.loads(result.read_bytes())["format"] == "connective.result"
    assert list(verbs.temporary.iterdir()) == []


def test_a_folder_for_temporary_files_that_tools_cannot_use_is_told(
    verbs: Verbs, tmp_path: Path
) -> None:
    odd = tmp_path / "ein Löwe & 'Co' $HOME"
    odd.mkdir()
    verbs.environment["TMPDIR"] = str(odd)
    said = verbs.run("synth", status=2)
    assert said.endswith("set TMPDIR to a folder without $ and blanks and quotes\n")
    assert list(odd.iterdir()) == []
