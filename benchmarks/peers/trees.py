"""Boosted trees of small integers, quantised as TreeLUT does (arXiv 2501.01511).

Each tree's leaves lose their least value, so that none is negative; those least values make a bias
for each class, of which the least is left out. One scale turns all into integers.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Split:
    """Goes to `low` where the word of a feature is below the threshold, else to `high`."""

    feature: int
    threshold: int
    low: "Node"
    high: "Node"


Node = Split | float
"""A split, or a leaf's value: a whole number once it is quantised."""


@dataclass(frozen=True)
class Trees:
    """Tree i adds to class i mod classes, which starts at its bias; the first best class wins."""

    trees: tuple[Node, ...]
    bias: tuple[float, ...]

    def scores(self, samples: NDArray[np.integer]) -> NDArray[np.float64]:
        """Sums (samples, classes) of words (samples, features); whole numbers where leaves are."""
        scores = np.tile(np.array(self.bias, dtype=np.float64), (len(samples), 1))
        columns = np.ascontiguousarray(samples.T)
        for i, tree in enumerate(self.trees):
            scores[:, i % len(self.bias)] += _values(tree, columns)
        return scores

    def predict(self, samples: NDArray[np.integer]) -> NDArray[np.int64]:
        labels: NDArray[np.int64] = self.scores(samples).argmax(axis=1)
        return labels

    def quantized(self, bits: int) -> "Trees":
        """The same with leaves from 0 to 2^bits - 1 and biases that are whole numbers."""
        least = np.array([min(leaves(tree)) for tree in self.trees])
        span = max(max(leaves(tree)) - low for tree, low in zip(self.trees, least, strict=True))
        scale = (2**bits - 1) / span
        bias = np.array(self.bias) + least.reshape(-1, len(self.bias)).sum(axis=0)
        whole = np.rint((bias - bias.min()) * scale).astype(int)
        trees = (_scaled(tree, low, scale) for tree, low in zip(self.trees, least, strict=True))
        return Trees(tuple(trees), tuple(whole.tolist()))


def read_xgboost(dump: Sequence[str], classes: int, *, shift: int) -> Trees:
    """The trees of XGBoost's JSON dump, trained on words that had lost `shift` low bits."""
    trees = (_read(json.loads(text), shift) for text in dump)
    return Trees(tuple(trees), (0.0,) * classes)


def leaves(node: Node) -> Iterator[float]:
    if isinstance(node, Split):
        yield from leaves(node.low)
        yield from leaves(node.high)
    else:
        yield node


def splits(node: Node) -> Iterator[Split]:
    if isinstance(node, Split):
        yield node
        yield from splits(node.low)
        yield from splits(node.high)


def _read(node: dict[str, object], shift: int) -> Node:
    if "leaf" in node:
        return float(str(node["leaf"]))
    children = node["children"]
    assert isinstance(children, list)
    by_id = {child["nodeid"]: child for child in children}
    threshold = math.ceil(float(str(node["split_condition"])))  # words are whole numbers
    low, high = (_read(by_id[node[branch]], shift) for branch in ("yes", "no"))
    return Split(int(str(node["split"]).removeprefix("f")), threshold << shift, low, high)


def _scaled(node: Node, least: float, scale: float) -> Node:
    if isinstance(node, Split):
        low, high = (_scaled(child, least, scale) for child in (node.low, node.high))
        return low if low == high else Split(node.feature, node.threshold, low, high)
    return round((node - least) * scale)


def _values(node: Node, columns: NDArray[np.integer]) -> NDArray[np.float64]:
    """The leaf values (samples,) of words (features, samples)."""
    if not isinstance(node, Split):
        return np.full(columns.shape[1], float(node))
    low, high = _values(node.low, columns), _values(node.high, columns)
    return np.where(columns[node.feature] < node.threshold, low, high)
