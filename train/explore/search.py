"""Trials of a study, by any number of workers on one storage, and what they found."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from connective.errors import InputError
from connective.estimate import estimate_luts
from connective.simplify import simplify
from train.checkpoint import Checkpoint
from train.config import TrainingConfig
from train.data import load_dataset
from train.explore.study_file import Parameter, StudyConfig
from train.loop import learn, right_share

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
DEFINITION, REFUSAL = "definition", "refusal"


@dataclass(frozen=True)
class Finding:
    """A trial that ended: its settings, and what it gave, or the sentence that refused it.

    accuracy: the discretised network's on the validation part; cost: as the study counts it
    """

    number: int
    settings: dict[str, Any]
    accuracy: float | None = None
    cost: int | None = None
    refusal: str | None = None


def explore(
    path: Path, study: StudyConfig, report: Callable[[Finding], None] = lambda finding: None
) -> tuple[list[Finding], list[Finding]]:
    """Run trials until the study at `path` has as many as it asks for; all of them, and its front.

    The front are the trials that no other beats in accuracy and cost. Other workers may be at the
    same study, each finishing the trial that it is at. Settings that do not fit are a trial that is
    refused. Raises `InputError` where the storage cannot be used, or holds another study.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    record = _open(path, study)
    space = {name: _distribution(parameter) for name, parameter in study.space.items()}
    while len(record.get_trials(deepcopy=False, states=FINISHED)) < study.trials:
        trial = record.ask(space)
        try:
            config = study.trained(_settings(trial.params, study))
            record.tell(trial, _measure(config, study.cost))
        except InputError as error:
            trial.set_user_attr(REFUSAL, str(error))
            record.tell(trial, state=TrialState.PRUNED)
        except BaseException:
            record.tell(trial, state=TrialState.FAIL)
            raise
        report(_finding(record.trials[trial.number], study))
    findings = [_finding(trial, study) for trial in record.get_trials(states=FINISHED)]
    best = {trial.number for trial in record.best_trials}
    front = [finding for finding in findings if finding.number in best]
    return findings, sorted(front, key=lambda finding: (finding.cost, finding.number))


def _measure(config: TrainingConfig, cost: str) -> tuple[float, int]:
    """Validation accuracy of the discretised network, and what its simplified one costs."""
    dataset = load_dataset(config)
    kept_nowhere = Checkpoint(None, config, dataset)
    _, network, _ = learn(config, dataset, kept_nowhere, resume=False, shown=False)
    smaller = simplify(network).network
    accuracy = right_share(network, *dataset.validation)
    if cost == "gates":
        return accuracy, smaller.n_gates
    return accuracy, sum(estimate_luts(smaller, int(cost.removeprefix("lut"))).values())


def _open(path: Path, study: StudyConfig) -> optuna.Study:
    """The study in its storage, begun if it is not there."""
    definition = json.dumps([study.model_dump(mode="json", include={"cost", "space"}), study.known])
    journal = path.with_suffix(".journal")
    place = f"{journal}" if study.storage is None else study.storage.rpartition("@")[2]
    try:
        record = optuna.create_study(
            storage=_storage(study.storage, journal),
            study_name=path.stem,
            directions=["maximize", "minimize"],
            load_if_exists=True,
        )
        begun_with = record.user_attrs.get(DEFINITION)
        if begun_with is None:
            record.set_user_attr(DEFINITION, definition)
    except Exception as error:  # whatever a file, SQLAlchemy or a database's driver raises
        reason = str(error).splitlines()[0]
        raise InputError(
            f"{path}: storage {place} cannot be used ({reason}): name a database by its URL, or "
            "leave storage out for a file beside the study"
        ) from None
    if begun_with not in (None, definition):
        raise InputError(
            f"{path}: its storage {place} holds trials of another space, cost or base: give the "
            "study another name, or remove the storage"
        )
    return record


def _storage(url: str | None, journal: Path) -> BaseStorage:
    return JournalStorage(JournalFileBackend(str(journal))) if url is None else RDBStorage(url)


def _distribution(parameter: Parameter) -> BaseDistribution:
    match parameter:
        case Parameter(low=int() as low, high=int() as high):
            return IntDistribution(low, high, log=parameter.log)
        case Parameter(low=int() | float() as low, high=int() | float() as high):
            return FloatDistribution(low, high, log=parameter.log)
        case _:  # Optuna stores no lists
            return CategoricalDistribution([json.dumps(each) for each in parameter.choices or ()])


def _settings(trial: dict[str, Any], study: StudyConfig) -> dict[str, Any]:
    """A trial's parameters as values of the configuration."""
    return {
        name: json.loads(value) if study.space[name].choices else value
        for name, value in trial.items()
    }


def _finding(trial: FrozenTrial, study: StudyConfig) -> Finding:
    settings = _settings(trial.params, study)
    if trial.state == TrialState.COMPLETE:
        accuracy, cost = trial.values
        return Finding(trial.number, settings, accuracy, int(cost))
    return Finding(trial.number, settings, refusal=trial.user_attrs.get(REFUSAL))
