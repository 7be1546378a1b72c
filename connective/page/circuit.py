"""The network as the page itself computes it: integers in JSON, and what its inputs look like."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective.inspection import gate_names, image_side
from connective.network import Network
from connective.page.held_out import HeldOut
from connective.page.missing import Missing
from connective.page.regions import Plane, colour
from connective.table import Table

MOST_GATES, MOST_BITS = 8000, 8000
"""Of gates and of input bits: what is drawn while a pen moves; docs/report.md has the figures."""
MOST_SLIDERS = 256
EXAMPLES = 12
LOW_HALF = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Circuit:
    """What assets/network.js and circuit.js take, as JSON has it."""

    data: dict[str, Any]
    kind: str
    gates: int
    bits: int


def circuit(
    network: Network,
    class_names: tuple[str, ...],
    *,
    plane: Plane | None,
    table: Table | None,
    test: HeldOut | None,
    background: str | None,
) -> Circuit | Missing:
    """The network that was built, or why it is not shown.

    `background` is the picture of the regions of a network of a plane.
    """
    n_gates, n_bits = network.n_gates, network.n_inputs
    if n_gates > MOST_GATES or n_bits > MOST_BITS:
        return Missing(
            f"the network has {n_gates:,} gates and {n_bits:,} input bits: pages compute networks "
            f"of up to {MOST_GATES:,} of each"
        )
    kind = _kind(network, plane)
    features = network.encoder.features
    if kind == "sliders" and len(features) > MOST_SLIDERS:
        return Missing(
            f"the network has {len(features):,} features: pages have up to {MOST_SLIDERS} sliders"
        )
    view = {
        "kind": kind,
        "mirrors": plane.mirrors if plane else (),
        "background": background,
        "choices": _choices(table),
        "examples": _examples(test, class_names),
        "classNames": class_names,
        "colours": [colour(c) for c in range(network.n_classes)],
        "types": gate_names(network.k),
    }
    return Circuit(network_json(network) | {"view": view}, kind, n_gates, n_bits)


def network_json(network: Network) -> dict[str, Any]:
    """All that decides the network's answers, in integers that JavaScript holds exactly.

    Tables are in halves of 32 bits; the upper ones are there for more than five inputs.
    """
    encoder = network.encoder
    low, high = network.score_range if network.n_classes else (network.bias, network.bias)
    return {
        "features": [
            {"name": f.name, "low": f.low, "high": f.high, "scale": f.scale, "zero": f.zero}
            for f in encoder.features
        ],
        "rows": {
            "feature": encoder.feature.tolist(),
            "op": encoder.op.tolist(),
            "value": encoder.value.tolist(),
        },
        "k": network.k,
        "fanin": network.fanin.ravel().tolist(),
        "table": (network.table & LOW_HALF).tolist(),
        "tableHigh": (network.table >> np.uint64(32)).tolist() if network.k > 5 else [],
        "outputs": network.outputs.tolist(),
        "weights": network.weights.tolist(),
        "groups": network.groups.tolist(),
        "bias": network.bias.tolist(),
        "least": low.tolist(),
        "greatest": high.tolist(),
        "level": network.level.tolist(),
    }


def _kind(network: Network, plane: Plane | None) -> str:
    if image_side(network.encoder.features):
        return "image"
    return "plane" if plane else "sliders"


def _choices(table: Table | None) -> dict[int, list[str]]:
    """For features that are categories, by number, what each word stands for."""
    if table is None:
        return {}
    return {
        i: ["(other)", *(text or "(missing)" for text in column.categories)]
        for i, column in enumerate(table.columns)
        if column.kind == "category"
    }


def _examples(test: HeldOut | None, class_names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Test samples to begin with: the first of each class in turn, then the next."""
    if test is None:
        return []
    chosen: list[int] = []
    by_class = [np.flatnonzero(test.labels == c) for c in range(len(class_names))]
    for turn in range(EXAMPLES):
        chosen += [int(own[turn]) for own in by_class if turn < len(own)]
        if len(chosen) >= EXAMPLES:
            break
    return [
        {"class": class_names[test.labels[i]], "words": _words(test.samples[i])}
        for i in chosen[:EXAMPLES]
    ]


def _words(sample: NDArray[np.integer]) -> list[int]:
    return [int(word) for word in sample]
