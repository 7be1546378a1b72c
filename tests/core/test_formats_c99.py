import ctypes
import subprocess
from pathlib import Path

import numpy as np
import pytest

from connective import Encoder, Feature, Network
from connective.encoder import OPS
from connective.formats.c99 import write_c99
from tests.networks import plain_scores, random_network, random_samples

STRICT = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"]


def compiled(folder: Path, network: Network, *options: str) -> Path:
    write_c99(folder / "network.c", network, {"note": "*/ #error /* ??/"})
    program = folder / "network"
    subprocess.run([*STRICT, *options, folder / "network.c", "-o", program], check=True)
    return program


def network(case: int) -> Network:
    """Every k, with signed weights, empty groups and all kinds of rows; 5 has no gates."""
    rng = np.random.default_rng(case)
    head = "bits" if case % 3 == 2 else "class"
    layers = [] if case == 5 else [20, 20]
    return random_network(
        rng, layers=layers, k=case % 6 + 1, classes=case + 1, head=head, skips=True, weighted=True
    )


@pytest.mark.parametrize("case", range(6))
def test_the_self_test_passes_and_can_fail(tmp_path: Path, case: int) -> None:
    program = compiled(tmp_path, network(case), "-DNETWORK_SELF_TEST", "-fsanitize=undefined")
    assert subprocess.run([program], check=True, capture_output=True).stdout.endswith(
        b"samples, 0 wrong results\n"
    )
    source = tmp_path / "network.c"
    name = "test_bits" if case % 3 == 2 else "test_scores"
    head, _, numbers = source.read_text().partition(f" {name}[] = {{\n")
    first, _, rest = numbers.partition(",")
    source.write_text(f"{head} {name}[] = {{\n{int(first) ^ 1},{rest}")
    subprocess.run([*STRICT, "-DNETWORK_SELF_TEST", source, "-o", program], check=True)
    assert subprocess.run([program], capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("n", [1, 63, 256, 700])
def test_scores_and_labels_are_those_of_the_definition(tmp_path: Path, n: int) -> None:
    tested = random_network(np.random.default_rng(n), layers=[30], k=3, weighted=True)
    samples = random_samples(np.random.default_rng(1), tested, n)
    library = ctypes.CDLL(str(compiled(tmp_path, tested, "-shared", "-fPIC")))
    expected = np.array([plain_scores(tested, sample) for sample in samples.tolist()])
    words = np.ascontiguousarray(samples.astype(word_type(tmp_path / "network.c")))
    workspace = ctypes.create_string_buffer(1 << 20)
    scores = np.empty(expected.shape, dtype=np.int32)
    labels = np.empty(n, dtype=np.uint32)
    for function, result in ((library.network_scores, scores), (library.network_labels, labels)):
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in (words, result)]
        function(workspace, pointers[0], ctypes.c_size_t(n), pointers[1])
    assert (scores == expected).all()
    assert (labels == expected.argmax(axis=1)).all()


def word_type(source: Path) -> str:
    line = next(line for line in source.read_text().splitlines() if line.startswith("typedef"))
    return line.split()[1].removesuffix("_t")


@pytest.mark.parametrize(
    ("features", "word"),
    [
        ([Feature("x", 8)], "uint8"),
        ([Feature("x", 8, signed=True)], "int8"),
        ([Feature("x", 9), Feature("y", 3)], "uint16"),
        ([Feature("x", 8), Feature("y", 3, signed=True)], "int16"),
        ([Feature("x", 32)], "uint32"),
        ([Feature("x", 32, signed=True)], "int32"),
        ([Feature("x", 32), Feature("y", 32, signed=True)], "int64"),
    ],
)
def test_words_are_as_small_as_the_features_let_them(
    tmp_path: Path, features: list[Feature], word: str
) -> None:
    bounds = [bound for f in features for bound in (f.low, f.low + 1, f.high)]
    rows = np.arange(len(features)).repeat(3)
    encoder = Encoder(tuple(features), rows, np.full(len(rows), OPS.index("ge")), bounds)
    outputs = np.arange(len(rows))
    empty = np.empty((0, 2), dtype=int)
    bits = Network(encoder, empty, [], outputs, np.ones_like(outputs), [0], [], "bits")
    program = compiled(tmp_path, bits, "-DNETWORK_SELF_TEST")
    assert word_type(tmp_path / "network.c") == word
    subprocess.run([program], check=True)
