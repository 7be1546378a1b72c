import json
from pathlib import Path

import pytest

from benchmarks import accuracy, modes, runs
from benchmarks.runs import Case, results


def test_a_run_is_kept_and_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runs, "SEEDS", (0, 1))
    changes = ("training.epochs=1", "refinement.sweeps=0", "data.training_points=2000")
    first = results([Case("tiny", "tiny", changes)])
    assert len(first) == 1 and first[0][0] != first[0][1]

    files = list((tmp_path / runs.KEPT).iterdir())
    assert len(files) == 2
    for file in files:
        record = json.loads(file.read_text())
        record["result"]["seconds"] = 7.0
        file.write_text(json.dumps(record))
    assert [result.seconds for result in results([Case("tiny", "tiny", changes)])[0]] == [7.0, 7.0]


def test_every_case_is_a_valid_configuration_of_its_own() -> None:
    cases = [case for case, _, _ in accuracy.CASES] + modes.cases()
    configs = [case.config(0) for case in cases]
    assert len({case.name for case in cases}) == len(cases)
    assert len({config.model_dump_json() for config in configs}) == len(cases)
