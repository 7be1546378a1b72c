"""`connective inspect`: what a network is made of."""

from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Group
from rich.text import Text

from connective.cli.terminal import AS_JSON, FILE, Example, emit, pairs
from connective.inspection import gate_names, image_side, inspect_network
from connective.network_file import read_network

SHADES = " ░▒▓█"
SHOWN_TABLES = 16


@click.command(cls=Example, epilog="connective inspect run/network.npz")
@click.argument("network", type=FILE)
@AS_JSON
def inspect(network: Path, as_json: bool) -> None:
    """Show what NETWORK is made of: sizes, gate types, reads, what simplifying leaves, LUTs.

    LUTs are estimates for the simplified network with a register after each level; synth counts.
    """
    loaded, _ = read_network(network)
    result = inspect_network(loaded)
    emit(as_json, result, _table(result, image_side(loaded.encoder.features)))


def _table(result: dict[str, Any], side: int | None) -> Group:
    simplified, readers = result["simplified"], result["readers"]
    highest = ", ".join(f"{node['node']}: {node['readers']}" for node in readers["highest"])
    rows = [
        ("features", f"{result['features']} in {result['payload_width']} bits"),
        ("input bits", f"{result['inputs']}, of which {result['inputs_read']} are read"),
        ("gates", f"{result['gates']} of {result['fanin']} inputs"),
        ("gates by level", ", ".join(map(str, result["gates_by_level"]))),
        ("gates by type", _types(result["tables"], result["fanin"])),
        ("readers", f"{readers['mean']:.1f} a node on average; most, by node: {highest}"),
        ("classes", str(result["classes"])),
        ("outputs by class", ", ".join(map(str, result["outputs_by_class"]))),
        ("head", result["head"]),
        ("simplified", _sizes(simplified)),
        ("what becomes of gates", _shares(simplified["fates"], result["gates"])),
        *((f"{k} LUTs, estimated", _blocks(b)) for k, b in result["estimated_luts"].items()),
    ]
    table = pairs(f"Network {result['sha256'][:12]}", rows)
    if side is None:
        return table
    return Group(table, "Reads of each feature:", _image(result["reads"], side))


def _types(tables: dict[str, int], fanin: int) -> str:
    shown = list(tables.items())[:SHOWN_TABLES]
    known = gate_names(fanin)
    names = [(known.get(int(t), f"{int(t):#x}"), n) for t, n in shown]
    rest = len(tables) - len(shown)
    return ", ".join(f"{name}: {n}" for name, n in names) + f", {rest} more" * (rest > 0)


def _sizes(simplified: dict[str, Any]) -> str:
    keep = "labels" if simplified["keep"] == "label" else "scores"
    sizes = [f"{simplified[name]} {name}" for name in ("gates", "levels", "inputs", "summands")]
    return f"{', '.join(sizes)}; the same {keep}"


def _shares(fates: dict[str, int], gates: int) -> str:
    return ", ".join(f"{fate} {100 * n / gates:.1f} %" for fate, n in fates.items() if n)


def _blocks(luts: dict[str, int]) -> str:
    blocks = ", ".join(f"{name} {n}" for name, n in luts.items())
    return f"{sum(luts.values())} ({blocks}; streams not counted)"


def _image(reads: list[int], side: int) -> Text:
    """The reads as a picture."""
    pixels = np.reshape(reads, (side, side))
    shade = np.ceil(pixels / max(pixels.max(), 1) * (len(SHADES) - 1)).astype(int)
    return Text("\n".join("".join(2 * SHADES[s] for s in row) for row in shade))
