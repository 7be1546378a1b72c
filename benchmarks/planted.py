"""Faults planted in the generator: the first test of `make test` that notices each, and when."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rows import Row

ROOT = Path(__file__).parent.parent
TESTS = ("tests/hwgen", "tests/sim", "tests/flows", "tests/test_end_to_end.py")
LEFT_OUT = (".git", ".venv", "build", "*.egg-info", ".*_cache")
FAULTS = {
    "wrong tie rule": ("argmax.py", "if signed else a > b", "if signed else a >= b"),
    "latency off by one": ("flow.py", "Signal(self.latency - 1)", "Signal(self.latency)"),
    "ready of the results ignored": ("flow.py", "r_en.eq(self.o_ready)", "r_en.eq(1)"),
    "ready of the samples ignored": ("flow.py", "self.i_valid & self.i_ready", "self.i_valid"),
    "popcount one bit short": ("compressor_tree.py", "return width(self", "return -1 + width(self"),
}


def measure() -> list[Row]:
    """A row for each fault; one that no test notices is an error."""
    return [_noticed(name, *fault) for name, fault in FAULTS.items()]


def _noticed(name: str, file: str, old: str, new: str) -> Row:
    with TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        source = copy / "hwgen" / file
        text = source.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
        source.write_text(text.replace(old, new), encoding="utf-8")
        began = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", *TESTS],
            cwd=copy,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - began
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", run.stdout, re.MULTILINE)
    assert run.returncode == 1 and failed, f"{name}: no test failed\n{run.stdout}"
    return Row(f"{name}: {failed[1]}", "s", seconds)
