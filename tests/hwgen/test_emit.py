import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network, canonicalize, raw
from connective.design import Design, read_design
from connective.network_file import read_network
from connective.tools import verilator
from hwgen.schedule import Schedule
from tests.designs import declared_register_bits, make_design
from tests.hwgen.amaranth_bench import bit_words
from tests.hwgen.icarus_bench import binary, cut, run
from tests.networks import networks, random_network, random_samples


def check(network: Network, folder: Path, design: Design, seed: int) -> None:
    """Streams samples through the Verilog, without and with stalls, and compares all results."""
    samples = random_samples(np.random.default_rng(seed), network, 16)
    (width,) = (port.width for port in design.ports if port.name == "i_payload")
    beats = design.protocol.beats
    sent = cut(network.encoder.payloads(samples), width, beats)
    for stall_seed in (None, seed % 1000 + 1):
        results, cycles = run(folder, design, sent, seed=stall_seed)
        if stall_seed is None:
            rest = (len(samples) - 1) * design.initiation_interval
            assert cycles == rest + beats + design.latency
        for port, words in results.items():
            if port == "o_label":
                assert words == binary(network.predict(samples).tolist(), len(words[0]))
            elif port == "o_bits":
                bits = bit_words(network.output_bits(samples).T)
                assert words == binary(bits, len(network.outputs))
            else:
                assert design.scores is not None
                width = design.scores.width
                rows = network.scores(samples).tolist()
                assert words == ["".join(binary(row[::-1], width)) for row in rows]


@settings(max_examples=20, deadline=None)
@given(networks(heads=("class", "scores", "bits")), st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_the_verilog_computes_the_network(
    tmp_path_factory: pytest.TempPathFactory, network: Network, levels_per_stage: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("verilog") / "design"
    scores = network.head != "bits" and seed % 2 == 0
    design = make_design(folder, network, levels_per_stage=levels_per_stage, scores=scores)
    check(network, folder, design, seed)
    lint(folder, design)


def test_all_sixteen_gates_are_right_at_all_corners_in_verilog(tmp_path: Path) -> None:
    fanin, table = canonicalize(np.tile([0, 1], (16, 1)), np.arange(16))
    network = Network(raw(2), fanin, table, 2 + np.arange(16), np.ones(16, int), [0], [], "bits")
    design = make_design(tmp_path / "design", network)
    results, _ = run(tmp_path / "design", design, range(4))
    corners = [sum((gate >> corner & 1) << gate for gate in range(16)) for corner in range(4)]
    assert results == {"o_bits": binary(corners, 16)}


def test_gates_of_six_inputs_in_verilog(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=(9, 12), k=6, n_inputs=10)
    check(network, tmp_path / "design", make_design(tmp_path / "design", network), 2)


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(2), layers=(30, 40), classes=4, skips=True)
    for name in ("one", "two"):
        make_design(tmp_path / name, network, scores=True)
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    assert len(files) > 6
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_the_design_describes_its_files(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=(30, 40), classes=4)
    design = make_design(tmp_path / "design", network, levels_per_stage=2)
    assert read_design(tmp_path / "design") == design
    copy, provenance = read_network(tmp_path / "design" / design.network.file)
    assert (copy.sha256, provenance) == (network.sha256, {"data": "random"})
    assert design.latency == Schedule(network, 2).latency
    assert [p.name for p in design.ports] == [
        "clk",
        "rst",
        "i_payload",
        "i_valid",
        "i_ready",
        "o_label",
        "o_valid",
        "o_ready",
    ]
    levels = ["level_0", "level_1"]
    classes = [f"popcount_{c}" for c in range(4)]
    assert design.blocks == ["encoder", *levels, *classes, "argmax", "flow"]


def test_a_class_whose_score_is_known_has_no_register(tmp_path: Path) -> None:
    gates = random_network(np.random.default_rng(2), layers=(20, 30), classes=2)
    groups, bias = [0, 10, 10, *gates.groups[-1:]], [0, 6, 1]
    arrays = (gates.fanin, gates.table, gates.outputs, gates.weights)
    network = Network(gates.encoder, *arrays, groups, bias)
    design = make_design(tmp_path / "design", network, scores=True)
    check(network, tmp_path / "design", design, 5)
    lint(tmp_path / "design", design)
    assert "popcount_1" not in design.blocks


@pytest.mark.parametrize("seed", range(4))
def test_classes_whose_scores_are_known_are_compared_without_a_warning(
    tmp_path: Path, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 3, 5)
    outputs, weights = rng.integers(0, 2, sizes.sum()), rng.choice([-1, 1, 2], sizes.sum())
    groups, bias = np.concatenate([[0], np.cumsum(sizes)]), rng.integers(-3, 4, 5)
    network = Network(raw(2), np.zeros((0, 1)), [], outputs, weights, groups, bias)
    design = make_design(tmp_path / "design", network, levels_per_stage=seed % 2)
    check(network, tmp_path / "design", design, seed)
    lint(tmp_path / "design", design)


@pytest.mark.parametrize("seed", range(8))
def test_the_verilog_has_the_registers_of_the_schedule(tmp_path: Path, seed: int) -> None:
    network = random_network(
        np.random.default_rng(seed),
        layers=(20, 30, 40),
        classes=2 + seed,
        skips=seed % 2 == 0,
        weighted=seed % 4 < 2,
    )
    levels_per_stage = 1 + seed // 4
    folder = tmp_path / "design"
    design = make_design(folder, network, levels_per_stage=levels_per_stage, scores=seed % 3 == 0)
    assert declared_register_bits(folder, design) == design.register_bits


def test_the_verilog_is_what_a_person_would_write(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(5), layers=(60, 80), classes=4)
    design = make_design(tmp_path / "design", network, scores=True)
    for source in design.sources:
        text = (tmp_path / "design" / source).read_text()
        assert text.startswith("// SPDX-License-Identifier: Apache-2.0\n")
        assert network.sha256 in text
        assert max(map(len, text.splitlines())) <= 100
        assert not re.search(r"\\|\$(?!signed\b)|\binitial\b|unnamed|reg [^;]*=", text)
        assert "/tmp" not in text
        assert str(tmp_path) not in text


def test_the_top_gives_its_name_to_all_modules(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(6), layers=(6,))
    design = make_design(tmp_path / "design", network, top="yin_yang")
    assert design.top == "yin_yang"
    assert all(Path(source).stem.startswith("yin_yang") for source in design.sources)
    check(network, tmp_path / "design", design, 1)
    lint(tmp_path / "design", design)


@pytest.mark.parametrize("top", ["", "2x", "a-b", "module", "logic", "a b", "top\n", "ü"])
def test_a_top_that_verilog_does_not_take_is_refused(tmp_path: Path, top: str) -> None:
    network = random_network(np.random.default_rng(6), layers=(6,))
    with pytest.raises(InputError, match=re.escape(f"not {top!r}")):
        make_design(tmp_path / "design", network, top=top)
    assert list((tmp_path / "design").iterdir()) == []


def lint(folder: Path, design: Design) -> None:
    """Verilator finds nothing beyond what the design's waivers name."""
    root = verilator.find_root()
    command = [root / "bin/verilator_bin", "--lint-only", "-Wall", "--top-module", design.top]
    found = subprocess.run(
        [*command, design.waivers, *design.sources],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "VERILATOR_ROOT": str(root)},
        check=False,
    )
    assert found.stderr == "" and found.returncode == 0, found.stderr
