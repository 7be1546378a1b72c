import json
from collections import deque
from pathlib import Path

import pytest

from benchmarks import modes, runs
from benchmarks.frontier.plan import CASES, OWN_SEEDS
from benchmarks.runs import (
    Case,
    kept,
    kept_network,
    next_run,
    path_of,
    results,
    train_kept,
    train_missing,
)
from tests.train.interruption import Killed, config, count_saves
from train.loop import train

PLAIN = config(refinement={"sweeps": 0})
STEPS = 72  # of it


def test_a_run_is_kept_and_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runs, "SEEDS", (0, 1))
    changes = ("training.epochs=1", "refinement.sweeps=0", "data.training_points=2000")
    first = results([Case("tiny", "tiny", changes)])
    assert len(first) == 1 and first[0][0] != first[0][1]

    files = list((tmp_path / runs.RUNS).glob("*.json"))
    assert len(files) == 2
    for file in files:
        record = json.loads(file.read_text())
        record["result"]["seconds"] = 7.0
        file.write_text(json.dumps(record))
    assert [result.seconds for result in results([Case("tiny", "tiny", changes)])[0]] == [7.0, 7.0]

    config = Case("tiny", "tiny", changes).config(0)
    file = path_of(config, "json")
    record = json.loads(file.read_text())
    assert record["config"]["network"].pop("draw") == "random"
    file.write_text(json.dumps(record))
    assert kept(config), "a setting that the record lacks has its default"
    record["config"]["network"]["draw"] = "coverage"
    file.write_text(json.dumps(record))
    assert kept(config) is None, "the default was another when it was made"


def test_a_run_that_was_killed_goes_on_to_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = train(PLAIN, show_progress=False)
    saves_left = count_saves(monkeypatch)
    saves_left.append(31)  # one before each step
    with pytest.raises(Killed):
        train_kept(PLAIN, "cpu")
    assert kept(PLAIN) is None
    assert path_of(PLAIN, "checkpoint").exists()

    saves_left[0] = STEPS
    train_kept(PLAIN, "cpu")
    assert saves_left == [30], "it began anew"
    result, network = kept(PLAIN), kept_network(PLAIN)
    assert result and result.accuracy == whole.accuracy
    assert network and (network.table == whole.network.table).all()
    assert not path_of(PLAIN, "checkpoint").exists()


def test_runs_are_given_out_once_and_large_ones_wait_for_a_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    small, other, large = (config(refinement={"sweeps": 0}, seed=seed) for seed in range(3))
    train_kept(small, "cpu")
    assert list(train_missing([small], [large])) == []
    assert list(train_missing([small, other], [large])) == [path_of(other, "json")]
    assert kept(large) is None


def test_a_gpu_takes_what_is_large_and_then_the_last() -> None:
    a, b, c, d = (config(seed=seed) for seed in range(4))
    waiting, large = deque([a, b, c]), deque([d])
    devices = ("cpu", "cuda", "cuda", "cpu", "cpu", "cuda")
    taken = [next_run(device, waiting, large) for device in devices]
    assert taken == [a, d, c, b, None, None]
    assert next_run("cpu", deque(), deque([d])) is None


def test_every_case_is_a_valid_configuration_of_its_own() -> None:
    frontier = [case for cases in CASES.values() for case in cases]
    assert set(OWN_SEEDS) <= {case.name for case in frontier}
    cases = frontier + modes.cases()
    configs = [case.config(0) for case in cases]
    assert len({case.name for case in cases}) == len(cases)
    assert len({config.model_dump_json() for config in configs}) == len(cases)
