"""What a design costs by target and block: tables of whatever a result's JSON counts."""

from dataclasses import dataclass
from typing import Any

from connective.page.words import heading, labelled

AREAS = ("gate_equivalents", "area_um2", "cells", "luts")
"""By which of these columns the blocks are drawn: the first that counts anything."""
APART = ("kind", "target", "device", "title", "blocks")
NAMES = ("title", "device", "target")
ELSEWHERE = ("simulation", "proof")
"""Kinds of results that are no costs, and have a section of their own."""
LONG = 60  # letters of a text that does not stand among the facts


@dataclass(frozen=True)
class CostTable:
    """Counts of blocks, in rows, and of the whole, below the keys of the result's fields.

    name: of the target or device

    share: of each block in the column `drawn`, from 0 to 1; empty where there is none
    facts: what else the result says, by name; lists of objects as rows with the same keys
    notes: long texts of it, by name
    """

    name: str
    stage: str
    columns: tuple[str, ...]
    blocks: tuple[tuple[str, tuple[Any, ...]], ...]
    whole: tuple[Any, ...]
    drawn: str
    share: tuple[float, ...]
    facts: tuple[tuple[str, Any], ...]
    notes: tuple[tuple[str, str], ...]


def cost_tables(report: dict[str, Any]) -> list[CostTable]:
    """A table for each result in a report's JSON that is a cost, in whatever list it is.

    Columns are what the whole or a block counts, as far as anything is not zero; so fields and
    kinds of results that this page does not know are shown all the same.
    """
    lists = [value for value in report.values() if isinstance(value, list)]
    results = [each for items in lists for each in items if isinstance(each, dict)]
    return [_table(each) for each in results if each.get("kind", "proof") not in ELSEWHERE]


def _table(result: dict[str, Any]) -> CostTable:
    blocks = {name: _flat(block) for name, block in result.get("blocks", {}).items()}
    whole = _flat({key: value for key, value in result.items() if key not in APART})
    keys = dict.fromkeys(key for block in blocks.values() for key in block)
    columns = tuple(
        key
        for key in keys
        if any(
            isinstance(row.get(key), int | float) and row[key] for row in (whole, *blocks.values())
        )
    )
    drawn = next((key for key in AREAS if key in columns), "")
    rest = [
        (heading(key), value)
        for key, value in whole.items()
        if key not in keys and value not in (None, "", ()) and not key.endswith("_sha256")
    ]
    notes = [pair for pair in rest if isinstance(pair[1], str) and len(pair[1]) > LONG]
    total = sum(block.get(drawn) or 0 for block in blocks.values())
    return CostTable(
        name=next((str(result[key]) for key in NAMES if result.get(key)), ""),
        stage=str(result.get("kind", "")),
        columns=columns,
        blocks=tuple(
            (name, tuple(block.get(key) for key in columns)) for name, block in blocks.items()
        ),
        whole=tuple(whole.get(key) for key in columns),
        drawn=drawn,
        share=tuple((block.get(drawn) or 0) / total for block in blocks.values()) if total else (),
        facts=tuple(pair for pair in rest if pair not in notes),
        notes=tuple(notes),
    )


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested objects as one, their keys joined by blanks, and lists of plain values as one text.

    Lists of objects, and objects of objects alike, become rows below their keys.
    """
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if _objects(value):
            named = (
                [{"": name} | row for name, row in value.items()]
                if isinstance(value, dict)
                else value
            )
            flat[prefix + key] = _rows(named)
        elif isinstance(value, dict):
            flat |= _flat(value, "" if key == "others" else f"{prefix}{key} ")
        elif isinstance(value, list):
            flat[prefix + key] = ", ".join(map(str, value))
        else:
            flat[prefix + key] = value
    return flat


def _objects(value: Any) -> bool:
    """Whether a value holds objects and nothing else."""
    inside = list(value.values()) if isinstance(value, dict) else value
    return (
        isinstance(inside, list) and bool(inside) and all(isinstance(each, dict) for each in inside)
    )


def _rows(objects: list[dict[str, Any]]) -> tuple[tuple[Any, ...], ...]:
    """Keys, and the values of each object; objects within them as a text."""
    names = tuple(dict.fromkeys(name for each in objects for name in each))
    return (names, *(tuple(_cell(each.get(name)) for name in names) for each in objects))


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(labelled(key, inner) for key, inner in _flat(value).items())
    if isinstance(value, list):
        return "; ".join(str(_cell(each)) for each in value)
    return value
