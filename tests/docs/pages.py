"""Blocks of code in pages, and running them as a reader would."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks(page: Path, language: str, *, below: str = "") -> list[str]:
    """The blocks of a language in a page, or in its section of a heading."""
    text = page.read_text("utf-8")
    if below:
        _, found, text = text.partition(f"\n## {below}\n")
        assert found, f"{page.name} has no section {below!r}"
        text, *_ = text.split("\n## ", 1)
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)


def commands(block: str) -> list[str]:
    """The commands of a block for a shell, without their comments."""
    lines = (line.partition(" #")[0].strip() for line in block.splitlines())
    return [line for line in lines if line]


def run(command: str, folder: Path, programs: Path) -> str:
    """Run a line of a shell in a folder with the programs of an environment; what it printed."""
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=variables | {"PATH": os.pathsep.join((str(programs), variables["PATH"]))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout
