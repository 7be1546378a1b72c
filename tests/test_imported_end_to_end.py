"""A model of a peer comes out as Verilog whose simulation gives the model's own answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "fixtures" / "peers"


@pytest.mark.parametrize(
    ("file", "answers", "convert", "export"),
    [
        ("torchlogix.npz", "torchlogix", ["--classes", "10", "--tau", "6"], ["--scores"]),
        ("difflogic.npz", "difflogic", [], ["--levels-per-stage", "0"]),
        ("torchlogix_bits.json", "torchlogix_bits", [], []),
    ],
)
def test_verilog_gives_the_models_own_answers(
    tmp_path: Path, file: str, answers: str, convert: list[str], export: list[str]
) -> None:
    network, design = tmp_path / "network.npz", tmp_path / "design"
    connective = [sys.executable, "-m", "connective"]
    check = [sys.executable, ROOT / "examples" / "check_import.py"]
    for command in (
        [*connective, "convert", FOLDER / file, network, *convert],
        [*connective, "export", network, "--out", design, *export],
        [*check, design, FOLDER / f"{answers}.answers.npz", "--simulator", "icarus"],
    ):
        run = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines() == [
        "network: 500 samples, 0 differ from the model",
        "Verilog: 500 samples, 0 differ from the network",
    ]
