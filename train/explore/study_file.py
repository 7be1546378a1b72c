"""STUDY.toml: what is searched, as validated, frozen values."""

import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from connective.errors import InputError
from connective.sentence import first_error
from train.config import TrainingConfig
from train.config_file import load_config, read_toml
from train.section import Section


class Parameter(Section):
    """Values of a setting: `choices`, or all from `low` to `high`, whole numbers if both are."""

    choices: tuple[Any, ...] | None = Field(default=None, min_length=1)
    """values of the setting, of which one is taken"""

    low: int | float | None = None
    """the least value"""

    high: int | float | None = None
    """the greatest value; whole numbers if both are"""

    log: bool = False
    """whether the logarithm is drawn uniformly"""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.choices is not None:
            fits = self.low is None and self.high is None and not self.log
        else:
            fits = self.low is not None and self.high is not None and self.low < self.high
        if not fits:
            raise PydanticCustomError(
                "parameter", "must have choices, or low and a greater high, and nothing else"
            )
        if self.log and self.low is not None and self.low <= 0:
            raise PydanticCustomError("parameter", "must have low above 0 where log is true")
        return self


class StudyConfig(Section):
    """A search by so many trials, each of which trains the base configuration with settings."""

    base: Path
    """the configuration that every trial begins with, relative to the study"""

    trials: int = Field(ge=1)
    """in all, by all workers; raise it to go on"""

    cost: Literal["gates", "lut4", "lut6"] = "gates"
    """of the simplified network: its gates, or its LUTs of 4 or 6 inputs as estimated (streams and
    FIFO not counted)"""

    storage: str | None = None
    """a database's URL, such as `"sqlite:///study.db"`, for many machines; left out, the file
    `STUDY.journal` beside the study"""

    space: dict[str, Parameter] = Field(min_length=1)
    """for each setting by its dotted name, such as `"training.tau"`, what it may be"""

    @property
    def known(self) -> dict[str, Any]:
        """The base configuration, defaults included, as JSON has it."""
        return self.trained({}).model_dump(mode="json")

    def trained(self, settings: dict[str, Any]) -> TrainingConfig:
        """The base with settings; `InputError` where they do not fit."""
        return load_config(self.base, [f"{key}={json.dumps(settings[key])}" for key in settings])


def load_study(path: Path) -> StudyConfig:
    """The study in a TOML file, whose `base` is relative to it; `InputError` if it is wrong."""
    try:
        study = StudyConfig.model_validate_json(json.dumps(read_toml(path), default=str))
    except ValidationError as error:
        raise InputError(f"{path}: {first_error(error)}") from None
    study = study.model_copy(update={"base": path.parent / study.base})
    known = study.known
    for name, parameter in study.space.items():
        section, _, key = name.partition(".")
        keys = known.get(section)
        if keys is None or (key not in keys if isinstance(keys, dict) else key):
            example = parameter.choices[0] if parameter.choices else parameter.low
            study.trained({name: example})  # its sentence knows what was meant
            raise InputError(f"{path}: space.{name} is no setting of {study.base}")
    return study
