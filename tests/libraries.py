"""Liberty files to test with."""

import os
from pathlib import Path

import pytest

SIX = Path(__file__).parent / "fixtures" / "liberty" / "six.lib"
"""Of six cells, written for the tests."""


def real_library(name: str) -> Path:
    """An open process's Liberty file in liberty/ of the folder CONNECTIVE_DATA; else a skip."""
    folder = Path(os.environ.get("CONNECTIVE_DATA", "")) / "liberty"
    found = sorted(folder.glob(f"{name}*.lib.gz"))
    if not found:
        pytest.skip(f"CONNECTIVE_DATA names no folder with liberty/{name}*.lib.gz")
    return found[0]
