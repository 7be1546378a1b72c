"""Pages of random networks, with whatever provenance and test set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective import Encoder, Network, canonicalize
from connective.page import HeldOut, Missing, report_page
from connective.report import gather
from hwgen.emit import export
from hwgen.request import Request

NOTHING = Missing("there is none")


def network_of(
    encoder: Encoder, *, seed: int, gates: int = 60, k: int = 2, classes: int = 3
) -> Network:
    """Two layers of random gates behind an encoder, summed with weights and biases."""
    rng = np.random.default_rng(seed)
    n, half = encoder.n_rows, gates // 2
    fanin = np.concatenate(
        [rng.integers(0, n, (half, k)), rng.integers(0, n + half, (gates - half, k))]
    )
    table = rng.integers(0, 2 ** (2**k) - 1, gates, dtype=np.uint64, endpoint=True)
    made: Any = canonicalize(fanin, table)
    outputs = np.sort(rng.integers(n, n + gates, 8 * classes))
    weights = rng.integers(-3, 4, len(outputs))
    groups = np.arange(classes + 1) * 8
    bias = rng.integers(-5, 6, classes)
    return Network(encoder, *made, outputs, weights, groups, bias)


def answered(network: Network, samples: NDArray[np.integer], *, wrong: int = 0) -> HeldOut:
    """Samples with the network's own answers as their classes, but for the first `wrong` ones."""
    labels = network.predict(samples)
    labels[:wrong] = (labels[:wrong] + 1) % network.n_classes
    names = tuple(f"class {c}" for c in range(network.n_classes))
    return HeldOut(samples, labels, names, "random words")


def make_page(
    folder: Path,
    network: Network,
    *,
    provenance: Mapping[str, Any] | None = None,
    test: HeldOut | Missing = NOTHING,
    run: Path | None = None,
) -> Path:
    """Export a network into a new folder, and write its page beside it."""
    folder.mkdir()
    export(network, folder, Request(combinational=True), provenance=provenance or {})
    page = folder.with_suffix(".html")
    page.write_bytes(report_page(folder, gather(folder), test, run))
    return page
