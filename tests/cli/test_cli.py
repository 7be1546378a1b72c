"""The command line as a user meets it: help, exit statuses, one sentence for each mistake."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connective.certificate import check
from connective.certificate_file import read_certificate
from connective.cli.main import cli
from connective.network_file import read_network
from tests.command_line import ROOT, connective, refused


def test_help_of_every_verb_shows_an_example() -> None:
    overview = connective("--help").stdout
    for verb in cli.commands:
        assert verb in overview
        text = connective(verb, "--help").stdout
        assert f"Example:\n  connective {verb}" in text


def test_inspect_counts_what_is_there(network: Path) -> None:
    result = json.loads(connective("inspect", network, "--json").stdout)
    loaded, _ = read_network(network)
    assert result["gates"] == sum(result["gates_by_level"]) == sum(result["tables"].values()) == 16
    assert result["sha256"] == loaded.sha256
    assert "gates by type" in connective("inspect", network).stdout


def test_a_simplified_network_is_written_with_its_certificate(
    network: Path, tmp_path: Path
) -> None:
    out, certificate = tmp_path / "smaller.npz", tmp_path / "certificate.npz"
    run = connective("simplify", network, "--out", out, "--certificate", certificate, "--json")
    before, (after, provenance) = read_network(network)[0], read_network(out)
    assert json.loads(run.stdout)["after"]["gates"] == after.n_gates < before.n_gates
    assert provenance["simplified_from"] == {"sha256": before.sha256, "keep": "label"}
    assert check(read_certificate(certificate), before, after) is None
    table = connective("simplify", network, "--out", out, "--keep", "scores", "--no-sat").stdout
    assert "the same scores for every sample" in table


def test_bad_input_is_one_sentence(network: Path, tmp_path: Path) -> None:
    config = tmp_path / "bad.toml"
    text = '[data]\nname = "yin-yang"\n[network]\nlayers = [40, 41]\n[training]\n'
    for rest, found in (
        ("tau = 1", "training.epochs is missing"),
        ("epochs = 1", "network.layers ends with 41"),
    ):
        config.write_text(text + rest)
        error = refused("train", config, "--out", tmp_path / "run")
        assert "bad.toml" in error and found in error
    assert not (tmp_path / "run").exists()
    assert "names no data" in refused("evaluate", network)
    assert "not a network.npz" in refused("inspect", config)
    assert "No such file" in refused("export", tmp_path / "none.npz")
    assert "is not a design" in refused("simulate", tmp_path)
    assert "is not a design" in refused("synth", tmp_path)
    assert "is not a design" in refused("report", tmp_path)
    assert "which Connective did not write" in refused("export", network, "--out", tmp_path)
    assert "module" in refused("export", network, "--out", tmp_path / "d", "--top", "module")
    assert not (tmp_path / "d").exists()


def test_missing_tools_are_named_with_the_remedy(network: Path, tmp_path: Path) -> None:
    design = tmp_path / "design"
    connective("export", network, "--out", design)
    empty = {"PATH": str(tmp_path)}
    assert "iverilog" in refused("simulate", design, "--simulator", "icarus", environment=empty)
    before = sorted(tmp_path.rglob("*"))
    refused("simulate", design, "--simulator", "verilator", environment=empty)
    assert sorted(tmp_path.rglob("*")) == before


def test_edited_verilog_is_refused(network: Path, tmp_path: Path) -> None:
    design = tmp_path / "design"
    connective("export", network, "--out", design)
    source = next((design / "rtl").glob("*.v"))
    source.write_text(source.read_text() + "// edited\n")
    for verb in ("simulate", "synth", "report"):
        assert "was edited" in refused(verb, design)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_no_result(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    command = ["env", "--default-signal=INT"]  # what a shell starts in the background ignores it
    command += [sys.executable, "-m", "connective", "train", f"{ROOT}/examples/yin_yang.toml"]
    process = subprocess.Popen(
        [*command, "--out", tmp_path / "run"], stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stderr is not None
    assert "epoch" in process.stderr.readline().decode()
    process.send_signal(number)
    _, error = process.communicate()
    assert process.returncode == status
    assert b"Traceback" not in error
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"run.checkpoint"}  # which a run of more than ten seconds has saved


def test_wrong_usage_has_status_2(tmp_path: Path) -> None:
    assert "No such command" in connective("fly", status=2).stderr
    assert (
        "Usage" in connective("export", tmp_path / "n", "--levels-per-stage", -1, status=2).stderr
    )
