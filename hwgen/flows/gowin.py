"""A netlist for Gowin devices whose paths nextpnr times, all of them.

nextpnr 0.11.1 ties the unused inputs of a LUT to a constant after placement, and then knows no time
at which these are ready: no path through such a LUT is timed, nor one into a register by the LUT
beside it, which is such a LUT if nothing is computed there. So here each LUT has four inputs, the
last of them several times, and each register has a LUT of its own before it, as on the chip.
"""

from collections import Counter
from typing import Any

LUTS = {f"LUT{n}": n for n in range(1, 5)}
PASS = "10" * 8  # the table of a LUT that gives its input


def time_all_paths(module: dict[str, Any]) -> None:
    """Change a module of Yosys's JSON netlist so; what it computes stays."""
    for cell in module["cells"].values():
        if cell["type"] in LUTS:
            _widen(cell, LUTS[cell["type"]])
    driver, readers = _connections(module)
    free = 1 + max(bit for bit in (*driver, *readers) if isinstance(bit, int))
    for name, cell in list(module["cells"].items()):
        if not cell["type"].startswith("DFF"):
            continue
        (bit,) = cell["connections"]["D"]
        if driver.get(bit) == "LUT4" and readers[bit] == 1:
            continue
        before = f"{name}$pass"
        module["cells"][before] = _pass(bit, free)
        module["netnames"][before] = {"hide_name": 0, "bits": [free], "attributes": {}}
        cell["connections"]["D"] = [free]
        free += 1


def _widen(cell: dict[str, Any], inputs: int) -> None:
    """Make a LUT one of four inputs, of which the last are the same."""
    table = cell["parameters"]["INIT"][-(1 << inputs) :]
    cell["type"] = "LUT4"
    cell["parameters"]["INIT"] = table * (16 >> inputs)
    for extra in range(inputs, 4):
        cell["connections"][f"I{extra}"] = cell["connections"][f"I{inputs - 1}"]
        cell["port_directions"][f"I{extra}"] = "input"


def _pass(bit: int | str, output: int) -> dict[str, Any]:
    inputs = [f"I{n}" for n in range(4)]
    return {
        "hide_name": 0,
        "type": "LUT4",
        "parameters": {"INIT": PASS},
        "attributes": {},
        "port_directions": {**dict.fromkeys(inputs, "input"), "F": "output"},
        "connections": {**{name: [bit] for name in inputs}, "F": [output]},
    }


def _connections(module: dict[str, Any]) -> tuple[dict[int | str, str], Counter[int | str]]:
    """The type of the cell that drives each net, and how many pins read it."""
    driver: dict[int | str, str] = {}
    readers: Counter[int | str] = Counter()
    for cell in module["cells"].values():
        for port, bits in cell["connections"].items():
            if cell["port_directions"][port] == "input":
                readers.update(bits)
            else:
                driver.update(dict.fromkeys(bits, cell["type"]))
    for port in module["ports"].values():
        if port["direction"] == "output":
            readers.update(port["bits"])
    return driver, readers
