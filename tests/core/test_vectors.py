from pathlib import Path

import numpy as np
import pytest

from connective import Network
from connective.vectors import write_vectors
from sim.monitor import read_vectors
from tests.designs import make_design
from tests.networks import random_network, random_samples


def word(value: int, offset: int, width: int, signed: bool) -> int:
    found = value >> offset & (1 << width) - 1
    return found - (1 << width) if signed and found >> width - 1 else found


@pytest.mark.parametrize("seed", range(6))
def test_vectors_hold_features_labels_and_scores(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, layers=[20, 20], weighted=True, skips=True)
    design = make_design(tmp_path / "design", network, scores=True)
    assert design.scores is not None
    samples = random_samples(rng, network, 70)
    write_vectors(tmp_path / "vectors.txt", network, design, samples)
    vectors = read_vectors(tmp_path / "vectors.txt")
    labels, scores = network.predict(samples), network.scores(samples)
    column = {name: index for index, name in enumerate(vectors.outputs)}
    assert column.keys() == {"o_label", "o_scores"}
    assert len(vectors.samples) == len(samples)
    for index, (payload, expected) in enumerate(vectors.samples):
        words = [word(payload, f.offset, f.width, f.signed) for f in design.features]
        assert words == samples[index].tolist()
        assert expected[column["o_label"]] == labels[index]
        packed, width = expected[column["o_scores"]], design.scores.width
        for c in range(design.scores.classes):
            assert word(packed, c * width, width, design.scores.signed) == scores[index, c]


def test_bits_come_lowest_first(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    network: Network = random_network(rng, layers=[20, 11], head="bits")
    design = make_design(tmp_path / "design", network)
    samples = random_samples(rng, network, 20)
    write_vectors(tmp_path / "vectors.txt", network, design, samples)
    vectors = read_vectors(tmp_path / "vectors.txt")
    assert vectors.outputs == ("o_bits",)
    bits = network.output_bits(samples)
    for row, (_, (value,)) in zip(bits, vectors.samples, strict=True):
        assert [value >> i & 1 for i in range(len(row))] == row.tolist()
        assert value >> len(row) == 0
