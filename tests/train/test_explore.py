"""A study: its space, its workers, its front."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from connective.cli.explore import explore as explore_verb
from connective.errors import InputError
from connective.simplify import simplify
from train.config import TrainingConfig
from train.data import Dataset, load_dataset
from train.explore import search
from train.explore.search import Finding, explore
from train.explore.study_file import load_study
from train.loop import train

ROOT = Path(__file__).parents[2]
BASE = """
[data]
name = "yin-yang"
training_points = 1000
test_points = 100

[network]
layers = [20, 20]
candidates = 4

[training]
epochs = 4
tau = 1
"""
STUDY = """
base = "base.toml"
trials = 6

[space]
"network.layers" = { choices = [[20, 20], [40, 20], [20, 22]] }  # four classes do not divide 22
"training.tau" = { low = 0.5, high = 2.0, log = true }
"network.candidates" = { low = 3, high = 8 }
seed = { choices = [0, 1] }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text(BASE)
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def beats(a: Finding, b: Finding) -> bool:
    assert a.accuracy is not None and b.accuracy is not None
    assert a.cost is not None and b.cost is not None
    return a != b and a.accuracy >= b.accuracy and a.cost <= b.cost


def test_front_is_what_no_other_trial_beats_and_can_be_trained_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_test_set(config: TrainingConfig) -> Dataset:
        dataset = load_dataset(config)
        return replace(
            dataset, test_samples=dataset.test_samples[:0], test_labels=dataset.test_labels[:0]
        )

    study = load_study(path)
    study = study.model_copy(update={"trials": 12})
    reported: list[Finding] = []
    with monkeypatch.context() as patch:
        patch.setattr(search, "load_dataset", without_test_set)
        findings, front = explore(path, study, reported.append)
    assert findings == reported
    assert [finding.number for finding in findings] == list(range(12))
    for finding in findings:
        refused = finding.settings["network.layers"] == [20, 22]
        assert (finding.refusal is not None) == refused == (finding.accuracy is None)
        assert 0.5 <= finding.settings["training.tau"] <= 2
        assert finding.settings["network.candidates"] in range(3, 9)
    networks = [finding for finding in findings if finding.refusal is None]
    assert front == sorted(front, key=lambda finding: (finding.cost, finding.number))
    assert {finding.number for finding in front} == {
        a.number for a in networks
        if not any(beats(b, a) and not beats(a, b) for b in networks)
    }  # fmt: skip
    result = train(study.trained(front[-1].settings), show_progress=False)
    assert result.accuracy["validation_discretized"] == front[-1].accuracy
    assert simplify(result.network).network.n_gates == front[-1].cost


def test_workers_share_a_study_and_a_later_one_goes_on(path: Path) -> None:
    study = STUDY.replace(", [20, 22]", "")
    path.write_text(study.replace("trials = 6", "trials = 8"))
    command = [sys.executable, "-m", "connective", "explore", str(path), "--json"]
    workers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    for worker in workers:
        content = json.loads(worker.communicate()[0])
        assert worker.returncode == 0
        assert content["trials"] >= 8
    before, _ = explore(path, load_study(path))
    assert len(before) in (8, 9)  # each finishes the trial that it is at
    assert len({json.dumps(finding.settings) for finding in before}) == len(before)

    path.write_text(study.replace("trials = 6", "trials = 10"))
    run = CliRunner().invoke(explore_verb, [str(path)], catch_exceptions=False)
    assert "The front of 10 trials" in run.stdout
    after, front = explore(path, load_study(path))
    assert after[: len(before)] == before
    content = json.loads(path.with_suffix(".front.json").read_bytes())
    assert content == {
        "format": "connective.front",
        "version": 1,
        "base": str(path.with_name("base.toml")),
        "cost": "gates",
        "trials": 10,
        "refused": 0,
        "front": [asdict(finding) for finding in front],
    }


def test_a_database_holds_a_study_and_costs_may_be_luts(path: Path) -> None:
    url = f"sqlite:///{path.parent}/study.db"
    path.write_text(
        f'storage = "{url}"\ncost = "lut6"\n' + STUDY.replace("trials = 6", "trials = 2")
    )
    findings, _ = explore(path, load_study(path))
    assert len(findings) == 2
    assert explore(path, load_study(path))[0] == findings
    assert not path.with_suffix(".journal").exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("training.tau", "training.tua", "training.tua is not a known setting: did you mean"),
        ("seed =", '"sede" =', "sede is not a known setting: did you mean seed?"),
        ('"training.tau"', '"training"', "training is 0.5: must be an object"),
        ("low = 0.5", "low = 2.5", "space.training.tau: must have choices, or low and a greater"),
        ("low = 0.5, high = 2.0", "low = 0.5", "must have choices, or low and a greater high"),
        ("low = 0.5", "low = 0.0", "must have low above 0 where log is true"),
        ("low = 0.5", "lowest = 0.5", "space.training.tau.lowest: there is no such field"),
        ("trials = 6", "trials = 0", "trials: input should be greater than or equal to 1, not 0"),
        ("base.toml", "none.toml", "none.toml cannot be read: No such file"),
        ("trials = 6", 'trials = 6\nstorage = "sqlite:////nowhere/study.db"',
         "storage sqlite:////nowhere/study.db cannot be used ((sqlite3.OperationalError) unable"),
        ("trials = 6", 'trials = 6\nstorage = "nodb://me:secret@host/study"',
         "storage host/study cannot be used (Can't load plugin: sqlalchemy.dialects:nodb)"),
        ("trials = 6", "trials = ", "study.toml is not valid TOML"),
    ],
)  # fmt: skip
def test_bad_study_is_one_sentence(path: Path, old: str, new: str, sentence: str) -> None:
    path.write_text(STUDY.replace(old, new))
    with pytest.raises(InputError) as error:
        explore(path, load_study(path))
    assert sentence in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_storage_of_another_study_or_damaged_is_refused(path: Path) -> None:
    explore(path, load_study(path).model_copy(update={"trials": 1}))
    path.write_text(STUDY.replace("high = 2.0", "high = 3.0"))
    with pytest.raises(InputError, match="holds trials of another space, cost or base: give"):
        explore(path, load_study(path))
    path.with_suffix(".journal").write_text("something\nelse\n")
    with pytest.raises(InputError, match=r"study.journal cannot be used \(Expecting value"):
        explore(path, load_study(path))


def test_a_study_none_of_whose_trials_fits_says_why(path: Path) -> None:
    path.write_text(STUDY.replace("[[20, 20], [40, 20], [20, 22]]", "[[20, 22]]"))
    with pytest.raises(InputError, match="no trial gave a network; the last one: network.layers e"):
        CliRunner().invoke(explore_verb, [str(path)], catch_exceptions=False)
