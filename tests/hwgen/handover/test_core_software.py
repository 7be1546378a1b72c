"""The C header and the Python driver pack and unpack as the reference encoder does."""

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from connective import Encoder, Feature, Network
from connective.axi_stream import AxiStream
from connective.vectors import write_vectors
from sim.bench import read_vectors
from tests.cores import make_core
from tests.networks import random_network, random_samples

N = 200
C_MAIN = """
#include <stdio.h>
#include <inttypes.h>
#include "gates.h"

static void print(const uint8_t *bytes, size_t count)
{{
    while (count-- > 0)
        printf("%02x", bytes[count]);
    printf(" ");
}}

int main(void)
{{
    int64_t words[GATES_FEATURES];
    uint8_t payload[GATES_PAYLOAD_BYTES];
    for (;;) {{
        for (size_t i = 0; i < GATES_FEATURES; i++)
            if (scanf("%" SCNd64, &words[i]) != 1)
                return 0;
        gates_pack(words, payload);
        print(payload, sizeof payload);
        {unpack}
        printf("\\n");
    }}
}}
"""
C_RESULTS = """
        uint8_t label[GATES_LABEL_BYTES], bytes[GATES_SCORES_BYTES];
        unsigned byte;
        int64_t scores[GATES_CLASSES];
        for (size_t i = 0; i < sizeof label && scanf("%2x", &byte) == 1; i++)
            label[i] = (uint8_t)byte;
        for (size_t i = 0; i < sizeof bytes && scanf("%2x", &byte) == 1; i++)
            bytes[i] = (uint8_t)byte;
        printf("%" PRIu32, gates_label(label));
        gates_scores(bytes, scores);
        for (size_t c = 0; c < GATES_CLASSES; c++)
            printf(" %" PRId64, scores[c]);
"""


def driver(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gates", folder / "sw/gates.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_c(folder: Path, unpack: str, lines: list[str]) -> list[list[str]]:
    """Compile a program around the header, strictly, and give the words of each line it prints."""
    (folder / "main.c").write_text(C_MAIN.format(unpack=unpack))
    flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
    sanitize = ["-fsanitize=undefined,address", "-fno-sanitize-recover"]
    command = ["gcc", *flags, *sanitize, "-Isw", "main.c", "-o", "main"]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run(
        [folder / "main"], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    return [line.split() for line in done.stdout.splitlines()]


def results(folder: Path, network: Network, design: Any, samples: NDArray[np.int64]) -> Any:
    """What stands at the outputs for each sample, as bytes by port."""
    write_vectors(folder / "v.txt", network, design, samples)
    vectors = read_vectors(folder / "v.txt")
    widths = {port.name: (port.width + 7) // 8 for port in design.ports}
    return [
        {
            name: word.to_bytes(widths[name], "little")
            for name, word in zip(vectors.outputs, words, strict=True)
        }
        for _, words in vectors.samples
    ]


@pytest.mark.parametrize("tdata_width", [8, 32])
def test_packets_are_packed_and_results_unpacked_as_the_reference(
    tmp_path: Path, tdata_width: int
) -> None:
    rng = np.random.default_rng(tdata_width)
    features = tuple(Feature(f"f{i}", w, signed=i % 2 > 0) for i, w in enumerate([8, 7, 1, 5]))
    rows = np.arange(4)
    encoder = Encoder(features, rows, np.zeros_like(rows), np.zeros_like(rows))
    gates = random_network(rng, layers=[20], n_inputs=4, classes=3, weighted=True)
    arrays = (gates.fanin, gates.table, gates.outputs, gates.weights, gates.groups, gates.bias)
    network = Network(encoder, *arrays)
    stream = AxiStream(tdata_width)
    design = make_core(tmp_path / "d", network, scores=True, top="gates", stream=stream)
    samples = random_samples(rng, network, N)
    write_vectors(tmp_path / "v.txt", network, design, samples)
    packets = [packet for packet, _ in read_vectors(tmp_path / "v.txt").samples]
    module = driver(tmp_path / "d")
    own = [sum(1 << at for at in range(b)) for b in (8, 7, 1, 5)]
    mask = sum(bits << at for bits, at in zip(own, module.OFFSETS, strict=True))
    assert [module.pack(words) for words in samples.tolist()] == [p & mask for p in packets]
    found = [ports["m_axis_tdata"] for ports in results(tmp_path, network, design, samples)]
    assert [module.label(data) for data in found] == network.predict(samples).tolist()
    assert [module.scores(data) for data in found] == network.scores(samples).tolist()
    lines = [
        " ".join([*map(str, words), data.hex(" "), data.hex(" ")])
        for words, data in zip(samples.tolist(), found, strict=True)
    ]
    printed = run_c(tmp_path / "d", C_RESULTS, lines)
    assert [int(line[0], 16) & mask for line in printed] == [p & mask for p in packets]
    assert [int(line[1]) for line in printed] == network.predict(samples).tolist()
    assert [[*map(int, line[2:])] for line in printed] == network.scores(samples).tolist()


C_REGISTERS = """
        uint8_t result[GATES_RESULT_BYTES];
        volatile uint32_t core[GATES_SAMPLE_ADDRESS / 4 + GATES_WORDS] = {0};
        unsigned byte;
        int64_t scores[GATES_CLASSES];
        core[GATES_ID_ADDRESS / 4] = GATES_ID;
        printf("%d ", gates_present(core));
        core[GATES_NETWORK_ADDRESS / 4] = GATES_NETWORK;
        printf("%d ", gates_present(core));
        for (uint32_t status = 0; status < 4; status++) {
            core[GATES_STATUS_ADDRESS / 4] = status;
            printf("%d%d ", gates_done(core), gates_ready(core));
        }
        gates_send(core, payload);
        for (size_t word = 0; word < GATES_WORDS; word++)
            printf("%" PRIx32 " ", core[GATES_SAMPLE_ADDRESS / 4 + word]);
        for (size_t i = 0; i < sizeof result && scanf("%2x", &byte) == 1; i++)
            core[(GATES_RESULT_ADDRESS + i) / 4] |= (uint32_t)byte << 8 * (i % 4);
        core[GATES_POP_ADDRESS / 4] = 1;
        gates_receive(core, result);
        printf("%" PRIu32 " %" PRIu32, core[GATES_POP_ADDRESS / 4], gates_label(result));
        gates_scores(result, scores);
        for (size_t c = 0; c < GATES_CLASSES; c++)
            printf(" %" PRId64, scores[c]);
"""


def test_c_uses_the_registers_as_the_design_says(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    network = random_network(rng, layers=[20, 20], classes=6, n_inputs=30, weighted=True)
    features = (*network.encoder.features, Feature("wide", 32), Feature("more", 20))
    encoder = replace(network.encoder, features=features)
    network = replace(network, encoder=encoder)
    design = make_core(tmp_path / "d", network, scores=True, top="gates", axi_lite=True)
    assert design.protocol.kind == "axi-lite" and design.protocol.result_width > 32
    beats = design.protocol.beats
    samples = random_samples(rng, network, N)
    write_vectors(tmp_path / "v.txt", network, design, samples)
    vectors = read_vectors(tmp_path / "v.txt")
    size = design.protocol.result_width // 8
    lines = [
        " ".join([*map(str, words), result.to_bytes(size, "little").hex(" ")])
        for words, (_, (result,)) in zip(samples.tolist(), vectors.samples, strict=True)
    ]
    printed = run_c(tmp_path / "d", C_REGISTERS, lines)
    masks = [0] * beats
    for field in design.protocol.features:
        masks[field.beat] |= (1 << field.width) - 1 << field.offset
    for line, (payload, _), label, scores in zip(
        printed, vectors.samples, network.predict(samples), network.scores(samples), strict=True
    ):
        _, absent, present, *rest = line
        assert (absent, present, rest[:4]) == ("0", "1", ["00", "01", "10", "11"])
        sent = [int(word, 16) & mask for word, mask in zip(rest[4 : 4 + beats], masks, strict=True)]
        words = [payload >> 32 * n & mask for n, mask in enumerate(masks)]
        assert sent == words
        assert [*map(int, rest[4 + beats :])] == [0, label, *scores]


@pytest.mark.parametrize("seed", range(4))
def test_python_packs_and_unpacks_as_the_reference(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, layers=[20, 20], classes=2 + seed, weighted=seed > 0)
    design = make_core(tmp_path / "d", network, scores=True, top="gates")
    samples = random_samples(rng, network, N)
    gates = driver(tmp_path / "d")
    payloads = network.encoder.payloads(samples)
    assert [gates.pack(words) for words in samples.tolist()] == payloads
    for words, payload in zip(samples.tolist(), payloads, strict=True):
        assert int.from_bytes(gates.pack_bytes(words), "little") == payload
    found = results(tmp_path, network, design, samples)
    assert [gates.label(ports["o_label"]) for ports in found] == network.predict(samples).tolist()
    assert [gates.scores(ports["o_scores"]) for ports in found] == network.scores(samples).tolist()


def test_python_gives_the_bits_of_a_network_without_classes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    network = random_network(rng, layers=[20, 11], head="bits")
    design = make_core(tmp_path / "d", network, top="gates")
    samples = random_samples(rng, network, N)
    found = results(tmp_path, network, design, samples)
    bits = driver(tmp_path / "d").bits
    assert [bits(ports["o_bits"]) for ports in found] == network.output_bits(samples).tolist()


def test_python_quantizes_as_the_reference(tmp_path: Path) -> None:
    features = (
        Feature("u", 8, scale=1 / 255),
        Feature("s", 12, signed=True, scale=0.1, zero=-7),
        Feature("w", 32, scale=3.0, zero=1 << 31),
    )
    rows = np.arange(3)
    encoder = Encoder(features, rows, np.zeros_like(rows), rows)
    gates = random_network(np.random.default_rng(0), layers=[6], n_inputs=3)
    arrays = (gates.fanin, gates.table, gates.outputs, gates.weights, gates.groups, gates.bias)
    make_core(tmp_path / "d", Network(encoder, *arrays), top="gates")
    rng = np.random.default_rng(2)
    values = rng.normal(size=(N, 3)) * [0.7, 300, 1e10]
    words = encoder.quantize(values)
    module = driver(tmp_path / "d")
    assert [module.quantize(row) for row in values.tolist()] == words.tolist()
    assert module.quantize([float("inf"), float("-inf"), 0]) == [255, -2048, 1 << 31]


def test_python_refuses_a_word_out_of_range(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(0), layers=[6])
    make_core(tmp_path / "d", network, top="gates")
    first = network.encoder.features[0]
    words = [first.high + 1, *(f.low for f in network.encoder.features[1:])]
    sentence = f"'f0' takes {first.low} to {first.high}, not {first.high + 1}"
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        driver(tmp_path / "d").pack(words)


def test_python_needs_only_the_standard_library(tmp_path: Path) -> None:
    make_core(tmp_path / "d", random_network(np.random.default_rng(0), layers=[6]), top="gates")
    code = "import json, sys, gates; print(json.dumps([len(gates.FEATURES), gates.PAYLOAD_BYTES]))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=tmp_path / "d/sw",
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(json.loads(done.stdout)) == 2


@pytest.mark.parametrize("seed", range(3))
def test_c_packs_and_unpacks_as_the_reference(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, layers=[20, 20], classes=2 + seed, weighted=seed > 0)
    design = make_core(tmp_path / "d", network, scores=True, top="gates")
    samples = random_samples(rng, network, N)
    found = results(tmp_path, network, design, samples)
    lines = [
        " ".join([*map(str, words), ports["o_label"].hex(" "), ports["o_scores"].hex(" ")])
        for words, ports in zip(samples.tolist(), found, strict=True)
    ]
    printed = run_c(tmp_path / "d", C_RESULTS, lines)
    assert [int(line[0], 16) for line in printed] == network.encoder.payloads(samples)
    assert [int(line[1]) for line in printed] == network.predict(samples).tolist()
    assert [[*map(int, line[2:])] for line in printed] == network.scores(samples).tolist()


C_LEAD = """
        uint8_t margin[GATES_MARGIN_BYTES], reject[GATES_REJECT_BYTES];
        unsigned byte;
        for (size_t i = 0; i < sizeof margin && scanf("%2x", &byte) == 1; i++)
            margin[i] = (uint8_t)byte;
        for (size_t i = 0; i < sizeof reject && scanf("%2x", &byte) == 1; i++)
            reject[i] = (uint8_t)byte;
        printf("%" PRIu64 " %d", gates_margin(margin), gates_reject(reject));
"""


@pytest.mark.parametrize("stream", [None, AxiStream(16)])
def test_margins_are_unpacked(tmp_path: Path, stream: AxiStream | None) -> None:
    rng = np.random.default_rng(2)
    network = random_network(rng, layers=[20, 20], classes=3, weighted=True)
    options: dict[str, Any] = {"margin": True, "reject_below": 2, "stream": stream, "scores": True}
    design = make_core(tmp_path / "d", network, top="gates", **options)
    samples = random_samples(rng, network, N)
    found = results(tmp_path, network, design, samples)
    margin, reject = ("m_axis_tdata",) * 2 if stream else ("o_margin", "o_reject")
    answers = network(samples)
    expected = [[m, int(m < 2)] for m in answers.margins.tolist()]
    software = driver(tmp_path / "d")
    unpacked = [[software.margin(row[margin]), software.reject(row[reject])] for row in found]
    assert unpacked == expected
    lines = [
        " ".join([*map(str, words), row[margin].hex(" "), row[reject].hex(" ")])
        for words, row in zip(samples.tolist(), found, strict=True)
    ]
    printed = run_c(tmp_path / "d", C_LEAD, lines)
    assert [[*map(int, line[1:])] for line in printed] == expected
    readme = (tmp_path / "d/README.md").read_text()
    assert "a sample is rejected where it is less than 2." in readme


C_BEST = """
        uint8_t bytes[GATES_BEST_BYTES];
        uint32_t labels[GATES_BEST];
        unsigned byte;
        for (size_t i = 0; i < sizeof bytes && scanf("%2x", &byte) == 1; i++)
            bytes[i] = (uint8_t)byte;
        gates_best(bytes, labels);
        for (size_t place = 0; place < GATES_BEST; place++)
            printf("%" PRIu32 " ", labels[place]);
"""


@pytest.mark.parametrize("stream", [None, AxiStream(16)])
def test_the_best_classes_are_unpacked(tmp_path: Path, stream: AxiStream | None) -> None:
    rng = np.random.default_rng(2)
    network = random_network(rng, layers=[20, 20], classes=6, weighted=True)
    design = make_core(tmp_path / "d", network, top="gates", best=4, stream=stream)
    samples = random_samples(rng, network, N)
    port = "m_axis_tdata" if stream else "o_best"
    found = [row[port] for row in results(tmp_path, network, design, samples)]
    expected = network(samples).best(4).tolist()
    assert [driver(tmp_path / "d").best(data) for data in found[:5]] == expected[:5]
    lines = [
        " ".join([*map(str, words), data.hex(" ")])
        for words, data in zip(samples.tolist(), found, strict=True)
    ]
    printed = run_c(tmp_path / "d", C_BEST, lines)
    assert [[*map(int, line[1:])] for line in printed] == expected
    assert "The best 4 classes stand side by side" in (tmp_path / "d/README.md").read_text()


def test_c_packs_words_of_full_width(tmp_path: Path) -> None:
    features = tuple(Feature(f"f{i}", w, signed=i % 2 > 0) for i, w in enumerate([32, 32, 1, 31]))
    rows = np.arange(4)
    encoder = Encoder(features, rows, np.zeros_like(rows), np.zeros_like(rows))
    gates = random_network(np.random.default_rng(0), layers=[6], n_inputs=4)
    arrays = (gates.fanin, gates.table, gates.outputs, gates.weights, gates.groups, gates.bias)
    network = Network(encoder, *arrays)
    make_core(tmp_path / "d", network, top="gates")
    samples = random_samples(np.random.default_rng(1), network, N)
    printed = run_c(tmp_path / "d", "", [" ".join(map(str, row)) for row in samples.tolist()])
    assert [int(line[0], 16) for line in printed] == encoder.payloads(samples)
