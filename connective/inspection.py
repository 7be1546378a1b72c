"""What a network is made of, in numbers: `connective inspect`."""

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Feature
from connective.estimate import estimate_luts
from connective.network import Network
from connective.simplify import simplify

HIGHEST = 10  # nodes of the most readers that are listed
SMALLEST_IMAGE = 64  # features; fewer that make a square are rarely pixels

# Of two inputs a and b, by truth table; a table of one input has the name of its canonical form.
_NAMES_OF_ONE = {0: "false", 1: "not", 2: "wire", 3: "true"}
_NAMES_OF_TWO = {
    0: "false",
    1: "nor",
    2: "a and not b",
    4: "b and not a",
    5: "not",
    6: "xor",
    7: "nand",
    8: "and",
    9: "xnor",
    10: "wire",
    11: "a or not b",
    13: "b or not a",
    14: "or",
    15: "true",
}


def gate_names(fanin: int) -> dict[int, str]:
    """What gates of so many inputs are called, by truth table; nothing for more than two."""
    return {1: _NAMES_OF_ONE, 2: _NAMES_OF_TWO}.get(fanin, {})


def inspect_network(network: Network) -> dict[str, Any]:
    """Sizes, gate types, fan-out and reads, and what simplification leaves, as JSON can hold it.

    `readers` counts for each node the gates and summands that read it; `reads` for each feature
    those that read its rows. `simplified` is for labels, or scores where the network gives them.
    """
    level = network.level[network.n_inputs :]
    tables, counts = np.unique(network.table, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    readers = _readers(network)
    highest = np.argsort(-readers, kind="stable")[:HIGHEST]
    result = simplify(network)
    return {
        "sha256": network.sha256,
        "features": len(network.encoder.features),
        "payload_width": network.encoder.payload_width,
        "inputs": network.n_inputs,
        "inputs_read": int((readers[: network.n_inputs] > 0).sum()),
        "gates": network.n_gates,
        "fanin": network.k,
        "levels": network.depth,
        "gates_by_level": np.bincount(level, minlength=network.depth + 1)[1:].tolist(),
        "tables": {str(t): int(n) for t, n in zip(tables[order], counts[order], strict=True)},
        "readers": {
            "mean": float(readers.mean()),
            "highest": [{"node": int(node), "readers": int(readers[node])} for node in highest],
        },
        "reads": feature_reads(network).tolist(),
        "classes": network.n_classes,
        "outputs_by_class": np.diff(network.groups).tolist(),
        "head": network.head,
        "simplified": {
            "keep": result.certificate.keep,
            "gates": result.network.n_gates,
            "levels": result.network.depth,
            "inputs": result.network.n_inputs,
            "summands": len(result.network.outputs),
            "fates": result.fates,
        },
        "estimated_luts": {f"lut{k}": estimate_luts(result.network, lut_inputs=k) for k in (4, 6)},
    }


def feature_reads(network: Network) -> NDArray[np.int64]:
    """Gates and summands that read rows of each feature, (features,)."""
    reads = np.zeros(len(network.encoder.features), dtype=np.int64)
    np.add.at(reads, network.encoder.feature, _readers(network)[: network.n_inputs])
    return reads


def image_side(features: Sequence[Feature]) -> int | None:
    """Pixels of a side, if the features make a square of grey pixels as those of an image do."""
    side = isqrt(len(features))
    square = side * side == len(features) >= SMALLEST_IMAGE
    return side if square and not any(feature.signed for feature in features) else None


def _readers(network: Network) -> NDArray[np.int64]:
    """Gates and summands that read each node, (nodes,)."""
    first = np.ones(network.fanin.shape, dtype=bool)
    first[:, 1:] = network.fanin[:, 1:] != network.fanin[:, :-1]  # the last one may be repeated
    read = network.fanin[first & ~network.constant[:, None]]
    return np.bincount(np.append(read, network.outputs), minlength=network.n_nodes)
