"""A network as one standalone C99 file: its tables, then evaluator.c. docs/formats.md."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from connective._version import VERSION
from connective.encoder import OPS, Encoder
from connective.folder import write_atomic
from connective.network import Network
from connective.truth_table import widening

N_TESTS = 300  # more than a block of the evaluator, and no multiple of its words
MIN_K = 2  # the narrowest gates for which the evaluator has a kernel


def write_c99(path: Path, network: Network, provenance: Mapping[str, Any]) -> None:
    """Write a C file that answers as the network does, with vectors to check itself by.

    It exports `network_labels` and `network_scores`, or `network_bits` if the head is `bits`.
    """
    evaluator = resources.files("connective.formats").joinpath("evaluator.c").read_text()
    vectors = ["#ifdef NETWORK_SELF_TEST", *_vectors(network), "#endif\n\n"]
    text = "\n".join([_head(network, provenance), *_tables(network), *vectors]) + evaluator
    write_atomic(path, text.encode())


def _head(network: Network, provenance: Mapping[str, Any]) -> str:
    features = len(network.encoder.features)
    origin = json.dumps(dict(provenance), sort_keys=True).replace("/", r"\u002f")  # ends no comment
    return textwrap.dedent(f"""\
        /* Logic gate network {network.sha256},
         * written by Connective {VERSION}: C99 without dependencies.
         *
         * A sample is {features} words in the order of the network's features; samples follow one
         * another. Each thread needs a network_workspace, static or on the heap.
         * Compiled with -DNETWORK_SELF_TEST it is a program that checks itself.
         *
         * {origin}
         */
        #include <stddef.h>
        #include <stdint.h>
        #include <string.h>
        """)


def _tables(network: Network) -> Iterator[str]:
    encoder, k = network.encoder, max(network.k, MIN_K)
    magnitude = np.abs(network.weights)
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    greatest = int(np.bincount(owner, magnitude, 1).max()) if network.n_classes else 0
    for name, size in (
        ("FEATURES", len(encoder.features)),
        ("PLANES", encoder.payload_width),
        ("ROWS", encoder.n_rows),
        ("GATES", network.n_gates),
        ("NODES", network.n_nodes),
        ("K", k),
        ("OUTPUTS", len(network.outputs)),
        ("CLASSES", network.n_classes),
        ("SUM_BITS", max(greatest.bit_length(), 1)),
    ):
        yield f"#define NETWORK_{name} {size}"
    yield f"\ntypedef {_word_type(encoder)} network_word;\n"
    yield _array("uint32_t", "feature_plane", [*encoder.offsets, encoder.payload_width])
    yield from _rows(encoder)
    fanin = np.hstack([network.fanin, *[network.fanin[:, -1:]] * (k - network.k)])
    yield _array("uint32_t", "gate_fanin", fanin.ravel())
    yield _array("uint64_t", "gate_table", network.table * np.uint64(widening(network.k, k)))
    yield _array("uint32_t", "output_node", network.outputs)
    if network.n_classes:
        negative = network.weights < 0  # −w·x = w·(not x) − w
        constant = network.bias.copy()
        np.add.at(constant, owner, np.minimum(network.weights, 0))
        yield _array("uint32_t", "output_weight", magnitude)
        yield _array("unsigned char", "output_inverted", negative.astype(int))
        yield _array("uint32_t", "class_output", network.groups)
        yield _array("int32_t", "class_constant", constant)


def _rows(encoder: Encoder) -> Iterator[str]:
    """Rows as comparisons of a run of planes, a bit as a word of one plane that must be 1."""
    bit = encoder.op == OPS.index("bit")
    low = np.array([feature.low for feature in encoder.features])[encoder.feature]
    width = np.array([feature.width for feature in encoder.features])[encoder.feature]
    plane = encoder.offsets[encoder.feature]
    yield _array("uint32_t", "row_plane", np.where(bit, plane + encoder.value, plane))
    yield _array("uint32_t", "row_value", np.where(bit, 1, encoder.value - low))
    yield _array("unsigned char", "row_width", np.where(bit, 1, width))
    yield _array("unsigned char", "row_signed", ((low < 0) & ~bit).astype(int))
    yield _array("unsigned char", "row_equal", (encoder.op != OPS.index("ge")).astype(int))


def _word_type(encoder: Encoder) -> str:
    """The smallest integer that holds every feature's words."""
    low = min(feature.low for feature in encoder.features)
    high = max(feature.high for feature in encoder.features)
    for bits in (8, 16, 32):
        if low >= 0 and high < 1 << bits:
            return f"uint{bits}_t"
        if low >= -(1 << bits - 1) and high < 1 << bits - 1:
            return f"int{bits}_t"
    return "int64_t"


def _vectors(network: Network) -> Iterator[str]:
    samples = _samples(network.encoder)
    yield f"#define NETWORK_TESTS {len(samples)}"
    yield _array("network_word", "test_samples", samples.ravel())
    if network.head == "bits":
        yield _array("unsigned char", "test_bits", network.output_bits(samples).astype(int).ravel())
    else:
        yield _array("int32_t", "test_scores", network.scores(samples).ravel())
        yield _array("uint32_t", "test_labels", network.predict(samples))


def _samples(encoder: Encoder) -> NDArray[np.int64]:
    """Words over the features' whole ranges, and half of them at the values of the rows."""
    rng = np.random.default_rng(0)
    low = np.array([feature.low for feature in encoder.features])
    high = np.array([feature.high for feature in encoder.features])
    samples = rng.integers(low, high + 1, (N_TESTS, len(low)))
    row = rng.integers(0, encoder.n_rows, samples[::2].shape)
    feature = encoder.feature[row]
    near = encoder.value[row] - rng.integers(0, 2, row.shape)
    near = np.clip(near, low[feature], high[feature])
    np.put_along_axis(samples[::2], feature.astype(np.int64), near, axis=1)
    return samples


def _array(kind: str, name: str, values: ArrayLike) -> str:
    shown = hex if kind == "uint64_t" else str  # as decimals, great ones would be signed
    numbers = [shown(value) for value in np.asarray(values).tolist()] or ["0"]  # none is not C
    lines = [", ".join(numbers[i : i + 16]) for i in range(0, len(numbers), 16)]
    return f"static const {kind} {name}[] = {{\n" + ",\n".join(lines) + "\n};"
