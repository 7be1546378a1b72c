"""Random networks of every legal shape, and an evaluator that shares no code with the package."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from connective import Encoder, Feature, Network, canonicalize


def random_encoder(rng: np.random.Generator, n_rows: int) -> Encoder:
    """Rows of all three kinds over a few features, some signed."""
    features = tuple(
        Feature(f"f{i}", int(rng.integers(1, 9)), signed=bool(rng.integers(2)))
        for i in range(int(rng.integers(1, 5)))
    )
    feature = rng.integers(0, len(features), n_rows)
    op = rng.integers(0, 3, n_rows)
    value = [
        rng.integers(features[f].width)
        if o == 2
        else rng.integers(features[f].low, features[f].high + 1)
        for f, o in zip(feature, op, strict=True)
    ]
    return Encoder(features, feature, op, np.array(value))


def random_network(
    rng: np.random.Generator,
    *,
    layers: Sequence[int],
    n_inputs: int = 8,
    k: int = 2,
    classes: int = 3,
    head: str = "class",
    skips: bool = False,
    weighted: bool = False,
) -> Network:
    """Layers of random gates; with `skips` a gate may read any earlier layer, and outputs any node.

    `weighted` gives unequal groups, signed weights and biases.
    """
    encoder = random_encoder(rng, n_inputs)
    fanin, starts = [], [0, n_inputs]
    for width in layers:
        first = 0 if skips else starts[-2]
        fanin.append(rng.integers(first, starts[-1], (width, k)))
        starts.append(starts[-1] + width)
    table = rng.integers(0, 2 ** (2**k), sum(layers), dtype=np.uint64, endpoint=False)
    gates = np.concatenate(fanin) if fanin else np.empty((0, k), dtype=np.int64)
    if skips or weighted:
        outputs = rng.integers(0, starts[-1], int(rng.integers(1, 4 * classes)))
    else:
        outputs = np.arange(starts[-2], starts[-1])
    weights = np.ones(len(outputs), dtype=np.int64)
    cuts = np.linspace(0, len(outputs), classes + 1).astype(np.int64)
    bias = np.zeros(classes, dtype=np.int64)
    if weighted:
        weights = rng.integers(-3, 4, len(outputs))
        cuts[1:-1] = np.sort(rng.integers(0, len(outputs) + 1, classes - 1))
        bias = rng.integers(-5, 6, classes)
    if head == "bits":
        weights, cuts, bias = np.ones_like(weights), cuts[:1], bias[:0]
    made: Any = canonicalize(gates, table)
    return Network(encoder, *made, outputs, weights, cuts, bias, head=head)


@st.composite
def networks(draw: st.DrawFn, *, max_gates: int = 40, heads: Sequence[str] = ("class",)) -> Network:
    """Networks of 0 to 4 layers with k of 1 to 4, with and without skips, weights and biases."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = st.integers(1, max(1, max_gates // 4))
    return random_network(
        rng,
        layers=draw(st.lists(width, min_size=0, max_size=4)),
        n_inputs=draw(st.integers(1, 12)),
        k=draw(st.integers(1, 4)),
        classes=draw(st.integers(1, 5)),
        head=draw(st.sampled_from(list(heads))),
        skips=draw(st.booleans()),
        weighted=draw(st.booleans()),
    )


def random_samples(rng: np.random.Generator, network: Network, n: int) -> NDArray[np.int64]:
    """Words (n, features) over each feature's whole range."""
    features = network.encoder.features
    low, high = [f.low for f in features], [f.high + 1 for f in features]
    return rng.integers(low, high, (n, len(features)))


def plain_scores(network: Network, sample: Sequence[int]) -> list[int]:
    """The oracle: scores of one sample by the definition, bit by bit in plain Python."""
    encoder, nodes = network.encoder, []
    for feature, op, value in zip(encoder.feature, encoder.op, encoder.value, strict=True):
        word = int(sample[feature])
        shifted = word >> int(value) & 1 if op == 2 else 0
        nodes.append(int((word >= value, word == value, shifted)[op]))
    for fanin, table in zip(network.fanin, network.table, strict=True):
        minterm = sum(nodes[node] << j for j, node in enumerate(fanin))
        nodes.append(int(table) >> minterm & 1)
    scores = [int(b) for b in network.bias]
    for c in range(network.n_classes):
        for o in range(network.groups[c], network.groups[c + 1]):
            scores[c] += int(network.weights[o]) * nodes[network.outputs[o]]
    return scores
