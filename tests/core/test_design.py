import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from connective.design import Design, read_design
from connective.errors import InputError


def values(**changes: Any) -> dict[str, Any]:
    made = {
        "format": "connective.design",
        "version": 1,
        "generator": "connective 0",
        "top": "accelerator",
        "sources": {"rtl/a.v": hashlib.sha256(b"module a; endmodule").hexdigest()},
        "waivers": "lint.vlt",
        "network": {"file": "network.npz", "sha256": "0" * 64},
        "head": "class",
        "latency": 3,
        "initiation_interval": 1,
        "options": {"levels_per_stage": 1, "target": "lut6", "scores": False},
        "ports": [{"name": "clk", "direction": "in", "width": 1, "signed": False}],
        "features": [{"name": "x", "offset": 0, "width": 8, "signed": False}],
        "scores": None,
        "blocks": ["encoder"],
        "register_bits": 4,
        "least_register_bits": 4,
        "fanouts": [],
        "interface": {},
    }
    return made | changes


def write(folder: Path, content: dict[str, Any]) -> Path:
    (folder / "rtl").mkdir()
    (folder / "rtl" / "a.v").write_text("module a; endmodule")
    (folder / "design.json").write_text(json.dumps(content))
    return folder


def test_a_design_is_read_and_its_digest_follows_the_verilog(tmp_path: Path) -> None:
    design = read_design(write(tmp_path, values()))
    assert design.latency == 3
    assert design.protocol.kind == "native"
    other = Design.model_validate(values(sources={"rtl/a.v": "0" * 64}))
    assert design.sha256 != other.sha256
    assert design.sha256 == Design.model_validate(values(latency=4)).sha256


def test_edited_verilog_is_refused(tmp_path: Path) -> None:
    write(tmp_path, values())
    (tmp_path / "rtl" / "a.v").write_text("module b; endmodule")
    with pytest.raises(InputError, match=r"a\.v: its SHA-256 .* was edited; export the design"):
        read_design(tmp_path)
    (tmp_path / "rtl" / "a.v").unlink()
    with pytest.raises(InputError, match=r"a\.v: cannot be read"):
        read_design(tmp_path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"version": 2}, "version 2 is newer than 1"),
        ({"format": "other"}, "format: input should be 'connective.design'"),
        ({"latency": -1}, "latency: input should be greater than or equal to 0, not -1"),
        ({"latency": "3"}, "latency: input should be a valid integer"),
        ({"colour": 1}, "colour: there is no such field"),
        ({"ports": [{}]}, r"ports\.0\.name: is missing"),
        ({"top": "a; exec -- b"}, "top: string should match pattern"),
        ({"waivers": "/etc/passwd"}, "lies outside the design"),
        ({"sources": {"../a.v": "0" * 64}}, "lies outside the design"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    write(tmp_path, values(**changes))
    with pytest.raises(InputError, match=rf"design\.json: .*{sentence}"):
        read_design(tmp_path)


def test_what_is_no_design_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no design\.json, so it is not a design"):
        read_design(tmp_path)
    (tmp_path / "design.json").write_text("{")
    with pytest.raises(InputError, match="not a JSON object"):
        read_design(tmp_path)
