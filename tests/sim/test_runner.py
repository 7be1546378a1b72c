import hashlib
from pathlib import Path

import numpy as np
import pytest

from connective import InputError, Network, ToolError
from connective.network_file import write_network
from sim import simulate
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import write_design


def small(seed: int = 1) -> Network:
    return random_network(np.random.default_rng(seed), layers=[10, 10])


def check(folder: Path, network: Network, latency: int, simulator: str) -> None:
    n = 40
    samples = random_samples(np.random.default_rng(2), network, n)
    result = simulate(folder, samples, simulator=simulator, data="random words", seed=3)
    assert result.tests and set(result.tests.values()) == {"passed"}
    assert (result.samples, result.mismatches, result.first_mismatch) == (n, 0, None)
    assert result.latency_measured == latency
    assert result.cycles == n + latency
    assert (result.simulator, result.data) == (simulator, "random words")
    assert (folder / "results" / f"simulate-{simulator}.log").stat().st_size


@pytest.mark.parametrize("levels_per_stage", [0, 1, 3])
@pytest.mark.parametrize("head", ["class", "scores", "bits"])
def test_icarus_agrees_with_the_network(tmp_path: Path, levels_per_stage: int, head: str) -> None:
    rng = np.random.default_rng(levels_per_stage)
    network = random_network(rng, layers=[20, 20], head=head, weighted=head != "bits", skips=True)
    design = make_design(tmp_path / "d", network, levels_per_stage=levels_per_stage)
    check(tmp_path / "d", network, design.latency, "icarus")


def test_one_class_and_no_gates_are_simulated(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(0), layers=[], n_inputs=1, classes=1)
    design = make_design(tmp_path / "d", network)
    check(tmp_path / "d", network, design.latency, "icarus")


def test_verilator_agrees_with_the_network(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    network = random_network(rng, layers=[40, 40], n_inputs=40, classes=5, weighted=True)
    design = make_design(tmp_path / "d", network, scores=True)
    check(tmp_path / "d", network, design.latency, "verilator")


def test_waves_are_left_where_they_are_asked_for(tmp_path: Path) -> None:
    make_design(tmp_path / "d", small())
    samples = random_samples(np.random.default_rng(0), small(), 5)
    waves = tmp_path / "new ü" / "a.fst"
    options = {"simulator": "icarus", "data": "", "seed": 0}
    simulate(tmp_path / "d", samples, **options, waves=waves)
    assert waves.stat().st_size > 1000
    assert [path.name for path in waves.parent.iterdir()] == ["a.fst"]
    with pytest.raises(InputError, match=r"^icarus writes waveforms as \.fst: name b\.fst$"):
        simulate(tmp_path / "d", samples, **options, waves=tmp_path / "b.vcd")
    before = waves.read_bytes()
    with pytest.raises(ToolError, match="did not end within"):
        simulate(tmp_path / "d", samples, **options, waves=waves, timeout=0.2)
    assert waves.read_bytes() == before


def test_simulator_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_design(tmp_path / "d", small())
    samples = random_samples(np.random.default_rng(0), small(), 2)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="apt-get install iverilog"):
        simulate(tmp_path / "d", samples, simulator="icarus", data="", seed=0)
    with pytest.raises(ToolError, match="apt-get install perl make"):
        simulate(tmp_path / "d", samples, simulator="verilator", data="", seed=0)
    assert not (tmp_path / "d" / "results").exists()


def test_unknown_simulator_and_no_samples_are_refused(tmp_path: Path) -> None:
    make_design(tmp_path / "d", small())
    samples = random_samples(np.random.default_rng(0), small(), 2)
    with pytest.raises(InputError, match="must be one of icarus, verilator, not 'vcs'$"):
        simulate(tmp_path / "d", samples, simulator="vcs", data="", seed=0)
    with pytest.raises(InputError, match="needs at least one sample$"):
        simulate(tmp_path / "d", samples[:0], simulator="icarus", data="", seed=0)


def test_another_network_in_the_folder_is_refused(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", small())
    write_network(tmp_path / "d" / design.network.file, small(seed=9), {})
    samples = random_samples(np.random.default_rng(0), small(), 2)
    with pytest.raises(InputError, match="is not the network that design.json names"):
        simulate(tmp_path / "d", samples, simulator="icarus", data="", seed=0)


def test_edited_verilog_is_refused(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", small())
    source = tmp_path / "d" / next(iter(design.sources))
    source.write_text(source.read_text() + "\n")
    samples = random_samples(np.random.default_rng(0), small(), 2)
    with pytest.raises(InputError, match="it was edited; export the design again$"):
        simulate(tmp_path / "d", samples, simulator="icarus", data="", seed=0)


def test_verilog_that_does_not_compile_is_told_in_its_compilers_words(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", small())
    text = "module broken(;\n"
    (tmp_path / "d" / "broken.v").write_text(text)
    sources = {**design.sources, "broken.v": hashlib.sha256(text.encode()).hexdigest()}
    write_design(tmp_path / "d", design.model_copy(update={"sources": sources}))
    samples = random_samples(np.random.default_rng(0), small(), 2)
    with pytest.raises(ToolError) as error:
        simulate(tmp_path / "d", samples, simulator="icarus", data="", seed=0)
    assert "syntax error" in str(error.value)
    assert str(error.value).endswith(f"its log is {tmp_path}/d/results/simulate-icarus.log")


def test_time_limit_is_kept(tmp_path: Path) -> None:
    make_design(tmp_path / "d", small())
    samples = random_samples(np.random.default_rng(0), small(), 2)
    with pytest.raises(ToolError, match=r"^the simulation on icarus did not end within 0.2 sec"):
        simulate(tmp_path / "d", samples, simulator="icarus", data="", seed=0, timeout=0.2)
