import json
from dataclasses import replace
from pathlib import Path

import pytest

from connective.errors import InputError
from connective.network_file import read_network
from connective.simplify.prune import prune
from train.annealing import Schedule
from train.config import Annealing, TrainingConfig
from train.config_file import load_config, parse_config
from train.data import load_dataset
from train.loop import train
from train.result import write_result
from train.stopping import check_windows, first_hardened_epoch

VALUES: dict[str, object] = {
    "data": {"name": "yin-yang", "training_points": 3000, "test_points": 400},
    "network": {"layers": [16, 12], "candidates": [6, 4]},
    "training": {"epochs": 4, "batch": 64, "tau": 1},
    "refinement": {"sweeps": 0},
}


def config(**sections: object) -> TrainingConfig:
    return parse_config(VALUES | sections, "net.toml")


def test_tau_is_fixed_or_begins_as_a_fifth_of_a_root_and_is_learned() -> None:
    def tau(**settings: object) -> float:
        training = {"epochs": 2, "batch": 64} | settings
        result = train(config(training=training), show_progress=False)
        assert result.network.tau is not None
        return result.network.tau

    gates = VALUES["network"]["layers"][-1] / 4
    usual = 0.2 * gates**0.5
    assert tau(tau=1.5) == 1.5
    assert tau() == pytest.approx(usual)
    learned = tau(tau="learned")
    assert learned == tau(tau="learned")
    assert 0.01 < abs(learned / usual - 1) < 1


def test_folder_holds_what_the_run_found(tmp_path: Path) -> None:
    result = train(config(), show_progress=False)
    write_result(tmp_path, result)
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
    assert lines[-1]["unused_gates"] == network.n_gates - prune(network).after.n_gates


def test_training_lowers_the_loss_and_hardening_closes_the_gap() -> None:
    result = train(config(), show_progress=False)
    losses = [metrics.loss for metrics in result.history]
    assert losses[-1] < losses[0]
    assert abs(result.accuracy["relaxed"] - result.accuracy["discretized"]) <= 0.02
    assert result.accuracy["discretized"] > 0.6  # the larger classes are 46 % each


def test_accuracy_before_annealing_is_given_where_there_was_such_an_epoch() -> None:
    for start, given in ((0.0, False), (0.2, False), (0.25, True)):
        annealing = {"connections": [start, 0.9], "gates": [start, 0.9]}
        result = train(config(annealing=annealing), show_progress=False)
        assert ("relaxed_before_annealing" in result.accuracy) == given


@pytest.mark.parametrize("gates", ["table", "softmax"])
@pytest.mark.parametrize("candidates", [1, 4, "all"])
def test_same_configuration_gives_the_same_network_and_another_seed_another(
    gates: str, candidates: int | str
) -> None:
    network = {"layers": [16, 12], "candidates": candidates, "gates": gates}
    training = {"epochs": 1, "tau": 1}
    digests = []
    for seed in (1, 1, 2):
        settings = config(network=network, training=training, seed=seed)
        digests.append(train(settings, show_progress=False).network.sha256)
    assert digests[0] == digests[1] != digests[2]


def test_loss_that_is_no_number_names_the_setting() -> None:
    settings = config(training={"epochs": 2, "tau": 1e-30, "learning_rate": 1e30})
    with pytest.raises(InputError) as error:
        train(settings, show_progress=False)
    assert str(error.value).startswith("training.learning_rate is 1e+30: the loss is no longer a")


def test_refinement_follows_training_and_is_logged(tmp_path: Path) -> None:
    search = {"sweeps": 2, "points": 2048}
    result = train(config(refinement=search), show_progress=False)
    write_result(tmp_path, result)
    lines = [json.loads(line) for line in (tmp_path / "refinement.jsonl").read_text().splitlines()]
    assert [line["sweep"] for line in lines] == [0, 1, 2]
    assert result.accuracy["validation_discretized"] == max(line["discretized"] for line in lines)
    assert result.accuracy["validation_discretized"] > result.history[-1].discretized
    assert result.accuracy["discretized"] != result.accuracy["discretized_before_refinement"]
    assert load_config(tmp_path / "config.toml") == config(refinement=search)


EARLY = {"connections": [0.1, 0.25], "gates": [0.1, 0.25]}


@pytest.mark.parametrize("sweeps", [0, 1])
def test_validation_part_is_trained_on_when_that_is_asked_for_alone(
    sweeps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained(all_points: bool, *, swapped: bool) -> str:
        training = {"epochs": 4, "batch": 64, "tau": 1, "all_points": all_points}
        settings = config(training=training, refinement={"sweeps": sweeps})
        dataset = load_dataset(settings)
        if swapped:
            labels = dataset.train_labels.copy()
            labels[-dataset.n_validation :] = 3 - labels[-dataset.n_validation :]
            dataset = replace(dataset, train_labels=labels)
        monkeypatch.setattr("train.loop.load_dataset", lambda config: dataset)
        return train(settings, show_progress=False).network.sha256

    assert trained(True, swapped=False) != trained(True, swapped=True)
    assert trained(True, swapped=False) != trained(False, swapped=False)
    if not sweeps:  # a search chooses by the validation part
        assert trained(False, swapped=False) == trained(False, swapped=True)


def test_early_stopping_keeps_the_best_epoch_after_annealing() -> None:
    training = {"epochs": 20, "batch": 64, "tau": 1, "patience": 2}
    result = train(config(training=training, annealing=EARLY), show_progress=False)
    hardened = result.history[4:]  # the fifth epoch ends at 0.25
    best = max(hardened, key=lambda metrics: metrics.discretized)
    assert result.accuracy["validation_discretized"] == best.discretized
    assert result.accuracy["validation_relaxed"] == best.relaxed
    assert len(result.history) == best.epoch + 2 < 20

    last = train(
        config(training=training | {"patience": None}, annealing=EARLY), show_progress=False
    )
    assert [m.discretized for m in last.history[: len(result.history)]] == [
        m.discretized for m in result.history
    ]
    assert last.accuracy["validation_discretized"] == last.history[-1].discretized


@pytest.mark.parametrize(
    ("training", "annealing", "sentence"),
    [
        (
            {"epochs": 20, "patience": 4, "tau": 1},
            {},
            "training.patience is 4, but of the 20 epochs only 1 follow the one in which annealing "
            "ends, at 0.95 of the training: end annealing earlier, lower training.patience or "
            "raise training.epochs",
        ),
        (
            {"epochs": 1, "batch": 1000, "tau": 1},
            {},
            "training.epochs is 1, which is 3 steps, too few to anneal the connections of layer 0 "
            "from 0.3 to 0.55 of the training: raise it, or lower training.batch",
        ),
    ],
)
def test_epochs_that_are_too_few_for_annealing_are_refused(
    training: dict[str, object], annealing: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError) as error:
        train(config(training=training, annealing=annealing), show_progress=False)
    assert str(error.value) == sentence


def test_estimators_without_annealing_may_stop_from_the_first_epoch_on() -> None:
    schedule = Schedule(Annealing(), 2)
    hard = {"connections": "straight-through", "gates": "gumbel"}
    assert first_hardened_epoch(config(), schedule) == 4
    assert first_hardened_epoch(config(estimator=hard), schedule) == 1
    check_windows(config(estimator=hard), schedule, steps=1)


def test_a_line_an_epoch_is_shown_and_no_bar_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = train(config())
    header, *lines = capsys.readouterr().err.splitlines()
    assert header.split() == [
        "epoch", "loss", "relaxed", "discretised", "gap", "unused", "gates", "samples/s",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4"]
    last = result.history[-1]
    assert lines[-1].split()[2:6] == [
        f"{last.relaxed:.2%}", f"{last.discretized:.2%}", f"{100 * last.gap:.2f}",
        str(last.unused_gates),
    ]  # fmt: skip
    train(config(), show_progress=False)
    assert capsys.readouterr().err == ""
