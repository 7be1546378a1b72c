"""Runs the command line as a user does."""

import json
import os
import subprocess
import sys
from pathlib import Path

from connective import Network
from connective.network_file import read_network, write_network

ROOT = Path(__file__).parents[1]
NAMELESS = {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}


def connective(
    *arguments: object, status: int = 0, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [sys.executable, "-m", "connective", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | NAMELESS | (environment or {}),
    )
    assert run.returncode == status, run.stdout + run.stderr
    return run


def refused(*arguments: object, environment: dict[str, str] | None = None) -> str:
    """The one sentence with which bad input is refused."""
    error = connective(*arguments, status=2, environment=environment).stderr
    assert "Traceback" not in error
    assert error.startswith("connective: ") and error.count("\n") == 1, error
    return error


def disagree(design: Path, network: Path) -> None:
    """Let the design name another network than that of which it was made."""
    loaded, _ = read_network(network)
    flipped = Network(
        encoder=loaded.encoder,
        fanin=loaded.fanin,
        table=loaded.table,
        outputs=loaded.outputs[::-1],
        weights=loaded.weights,
        groups=loaded.groups,
        bias=loaded.bias,
    )
    write_network(design / "network.npz", flipped, {})
    description = json.loads((design / "design.json").read_bytes())
    description["network"]["sha256"] = flipped.sha256
    (design / "design.json").write_text(json.dumps(description))
