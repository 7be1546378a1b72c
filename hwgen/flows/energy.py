"""What the cells of a Liberty file take when their pins toggle, and when nothing does."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from hwgen.flows.liberty_text import Group

TRANSITION = 50e-12
"""How long an edge takes at each input, in seconds: that of typical wires within a block."""

LOAD = "total_output_net_capacitance"
PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}
UNIT = re.compile(
    r"(?P<number>[\d.]+(?:[eE][-+]?\d+)?)? *(?P<prefix>[munpf]?)(?P<unit>[sVWF])", re.I
)

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Energies in J by the load in F."""


@dataclass(frozen=True)
class Pin:
    """A pin's capacitance in F, and what its cell takes inside when it toggles.

    `curves` are of rising and falling edges, and of what else the file tells apart, by supply.
    """

    is_input: bool
    capacitance: float
    curves: tuple[tuple[Curve, ...], ...]

    def internal(self, load: float) -> float:
        """J a toggle, half of them rising; the mean of all that is told apart."""
        return sum(
            float(np.mean([np.interp(load, *curve) for curve in supply])) for supply in self.curves
        )


@dataclass(frozen=True)
class Cell:
    """A cell's pins by name, and its leakage in W."""

    pins: dict[str, Pin]
    leakage: float


@dataclass(frozen=True)
class CellEnergies:
    """The voltage in V of a library, and its cells by name."""

    voltage: float
    cells: dict[str, Cell]


def read_energies(library: Group, kinds: Iterable[str]) -> CellEnergies:
    """The cells of these kinds; `InputError` names what the library lacks."""
    voltage = _voltage(library)
    groups = {group.names[0]: group for group in library.all("cell") if group.names}
    cells = {}
    for kind in sorted(kinds):
        if kind not in groups:
            raise InputError(f"it has no cell {kind}, of which the netlist consists")
        cells[kind] = _cell(library, groups[kind])
    return CellEnergies(voltage, cells)


def _voltage(library: Group) -> float:
    conditions = [group.numbers("voltage") for group in library.all("operating_conditions")]
    for found in (library.numbers("nom_voltage"), *conditions):
        if found:
            return found[0] * _unit(library, "voltage_unit", "1V")
    raise InputError("it says no nom_voltage, without which there is no energy")


def _unit(library: Group, attribute: str, default: str) -> float:
    """A unit of the library in SI; of capacitances it is `1, pf` instead of "1pf"."""
    text = library.word(attribute) or default
    match = UNIT.fullmatch(text)
    if match is None:
        raise InputError(f"its {attribute} is {text!r}, which is no unit known here")
    return float(match["number"] or 1) * PREFIXES[match["prefix"].lower()]


def _cell(library: Group, cell: Group) -> Cell:
    pins: dict[str, Pin] = {}
    for group in cell.all("pin"):
        curves = _curves(library, group)
        direction = group.word("direction") or ""
        default = library.numbers(f"default_{direction}_pin_cap") or [0.0]
        farad = _unit(library, "capacitive_load_unit", "1 pf")
        capacitance = (group.numbers("capacitance") or default)[0] * farad
        pins |= dict.fromkeys(group.names, Pin(direction == "input", capacitance, curves))
    return Cell(pins, _leakage(library, cell))


def _leakage(library: Group, cell: Group) -> float:
    states = [number for group in cell.all("leakage_power") for number in group.numbers("value")]
    found = (
        cell.numbers("cell_leakage_power")
        or ([sum(states) / len(states)] if states else [])
        or library.numbers("default_cell_leakage_power")
        or [0.0]
    )
    return found[0] * _unit(library, "leakage_power_unit", "1nW")


def _curves(library: Group, pin: Group) -> tuple[tuple[Curve, ...], ...]:
    """Of each supply the energies by load, in J."""
    supplies: dict[str, list[Curve]] = {}
    for group in pin.all("internal_power"):
        supply = supplies.setdefault(group.word("related_pg_pin") or "", [])
        supply.extend(
            _curve(library, table)
            for table in group.groups
            if table.kind in ("power", "rise_power", "fall_power")
        )
    return tuple(tuple(curves) for curves in supplies.values() if curves)


def _curve(library: Group, table: Group) -> Curve:
    """A table at `TRANSITION`, as energies by load."""
    farad = _unit(library, "capacitive_load_unit", "1 pf")
    joule = farad * _unit(library, "voltage_unit", "1V") ** 2
    seconds = _unit(library, "time_unit", "1ns")
    values = np.array(table.numbers("values")) * joule
    name = table.names[0] if table.names else "scalar"
    if name == "scalar":
        return np.zeros(1), values[:1]
    template = next((t for t in library.all("power_lut_template") if t.names == [name]), None)
    if template is None:
        raise InputError(f"it has no power_lut_template {name}")
    axes = [(template.word(f"variable_{n}"), f"index_{n}") for n in (1, 2, 3)]
    axes = [(variable, index) for variable, index in axes if variable]
    points = [np.array(table.numbers(i) or template.numbers(i)) for _, i in axes]
    shape = [len(point) for point in points]
    if not len(values) or len(values) != np.prod(shape):
        raise InputError(f"a table of {name} has {len(values)} values, not {shape}")
    grid = values.reshape(shape)
    for axis, (variable, _) in reversed(list(enumerate(axes))):
        if variable != LOAD:
            at = TRANSITION / seconds if variable == "input_transition_time" else 0.0
            grid = np.apply_along_axis(partial(_at, at, points[axis]), axis, grid)
    loads = [
        point * farad for point, (variable, _) in zip(points, axes, strict=True) if variable == LOAD
    ]
    return loads[0] if loads else np.zeros(1), np.atleast_1d(grid)


def _at(place: float, points: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    return float(np.interp(place, points, values))
