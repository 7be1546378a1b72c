"""Tables of the settings, from the classes that validate them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from train.config import TrainingConfig
from train.explore.study_file import Parameter, StudyConfig

BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
UNBOUNDED = 2**62  # what is only there to fit into a machine word says nothing to a reader
TAGS = ("name", "kind")
NAMES = {"integer": "whole number", "number": "number", "string": "text"}


def tables() -> dict[str, str]:
    """A Markdown table for each section of a configuration or study, by its name."""
    return {name: _table(section) for name, section in _sections()}


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """All sections; the kinds of one that has several are called `section.kind`."""
    yield "top", TrainingConfig
    for name, field in TrainingConfig.model_fields.items():
        for section in _models(field):
            tag = field.discriminator
            if tag is None:
                yield name, section
            elif set(section.model_fields) - {tag}:
                kind = get_args(section.model_fields[str(tag)].annotation)[0]
                yield f"{name}.{kind}", section
    yield "study", StudyConfig
    yield "study.space", Parameter


def _models(field: FieldInfo) -> list[type[BaseModel]]:
    found = [field.annotation, *get_args(field.annotation)]
    return [each for each in found if isinstance(each, type) and issubclass(each, BaseModel)]


def _table(section: type[BaseModel]) -> str:
    lines = ["| key | values | default | meaning |", "| --- | --- | --- | --- |"]
    schema = section.model_json_schema(mode="validation")
    for name, field in section.model_fields.items():
        if field.description is None:
            assert _models(field) or name in TAGS, f"{section.__name__}.{name} has no description"
            continue  # a section of its own, or what chooses this one
        cells = (
            f"`{name}`",
            _values(schema["properties"][name], schema.get("$defs", {})),
            _default(field),
            " ".join(field.description.split()),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "–"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return "left out"
    return f"`{json.dumps(value, ensure_ascii=False)}`"  # JSON's scalars and lists are TOML's


def _values(schema: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    """What a value may be, in words."""
    match schema:
        case {"anyOf": list(choices)}:
            kinds = [_values(each, models) for each in choices if each.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
        case {"enum": list(choices)}:
            return ", ".join(f'`"{choice}"`' for choice in choices)
        case {"const": str(only)}:
            return f'`"{only}"`'
        case {"format": "path"}:
            return "path"
        case {"type": "boolean"}:
            return "`true`, `false`"
        case {"type": "array", "prefixItems": list(items)}:
            return f"[{', '.join(_values(item, models) for item in items)}]"
        case {"type": "array"}:
            return f"list of {_plural(_values(schema['items'], models))}"
        case {"type": "object", "additionalProperties": dict(of)} if "$ref" in of:
            return "table, see below"
        case {"type": "object", "additionalProperties": dict(of)}:
            return f"table of {_values(of, models)}"
        case {"type": str(kind)}:
            limits = [
                f"{sign} {schema[bound]:g}"
                for bound, sign in BOUNDS.items()
                if abs(schema.get(bound, UNBOUNDED)) < UNBOUNDED
            ]
            return " ".join([NAMES[kind], ", ".join(limits)]).strip()
        case _:
            return "value"


def _plural(kind: str) -> str:
    first, *rest = kind.split(" or ")
    for name in (*NAMES.values(), "value"):
        if first.startswith(name):
            first = first.replace(name, f"{name}s", 1)
    return " or ".join([first, *rest])
