"""FPGAs that a synthesised design can be placed and routed on, by nextpnr."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from connective.errors import InputError


@dataclass(frozen=True)
class Device:
    """An FPGA in a package.

    Members
    -------
    target: the target of synthesis whose cells it has
    title: what its maker calls it
    arguments: nextpnr's, for the device
    asked: a clock in MHz that is out of reach, so that all paths are made as short as they can be
    pins: places of the harness's pins, where nextpnr wants to be told
    """

    target: str
    title: str
    arguments: tuple[str, ...]
    asked: float
    pins: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Router:
    """How the devices of a target are filled.

    Members
    -------
    family: which nextpnr it is
    harness: Yosys's script for the harness
    places: kinds of places on the device; of which the harness takes one a register, or one a LUT
    """

    family: str
    harness: str
    places: Mapping[str, Literal["register", "lut"]]


ROUTERS = {
    "ice40": Router("ice40", "synth_ice40", {"ICESTORM_LC": "register"}),
    "ecp5": Router("ecp5", "synth_ecp5", {"TRELLIS_COMB": "lut", "TRELLIS_FF": "register"}),
    # a register's input comes by the LUT beside it, whether or not this computes anything
    "gowin": Router("himbaechel-gowin", "synth_gowin", {"LUT4": "register", "DFF": "register"}),
}

DEVICES = {
    "hx8k": Device(
        "ice40",
        "iCE40 HX8K-CT256",
        ("--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"),
        400,
    ),
    "up5k": Device(
        "ice40",
        "iCE40 UP5K-SG48",
        ("--up5k", "--package", "sg48", "--pcf-allow-unconstrained"),
        200,
    ),
    "lfe5u-25f": Device(
        "ecp5",
        "ECP5 LFE5U-25F-6BG256",
        ("--25k", "--package", "CABGA256", "--speed", "6", "--lpf-allow-unconstrained"),
        500,
    ),
    "lfe5u-85f": Device(
        "ecp5",
        "ECP5 LFE5U-85F-6BG381",
        ("--85k", "--package", "CABGA381", "--speed", "6", "--lpf-allow-unconstrained"),
        500,
    ),
    "gw1nr-9c": Device(
        "gowin",
        "Gowin GW1NR-LV9QN88PC6/I5",
        ("--device", "GW1NR-LV9QN88PC6/I5", "--vopt", "family=GW1N-9C"),
        400,
        {"clk": "52", "si": "25", "so": "26"},
    ),
    "gw2a-18c": Device(
        "gowin",
        "Gowin GW2A-LV18PG256C8/I7",
        ("--device", "GW2A-LV18PG256C8/I7", "--vopt", "family=GW2A-18C"),
        600,
        {"clk": "H11", "si": "L14", "so": "L16"},
    ),
}
"""By name; the first of a target is taken where none is named."""


def device_for(target: str, name: str | None) -> tuple[str, Device]:
    """The device of this name, or the target's first; `InputError` where there is none."""
    own = [each for each, device in DEVICES.items() if device.target == target]
    if not own:
        placed = ", ".join(ROUTERS)
        raise InputError(f"target {target} cannot be placed and routed: choose one of {placed}")
    if name is not None and name not in own:
        raise InputError(f"device {name!r} is not of target {target}: choose {' or '.join(own)}")
    chosen = name or own[0]
    return chosen, DEVICES[chosen]
