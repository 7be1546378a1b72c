"""Shell completion as docs/getting-started.md has it, in a real shell."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "getting-started.md"
COMPLETE = """
{line}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_connective_completion connective
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completions(*words: str) -> set[str]:
    """What bash offers for the last of some words."""
    (line,) = [text for text in PAGE.read_text("utf-8").splitlines() if "bash_source" in text]
    script = COMPLETE.format(line=line.partition("#")[0], words=" ".join(words))
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    run = subprocess.run(
        ["bash", "-c", script],
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("connective", "ex"), {"export", "explore"}),
        (("connective", "export", "net.npz", "--lev"), {"--levels-per-stage"}),
    ],
)
def test_bash_completes_verbs_and_options(words: tuple[str, ...], offered: set[str]) -> None:
    assert completions(*words) == offered
