import json
from pathlib import Path

import pytest

from connective.errors import InputError
from connective.network_file import read_network
from train.config import TrainingConfig
from train.config_file import load_config, parse_config
from train.data import load_dataset
from train.loop import train

VALUES: dict[str, object] = {
    "data": {"name": "yin-yang", "training_points": 3000, "test_points": 400},
    "network": {"layers": [16, 12], "candidates": [6, 4]},
    "training": {"epochs": 4, "batch": 64, "tau": 1},
}


def config(**sections: object) -> TrainingConfig:
    return parse_config(VALUES | sections, "net.toml")


def test_folder_holds_what_the_run_found(tmp_path: Path) -> None:
    result = train(config(), tmp_path, show_progress=False)
    names = {"network.npz", "config.toml", "metrics.jsonl", "curves.png"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert load_config(tmp_path / "config.toml") == config()
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")

    network, provenance = read_network(tmp_path / "network.npz")
    dataset = load_dataset(parse_config(provenance["config"], "network.npz"))
    assert network.sha256 == result.network.sha256
    assert provenance["accuracy"] == result.accuracy
    assert provenance["data"] == {"description": dataset.description, "sha256": dataset.digest}
    right = network.predict(dataset.test_samples) == dataset.test_labels
    assert right.mean() == result.accuracy["discretized"]

    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4]
    assert lines == [metrics.record() for metrics in result.history]
    for line in lines:
        assert line["gap"] == line["relaxed"] - line["discretized"]
    assert lines[-1]["gate_temperatures"] == [0.01, 0.01]


def test_training_lowers_the_loss_and_hardening_closes_the_gap(tmp_path: Path) -> None:
    result = train(config(), tmp_path, show_progress=False)
    losses = [metrics.loss for metrics in result.history]
    assert losses[-1] < losses[0]
    assert abs(result.accuracy["relaxed"] - result.accuracy["discretized"]) <= 0.02
    assert result.accuracy["discretized"] > 0.6  # the larger classes are 46 % each


def test_accuracy_before_annealing_is_given_where_there_was_such_an_epoch(tmp_path: Path) -> None:
    for start, given in ((0.0, False), (0.2, False), (0.25, True)):
        annealing = {"connections": [start, 0.9], "gates": [start, 0.9]}
        result = train(config(annealing=annealing), tmp_path, show_progress=False)
        assert ("relaxed_before_annealing" in result.accuracy) == given


@pytest.mark.parametrize("gates", ["table", "softmax"])
@pytest.mark.parametrize("candidates", [1, 4, "all"])
def test_same_configuration_gives_the_same_network_and_another_seed_another(
    tmp_path: Path, gates: str, candidates: int | str
) -> None:
    network = {"layers": [16, 12], "candidates": candidates, "gates": gates}
    training = {"epochs": 1, "tau": 1}
    digests = []
    for seed in (1, 1, 2):
        settings = config(network=network, training=training, seed=seed)
        digests.append(train(settings, tmp_path, show_progress=False).network.sha256)
    assert digests[0] == digests[1] != digests[2]


def test_loss_that_is_no_number_names_the_setting(tmp_path: Path) -> None:
    settings = config(training={"epochs": 2, "tau": 1e-30, "learning_rate": 1e30})
    with pytest.raises(InputError) as error:
        train(settings, tmp_path, show_progress=False)
    assert str(error.value).startswith("training.learning_rate is 1e+30: the loss is no longer a")


def test_refinement_follows_training_and_is_logged(tmp_path: Path) -> None:
    search = {"changes": 4000, "round": 2000, "points": 2048}
    result = train(config(refinement=search), tmp_path, show_progress=False)
    lines = [json.loads(line) for line in (tmp_path / "refinement.jsonl").read_text().splitlines()]
    assert [line["round"] for line in lines] == [0, 1, 2]
    assert result.accuracy["validation_discretized"] == max(line["discretized"] for line in lines)
    assert result.accuracy["validation_discretized"] > result.history[-1].discretized
    assert result.accuracy["discretized"] != result.accuracy["discretized_before_refinement"]
    assert load_config(tmp_path / "config.toml") == config(refinement=search)
