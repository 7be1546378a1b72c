"""How pages write numbers and the names of fields."""

from typing import Any

HEADINGS = {
    "luts": "LUTs",
    "registers": "FFs",
    "area_um2": "area, µm²",
    "gate_equivalents": "GE",
    "delay_ps": "delay of logic, ps",
    "sha256": "SHA-256",
}
UNITS = {"mhz": "MHz", "ns": "ns", "ps": "ps", "um2": "µm²", "mw": "mW", "uw": "µW", "nj": "nJ"}


def percent(share: float | None) -> str:
    return "not measured" if share is None else f"{100 * share:.2f} %"


def number(value: Any) -> str:
    """A value of JSON as people read it; text as it is."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"
    return str(value)


def heading(key: str) -> str:
    """A field's name as a heading, its unit behind a comma; the name of a cell as it is."""
    if key in HEADINGS:
        return HEADINGS[key]
    if key in UNITS or key != key.lower():
        return UNITS.get(key, key)
    name, _, unit = key.rpartition("_")
    return f"{name.replace('_', ' ')}, {UNITS[unit]}" if unit in UNITS else key.replace("_", " ")


def labelled(key: str, value: Any) -> str:
    """A value with its field's name before it and its unit behind it; a text says it itself."""
    if isinstance(value, str):
        return value
    name, _, unit = heading(key).partition(", ")
    return f"{name} {number(value)} {unit}".rstrip()


FILTERS = {"percent": percent, "number": number, "heading": heading}
