"""Networks that come with Connective are what their records say, measured again."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from connective.cli.data import dataset_of
from connective.cli.main import cli
from connective.design import read_design
from connective.errors import InputError
from connective.folder import MANIFEST
from connective.network_file import read_network
from connective.report import gather
from connective.results import ProofResult
from connective.shipped import CONFIG, FILES, MODELS, NETWORK, PROOF, Shipped, shipped
from train.config_file import load_config, parse_config

MOST_BYTES = 1 << 20
DOWNLOADED = ("mnist", "fashion-mnist")
AGAIN = "python -m benchmarks.models measures it anew"


@pytest.fixture(params=shipped().values(), ids=shipped())
def model(request: pytest.FixtureRequest) -> Shipped:
    found: Shipped = request.param
    return found


def connective(*arguments: object) -> str:
    run = CliRunner().invoke(cli, [*map(str, arguments)], catch_exceptions=False)
    assert run.exit_code == 0, run.output
    return run.output


def test_every_folder_is_a_small_model() -> None:
    assert {path.name for path in MODELS.iterdir()} == {*shipped()} > {"mnist-1x1000"}
    for folder in MODELS.iterdir():
        assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
        assert sum(path.stat().st_size for path in folder.iterdir()) < MOST_BYTES


def test_record_proof_and_configuration_are_of_the_network(model: Shipped) -> None:
    network, provenance = read_network(model.folder / NETWORK)
    record, certificate = model.record, model.certificate
    assert network.sha256 == record.network_sha256 == certificate.network_sha256
    trained = (network.n_gates, network.depth, network.n_inputs)
    assert (record.trained.gates, record.trained.levels, record.trained.inputs) == trained
    assert model.proved and isinstance(certificate.result, ProofResult)
    assert all(lemma.holds for lemma in certificate.result.lemmas)
    config = load_config(model.folder / CONFIG)
    assert config == parse_config(provenance["config"], model.name)
    for result in record.synthesis:
        assert {"popcount", "argmax", "interface"} <= {*result.blocks}
        assert result.luts == sum(block.luts for block in result.blocks.values())


def test_counts_of_right_answers_are_found_again(model: Shipped) -> None:
    network, provenance = read_network(model.folder / NETWORK)
    name = provenance["config"]["data"]["name"]
    if name in DOWNLOADED and not (Path(os.environ.get("CONNECTIVE_DATA", "")) / name).is_dir():
        pytest.skip(f"CONNECTIVE_DATA names no folder with {name}/")
    dataset = dataset_of(provenance, model.folder / NETWORK)
    right = network.predict(dataset.test_samples) == dataset.test_labels
    assert (int(right.sum()), len(right)) == (model.record.right, model.record.samples)
    assert dataset.digest == model.record.data_sha256


def test_core_is_that_which_was_measured_and_proved(model: Shipped, tmp_path: Path) -> None:
    folder, design = tmp_path / "model", tmp_path / "design"
    connective("models", model.name, "--out", folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, MANIFEST])
    connective("export", folder / NETWORK, "--out", design, "--json")
    found = read_design(design)
    assert found.sha256 == model.record.verilog_sha256, AGAIN
    assert found.latency == model.record.latency
    (design / "results").mkdir()
    shutil.copy(folder / PROOF, design / "results")
    report = gather(design)
    assert report.proof and report.proof.outcome == "proved" and not report.stale
    assert report.simplified and report.simplified.gates == model.record.built.gates


def test_another_verilog_or_a_proof_left_open_is_not_proved(model: Shipped) -> None:
    changed = model.record.model_copy(update={"verilog_sha256": "0" * 64})
    assert not replace(model, record=changed).proved
    proof = model.certificate.result.model_copy(update={"outcome": "unknown"})
    opened = model.certificate.model_copy(update={"result": proof})
    assert not replace(model, certificate=opened).proved


def test_models_are_listed_and_shown() -> None:
    table, listed = connective("models"), json.loads(connective("models", "--json"))["models"]
    assert [each["name"] for each in listed] == [*shipped()]
    for each in listed:
        assert each["name"] in table
        assert f"{100 * each['right'] / each['samples']:.2f} %" in table
        shown = connective("models", each["name"])
        assert f"{each['right']:,} of {each['samples']:,} test samples" in shown
        assert json.loads(connective("models", each["name"], "--json")) == each


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    for name, sentence in {
        "mnist-1x100": r"there is no model 'mnist-1x100': did you mean mnist-1x1000\?",
        "../escape": r"there is no model '../escape': there are .*mnist-2x1000",
    }.items():
        with pytest.raises(InputError, match=sentence):
            connective("models", name, "--out", tmp_path / "out")
    with pytest.raises(InputError, match="--out writes one model: name it"):
        connective("models", "--out", tmp_path / "out")
    assert not list(tmp_path.iterdir())
