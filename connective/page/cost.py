"""What a design costs by target and block: tables of whatever a result's JSON counts."""

from dataclasses import dataclass
from typing import Any

from connective.page.words import heading

AREAS = ("gate_equivalents", "area_um2", "cells", "luts")
"""By which of these columns the blocks are drawn: the first that counts anything."""
APART = ("kind", "target", "blocks")
LONG = 60  # letters of a text that does not stand among the facts


@dataclass(frozen=True)
class CostTable:
    """Counts of blocks, in rows, and of the whole, below the keys of the result's fields.

    share: of each block in the column `drawn`, from 0 to 1; empty where there is none
    facts: what else the result says, by name; lists of objects as rows with the same keys
    notes: long texts of it, by name
    """

    target: str
    stage: str
    columns: tuple[str, ...]
    blocks: tuple[tuple[str, tuple[Any, ...]], ...]
    whole: tuple[Any, ...]
    drawn: str
    share: tuple[float, ...]
    facts: tuple[tuple[str, Any], ...]
    notes: tuple[tuple[str, str], ...]


def cost_tables(report: dict[str, Any]) -> list[CostTable]:
    """A table for each result in a report's JSON that is for a target, in whatever list it is.

    Columns are what the whole or a block counts, as far as anything is not zero; so fields and
    kinds of results that this page does not know are shown all the same.
    """
    lists = [value for value in report.values() if isinstance(value, list)]
    results = [each for items in lists for each in items if isinstance(each, dict)]
    return [_table(result) for result in results if "target" in result]


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
        if key not in keys and value not in (None, "", ())
    ]
    notes = [pair for pair in rest if isinstance(pair[1], str) and len(pair[1]) > LONG]
    total = sum(block.get(drawn) or 0 for block in blocks.values())
    return CostTable(
        target=str(result["target"]),
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
    """Nested objects as one, their keys joined by blanks, and other lists as one text."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, "" if key == "others" else f"{prefix}{key} ")
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            rows = [_flat(each) for each in value]
            names = tuple(dict.fromkeys(name for row in rows for name in row))
            flat[prefix + key] = (names, *(tuple(row.get(name) for name in names) for row in rows))
        elif isinstance(value, list):
            flat[prefix + key] = ", ".join(map(str, value))
        else:
            flat[prefix + key] = value
    return flat
