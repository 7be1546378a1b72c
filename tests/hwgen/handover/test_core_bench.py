import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from connective import Encoder, Feature, Network
from connective.axi_stream import AxiStream
from hwgen.form import Form
from hwgen.handover.samples import KILLS, MOST_EDGES, RANDOM, TURNS, bench_samples
from sim.bench import read_vectors
from tests.cores import make_core, strangers_environment
from tests.networks import random_network

NETWORK = random_network(
    np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3, weighted=True
)


@pytest.fixture
def core(tmp_path: Path) -> Path:
    make_core(tmp_path / "core", NETWORK, scores=True)
    return tmp_path / "core"


def run(core: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = strangers_environment(core.parent / "ban") | variables
    return subprocess.run(
        command, cwd=core, env=environment, capture_output=True, text=True, check=False
    )


def test_the_bench_passes_without_connective(core: Path) -> None:
    done = run(core, "make", "sim", WAVES="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TESTS=5 PASS=5 FAIL=0" in done.stdout
    result = json.loads((core / "build/icarus/bench.json").read_text())
    assert result["samples"] == len(read_vectors(core / "tb/vectors.txt").samples)
    assert (core / "build/icarus/accelerator.fst").stat().st_size


def test_the_bench_of_a_serial_core_with_a_narrow_input_passes(tmp_path: Path) -> None:
    make_core(tmp_path / "core", NETWORK, form=Form(serial=True, input_width=8))
    done = run(tmp_path / "core", "make", "sim")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TESTS=5 PASS=5 FAIL=0" in done.stdout


def test_the_bench_of_a_core_with_packets_passes(tmp_path: Path) -> None:
    make_core(tmp_path / "core", NETWORK, stream=AxiStream(16, tag_width=4))
    done = run(tmp_path / "core", "make", "sim")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL=0" in done.stdout
    readme = (tmp_path / "core/README.md").read_text()
    assert "of 16 bits, a result one beat" in readme
    assert not (tmp_path / "core/doc/timing.json").exists()


def test_the_bench_of_a_core_without_a_clock_passes(tmp_path: Path) -> None:
    make_core(tmp_path / "core", NETWORK, combinational=True, scores=True)
    for simulator in ("icarus", "verilator"):
        done = run(tmp_path / "core", "make", "sim", SIM=simulator)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "TESTS=2 PASS=2 FAIL=0" in done.stdout
    assert run(tmp_path / "core", "make", "lint").returncode == 0
    readme = (tmp_path / "core/README.md").read_text()
    assert "without a clock, a register or a handshake" in readme
    assert not {"reset", "valid", "timing.json"} & set(readme.replace("`", " ").split())
    assert not (tmp_path / "core/doc/timing.json").exists()


def test_the_bench_of_a_core_with_registers_passes(tmp_path: Path) -> None:
    design = make_core(tmp_path / "core", NETWORK, axi_lite=True, scores=True)
    for simulator in ("icarus", "verilator"):
        done = run(tmp_path / "core", "make", "sim", SIM=simulator)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "TESTS=9 PASS=9 FAIL=0" in done.stdout
    assert run(tmp_path / "core", "make", "lint").returncode == 0
    assert design.protocol.kind == "axi-lite"
    readme = (tmp_path / "core/README.md").read_text()
    for register, address in design.protocol.registers.items():
        assert re.search(rf"^\| `0x{address:02x}`( …)? \| {register.upper()} \| ", readme, re.M)
    assert f"`0x{design.network.sha256[:8]}`" in readme
    assert not {"stream", "timing.json"} & set(readme.replace("`", " ").split())
    assert not (tmp_path / "core/doc/timing.json").exists()


def test_pytest_runs_the_bench(core: Path) -> None:
    done = run(core, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tb")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_bench_passes_on_verilator(core: Path) -> None:
    done = run(core, "make", "sim", SIM="verilator")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TESTS=5 PASS=5 FAIL=0" in done.stdout


def test_a_wrong_answer_fails_the_bench(core: Path) -> None:
    vectors = core / "tb/vectors.txt"
    *lines, last = vectors.read_text().splitlines()
    payload, label, scores = last.split()
    vectors.write_text("\n".join([*lines, f"{payload} {int(label) ^ 1:x} {scores}\n"]))
    done = run(core, "make", "sim")
    assert done.returncode != 0
    assert "of 5 tests failed: see " in done.stderr


def test_lint_finds_nothing(core: Path) -> None:
    done = run(core, "make", "lint")
    assert (done.returncode, done.stderr) == (0, "")
    assert "%Warning" not in done.stdout


def test_synth_maps_to_luts(core: Path) -> None:
    yosys = core.parent / "yosys"
    yosys.write_text(
        f"#!{sys.executable}\nimport sys\nfrom pyosys import libyosys\n"
        "design = libyosys.Design()\n"
        "for command in sys.argv[sys.argv.index('-p') + 1].split(';'):\n"
        "    libyosys.run_pass(command.strip(), design)\n"
    )
    yosys.chmod(0o755)
    environment = strangers_environment(core.parent / "ban")
    del environment["PYTHONPATH"]  # the wheel of Yosys takes NumPy
    subprocess.run(
        ["make", "synth", f"YOSYS={yosys}"], cwd=core, env=environment, check=True, text=True
    )
    netlist = json.loads((core / "build/synth/accelerator.json").read_text())
    kinds = {cell["type"] for cell in netlist["modules"]["accelerator"]["cells"].values()}
    assert "$lut" in kinds
    assert not any(kind.startswith("$dlatch") for kind in kinds)


def test_clean_leaves_what_was_exported(core: Path) -> None:
    before = {path for path in core.rglob("*") if path.is_file()}
    run(core, "make", "sim")
    done = subprocess.run(["make", "clean"], cwd=core, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    assert {path for path in core.rglob("*") if path.is_file()} == before


def test_vectors_try_the_words_at_which_comparisons_turn() -> None:
    features = (Feature("u", 8), Feature("s", 8, signed=True), Feature("b", 1))
    encoder = Encoder(features, np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([100, -128, 0]))
    gates = random_network(np.random.default_rng(0), layers=[6], n_inputs=3)
    arrays = (gates.fanin, gates.table, gates.outputs, gates.weights, gates.groups, gates.bias)
    network = Network(encoder, *arrays)
    samples = bench_samples(network, network).samples
    assert (samples == bench_samples(network, network).samples).all()
    edges = samples[:6]
    assert set(edges[:, 0]) == {0, 255, 99, 100, 101}
    assert set(edges[:, 1]) == {-128, 127, 0, -127}
    assert set(edges[:, 2]) == {0, 1}


def test_vectors_stay_few_however_many_thresholds_there_are() -> None:
    feature = Feature("x", 12)
    rows = np.arange(4000)
    encoder = Encoder((feature,), np.zeros_like(rows), np.zeros_like(rows), rows)
    gates = random_network(np.random.default_rng(0), layers=[6], n_inputs=4000)
    arrays = (gates.fanin, gates.table, gates.outputs, gates.weights, gates.groups, gates.bias)
    network = Network(encoder, *arrays)
    found = len(bench_samples(network, network).samples)
    assert MOST_EDGES + RANDOM + 2 * TURNS <= found <= MOST_EDGES + RANDOM + 2 * TURNS + KILLS
