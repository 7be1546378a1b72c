"""FuseSoC resolves, lints and simulates the core."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import yaml

from connective.design import Design
from tests.cores import make_core, strangers_environment
from tests.networks import random_network

NETWORK = random_network(np.random.default_rng(5), layers=[20, 20], n_inputs=9)
VLNV = "connective:core:gates:1.0.0"


@pytest.fixture
def design(tmp_path: Path) -> Design:
    return make_core(tmp_path / "core", NETWORK, top="gates")


def fusesoc(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["fusesoc", "--cores-root", "core", "run", *arguments, VLNV],
        cwd=tmp_path,
        env=strangers_environment(tmp_path / "ban"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_sim_runs_the_bench(tmp_path: Path, design: Design) -> None:
    done = fusesoc(tmp_path, "--target=sim")
    assert done.returncode == 0, done.stdout
    assert "TESTS=5 PASS=5 FAIL=0" in done.stdout


def test_sim_fails_with_the_bench(tmp_path: Path, design: Design) -> None:
    text = (tmp_path / "core/design.json").read_text()
    wrong = text.replace(f'"latency": {design.latency},', f'"latency": {design.latency + 1},')
    assert wrong != text
    (tmp_path / "core/design.json").write_text(wrong)
    done = fusesoc(tmp_path, "--target=sim")
    assert done.returncode != 0
    assert f"latency is {design.latency} cycles, expected {design.latency + 1}" in done.stdout


def test_lint_passes_and_sees_what_is_wrong(tmp_path: Path, design: Design) -> None:
    done = fusesoc(tmp_path, "--target=lint")
    assert done.returncode == 0, done.stdout
    source = tmp_path / "core/rtl/gates_flow.v"
    source.write_text(source.read_text().replace("endmodule", "wire spare;\nendmodule"))
    done = fusesoc(tmp_path, "--target=lint")
    assert done.returncode != 0
    assert "UNUSEDSIGNAL" in done.stdout or "UNDRIVEN" in done.stdout


def test_synth_hands_vivado_the_sources_the_constraints_and_the_part(
    tmp_path: Path, design: Design
) -> None:
    done = fusesoc(tmp_path, "--target=synth", "--setup")
    assert done.returncode == 0, done.stdout
    (project,) = (tmp_path / "build").glob("*/synth/*_1.0.0.tcl")
    text = project.read_text()
    assert all(source in text for source in design.sources)
    assert "constraints/gates.xdc" in text
    assert "xc7a35tcpg236-1" in text
    assert "set_property top gates" in text


def test_the_description_starts_as_fusesoc_asks(tmp_path: Path, design: Design) -> None:
    text = (tmp_path / "core/gates.core").read_text()
    assert text.startswith("CAPI=2:\n")
    core = yaml.safe_load(text.removeprefix("CAPI=2:\n"))
    assert core["name"] == VLNV
    assert core["targets"].keys() == {"default", "sim", "lint", "synth"}
    assert core["filesets"]["rtl"]["files"] == list(design.sources)
