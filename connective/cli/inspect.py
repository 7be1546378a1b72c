"""`connective inspect`: what a network is made of."""

from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Group

from connective.cli.terminal import AS_JSON, FILE, Example, emit, pairs
from connective.network_file import read_network


@click.command(cls=Example, epilog="connective inspect run/network.npz")
@click.argument("network", type=FILE)
@AS_JSON
def inspect(network: Path, as_json: bool) -> None:
    """Show the sizes of NETWORK: inputs, gates by level and truth table, classes."""
    loaded, _ = read_network(network)
    level = loaded.level[loaded.n_inputs :]
    values, counts = np.unique(loaded.table, return_counts=True)
    result = {
        "sha256": loaded.sha256,
        "features": len(loaded.encoder.features),
        "payload_width": loaded.encoder.payload_width,
        "inputs": loaded.n_inputs,
        "inputs_read": len(np.unique(loaded.fanin[loaded.fanin < loaded.n_inputs])),
        "gates": loaded.n_gates,
        "fanin": loaded.k,
        "levels": loaded.depth,
        "gates_by_level": np.bincount(level, minlength=loaded.depth + 1)[1:].tolist(),
        "tables": {str(t): int(n) for t, n in zip(values, counts, strict=True)},
        "classes": loaded.n_classes,
        "outputs_by_class": np.diff(loaded.groups).tolist(),
        "head": loaded.head,
    }
    emit(as_json, result, _table(result))


def _table(result: dict[str, Any]) -> Group:
    """Sizes of a network."""
    rows = [
        ("features", f"{result['features']} in {result['payload_width']} bits"),
        ("input bits", f"{result['inputs']}, of which gates read {result['inputs_read']}"),
        ("gates", f"{result['gates']} of {result['fanin']} inputs"),
        ("gates by level", ", ".join(map(str, result["gates_by_level"]))),
        ("gates by truth table", ", ".join(f"{t}: {n}" for t, n in result["tables"].items())),
        ("classes", str(result["classes"])),
        ("outputs by class", ", ".join(map(str, result["outputs_by_class"]))),
        ("head", result["head"]),
    ]
    return pairs(f"Network {result['sha256'][:12]}", rows)
