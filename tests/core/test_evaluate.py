"""`connective evaluate` as it is called: what it counts, writes and refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from connective import InputError, Network
from connective.cli.evaluate import evaluate
from connective.network_file import write_network
from tests.networks import random_network, random_samples


def run(*arguments: object, text: str | None = None) -> str:
    result = CliRunner().invoke(evaluate, list(map(str, arguments)), input=text)
    if result.exception:
        raise result.exception
    return result.stdout


def made(path: Path, head: str) -> Network:
    network = random_network(np.random.default_rng(5), layers=[8, 6], classes=3, head=head)
    write_network(path, network, {})
    return network


def test_a_pipe_is_counted_and_answered(tmp_path: Path) -> None:
    path, out = tmp_path / "network.npz", tmp_path / "out.csv"
    network = made(path, "class")
    samples = random_samples(np.random.default_rng(6), network, 50)
    labels = np.arange(50) % 3
    text = "\n".join(
        ",".join(map(str, [*row, label])) for row, label in zip(samples, labels, strict=True)
    )
    result = json.loads(run(path, "--data", "-", "--out", out, "--json", text=text))
    predicted = network.predict(samples)
    assert result["samples"] == 50 and result["samples_per_second"] > 0
    assert result["accuracy"] == (predicted == labels).mean()
    for c in range(3):
        assert result["confusion"][c] == np.bincount(predicted[labels == c], minlength=3).tolist()
        assert result["recall"][c] == (predicted[labels == c] == c).mean()
    written = np.loadtxt(out, delimiter=",", skiprows=1, dtype=int)
    assert (written == np.column_stack([predicted, network.scores(samples)])).all()
    assert "recall" in run(path, "--data", "-", text=text)


def test_samples_without_classes_are_labelled_only(tmp_path: Path) -> None:
    network = made(tmp_path / "network.npz", "class")
    samples = random_samples(np.random.default_rng(6), network, 50)
    np.save(tmp_path / "samples.npy", samples)
    arguments = (tmp_path / "network.npz", "--data", tmp_path / "samples.npy")
    result = json.loads(run(*arguments, "--json"))
    assert result["accuracy"] is None
    assert result["predicted"] == np.bincount(network.predict(samples), minlength=3).tolist()
    assert "right" not in run(*arguments)


def test_a_network_of_bits_has_its_bits_written(tmp_path: Path) -> None:
    path, out = tmp_path / "network.npz", tmp_path / "out.csv"
    network = made(path, "bits")
    samples = random_samples(np.random.default_rng(6), network, 50)
    np.savez(tmp_path / "samples.npz", samples=samples)
    run(path, "--data", tmp_path / "samples.npz", "--out", out)
    assert out.read_text().startswith("bit_0,bit_1,")
    written = np.loadtxt(out, delimiter=",", skiprows=1, dtype=int)
    assert (written == network.output_bits(samples)).all()
    with pytest.raises(InputError, match="has head 'bits'.*--out"):
        run(path, "--data", tmp_path / "samples.npz")


def test_data_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.npz"
    made(path, "class")
    with pytest.raises(InputError, match="names no data"):
        run(path)
    with pytest.raises(InputError, match="--quantize is for"):
        run(path, "--quantize")
    with pytest.raises(InputError, match="Yin-Yang .* has 2 columns, but the network has"):
        run(path, "--data", "yin-yang")
    out = tmp_path / "out.csv"
    with pytest.raises(InputError, match="line 1 has 1 columns"):
        run(path, "--data", "-", "--out", out, text="1")
    assert not out.exists()
