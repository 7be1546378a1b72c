"""Configurations as TOML files: reading them, a sentence for each mistake, and writing them."""

import json
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import tomli_w
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from connective.errors import InputError
from train.config import TrainingConfig

Table = dict[str, object]


def load_config(path: Path, overrides: Sequence[str] = ()) -> TrainingConfig:
    """The configuration in a TOML file, after `overrides` of the form "section.key=value".

    A relative path in it is taken from the file's folder. Raises `InputError`.
    """
    values = read_toml(path)
    for override in overrides:
        _override(values, override)
    source = f"{path} (with {', '.join(f'--set {each}' for each in overrides)})"
    config = parse_config(values, source if overrides else str(path))
    places = {
        name: (path.parent / place).resolve()
        for name, place in config.data
        if isinstance(place, Path)
    }
    return config.model_copy(update={"data": config.data.model_copy(update=places)})


def read_toml(path: Path) -> Table:
    """The values in a TOML file; `InputError` where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {_reason(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error


def parse_config(values: Table, source: Path | str) -> TrainingConfig:
    """The configuration in a TOML file's values; `source` is the file's name in errors."""
    try:
        # through JSON, where arrays may be tuples and whole numbers floats, but nothing else is
        # converted
        return TrainingConfig.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        raise InputError(f"{source}: {_sentence(error.errors()[0], values)}") from error


def config_toml(config: TrainingConfig) -> str:
    """The configuration as TOML, defaults included."""
    return tomli_w.dumps(config.model_dump(mode="json", exclude_none=True))


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _override(values: Table, override: str) -> None:
    """Set one value in place; what is not TOML is taken as a string."""
    name, equals, text = override.partition("=")
    *sections, key = name.strip().split(".")
    if not equals or not key:
        raise InputError(f'--set {override}: write it as section.key=value, e.g. "training.tau=1"')
    table = values
    for section in sections:
        inner = table.setdefault(section, {})
        if not isinstance(inner, dict):
            raise InputError(f"--set {override}: {section} is a value, not a section")
        table = inner
    try:
        table[key] = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        table[key] = text.strip()


def _sentence(error: ErrorDetails, values: Table) -> str:
    field, value = _locate(error["loc"], values)
    match error["type"]:
        case "missing":
            return f"{field} is missing: add it"
        case "union_tag_not_found":
            return f"{field}.{_tag(error)} is missing: add it"
        case "union_tag_invalid":
            tag, tags = error["ctx"]["tag"], error["ctx"]["expected_tags"]
            return f"{field}.{_tag(error)} is {tag!r}: must be one of {tags}"
        case "extra_forbidden":
            return f"{field} is not a known setting{_suggestion(error['loc'])}"
        case "too_short":
            return f"{field} is {value!r}: must not be empty"
        case "layers" | "candidates" | "windows" if "." not in field:
            return error["msg"]
        case "fractions" | "patience":
            return error["msg"]
        case _:
            message = error["msg"].replace("Input should be", "must be")
            return f"{field} is {value!r}: {message}"


def _locate(location: tuple[str | int, ...], values: object) -> tuple[str, object]:
    """Name and value of the field at a location, in which pydantic also names a union's branch."""
    field = ""
    for i, step in enumerate(location):
        if isinstance(step, int) and isinstance(values, list):
            field, values = f"{field}[{step}]", values[step]
        elif isinstance(values, dict) and (step in values or i == len(location) - 1):
            field, values = f"{field}.{step}".lstrip("."), values.get(step)
    return field, values


def _tag(error: ErrorDetails) -> str:
    return str(error["ctx"]["discriminator"]).strip("'")


def _suggestion(location: tuple[str | int, ...]) -> str:
    """What to write instead of an unknown key at [section, [kind of section,]] key."""
    *path, key = map(str, location)
    schema = TrainingConfig.model_json_schema()
    known = schema
    if path:
        entry = schema["properties"][path[0]]
        kinds = entry.get("discriminator", {}).get("mapping", {})
        reference = kinds[path[1]] if kinds else entry["$ref"]
        known = schema["$defs"][reference.rpartition("/")[2]]
    prefix = f"{path[0]}." if path else ""
    if close := get_close_matches(key, known["properties"], n=1):
        return f": did you mean {prefix}{close[0]}?"
    return f": remove it, or use one of {', '.join(known['properties'])}"
