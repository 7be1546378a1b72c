"""`connective convert`: formats by suffix and content, options where a file is silent."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.cli.convert import convert
from connective.conversion import READERS, WRITERS, read, writer
from connective.network_file import read_network, write_network
from connective.peers import Hyperparameters
from tests.networks import networks, random_network, random_samples

FOLDER = Path(__file__).parents[1] / "fixtures" / "peers"
NOTHING = Hyperparameters()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(convert, list(map(str, arguments)), catch_exceptions=False)


def refused(*arguments: object) -> str:
    with pytest.raises(InputError) as error:
        run(*arguments)
    return str(error.value)


@settings(max_examples=20, deadline=None)
@given(network=networks(heads=("class", "scores", "bits")), data=st.data())
def test_formats_that_are_read_and_written_give_the_same_answers(
    network: Network, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("formats")
    suffixes = sorted(READERS.keys() & WRITERS.keys())
    first, second = (data.draw(st.sampled_from(suffixes)) for _ in range(2))
    writer(path / f"a{first}")(path / f"a{first}", network, {"origin": "a test"})
    loaded, provenance = read(path / f"a{first}", NOTHING, None)
    writer(path / f"b{second}")(path / f"b{second}", loaded, provenance)
    last, provenance = read(path / f"b{second}", NOTHING, None)
    assert provenance == {"origin": "a test"}
    samples = random_samples(np.random.default_rng(0), network, 100)
    assert np.array_equal(network.output_bits(samples), last.output_bits(samples))
    if network.head != "bits":
        assert np.array_equal(network.scores(samples), last.scores(samples))


def test_a_whole_network_becomes_gates_from_words_to_label(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=[9, 9], classes=3)
    source, blif = tmp_path / "n.npz", tmp_path / "n.blif"
    write_network(source, network, {})
    run(source, blif, "--bitblast")
    whole, provenance = read(blif, NOTHING, None)
    assert provenance["bitblasted_from"] == {"sha256": network.sha256}
    samples = random_samples(np.random.default_rng(0), network, 200)
    label = whole.output_bits(samples) @ [1, 2]
    assert np.array_equal(label, network.predict(samples))


def test_a_models_origin_stays_with_it(tmp_path: Path) -> None:
    source, blif, network = FOLDER / "difflogic.npz", tmp_path / "n.blif", tmp_path / "n.npz"
    result = json.loads(run(source, blif, "--json").stdout)
    origin = {
        "file": "difflogic.npz",
        "format": "difflogic state_dict",
        "sha256": sha256(source.read_bytes()).hexdigest(),
    }
    assert result["provenance"] == {"imported": origin}
    assert result["classes"] == 10 and result["gates"] == 600
    assert "difflogic.npz, difflogic state_dict" in run(blif, network).stdout
    loaded, provenance = read_network(network)
    assert provenance == {"imported": origin}
    assert loaded.sha256 == result["sha256"]


def test_a_file_of_another_program_is_named_in_the_provenance(tmp_path: Path) -> None:
    source = tmp_path / "and.blif"
    source.write_text(".model m\n.inputs a b\n.outputs o\n.names a b o\n11 1\n.end\n")
    run(source, tmp_path / "and.npz")
    _, provenance = read_network(tmp_path / "and.npz")
    assert provenance["imported"]["file"] == "and.blif"
    assert provenance["imported"]["format"] == "blif"


def test_json_is_a_circuit_or_our_own(tmp_path: Path) -> None:
    ours = tmp_path / "ours.json"
    run(FOLDER / "torchlogix_bits.json", ours)
    run(ours, tmp_path / "network.npz")
    network, provenance = read_network(tmp_path / "network.npz")
    assert network.head == "bits"
    assert provenance["imported"]["format"] == "torchlogix Circuit"
    ours.write_text("[]")
    assert "ours.json: torchlogix Circuit: input should be" in refused(ours, tmp_path / "n.npz")


def test_what_can_only_be_written_is_refused_as_input(tmp_path: Path) -> None:
    network = tmp_path / "network.npz"
    write_network(network, random_network(np.random.default_rng(0), layers=[4]), {})
    for name in ("network.c", "network.dot"):
        run(network, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0
        assert f"suffix is '{Path(name).suffix}', expected one of .aag" in refused(
            tmp_path / name, network
        )


def test_an_encoder_makes_the_input_bits(tmp_path: Path) -> None:
    """Eight thresholds on each of eight words take the place of 64 one-bit features."""
    encoder = tmp_path / "encoder.json"
    features = [{"name": f"x{i}", "width": 4} for i in range(8)]
    rows = [[i, "ge", t] for i in range(8) for t in range(1, 9)]
    encoder.write_text(json.dumps({"features": features, "rows": rows}))
    source, target = FOLDER / "torchlogix.npz", tmp_path / "network.npz"
    run(source, target, "--classes", 10, "--encoder", encoder)
    network, _ = read_network(target)
    bare, _ = read(source, Hyperparameters(classes=10), None)
    words = np.random.default_rng(0).integers(0, 16, (100, 8))
    bits = (words[:, :, None] >= np.arange(1, 9)).reshape(100, 64).astype(np.uint8)
    assert np.array_equal(network.scores(words), bare.scores(bits))

    short = tmp_path / "short.json"
    short.write_text(json.dumps({"features": features, "rows": rows[:-1]}))
    sentence = "torchlogix.json: the network has 64 input bits, but the encoder has 63 rows"
    assert sentence in refused(FOLDER / "torchlogix.json", target, "--encoder", short)
    for content in ("{}", '{"features": [], "rows": [[0, "is", 1]]}', "no JSON"):
        short.write_text(content)
        assert "short.json: " in refused(source, target, "--classes", 10, "--encoder", short)


def test_thresholds_in_a_file_need_an_encoder_or_inputs(tmp_path: Path) -> None:
    source, target = tmp_path / "model.npz", tmp_path / "network.npz"
    with np.load(FOLDER / "torchlogix.npz") as file:
        np.savez(source, **{f"m.{k}": v for k, v in file.items()}, **{"m.thresholds": np.ones(3)})
    assert "give --encoder, or --inputs" in refused(source, target, "--classes", 10)
    run(source, target, "--classes", 10, "--inputs", 64)
    assert read_network(target)[0].n_gates == 600


def test_options_and_suffixes_that_do_not_fit(tmp_path: Path) -> None:
    network = tmp_path / "network.npz"
    write_network(network, random_network(np.random.default_rng(0), layers=[4]), {})
    target = tmp_path / "out.npz"
    assert "leave them out" in refused(network, target, "--classes", 3)
    assert "leave them out" in refused(FOLDER / "torchlogix.json", target, "--tau", 6)
    assert "suffix is '.v', expected one of .aag, .aig, .blif, .c," in refused(
        network, tmp_path / "n.v"
    )
    assert "suffix is '', expected one of" in refused(tmp_path / "network", target)
    assert "cannot be read" in refused(tmp_path / "none.npz", target)
    assert not target.exists()
