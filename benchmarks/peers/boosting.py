"""XGBoost, trained on the words that a core takes."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.packages import Package
from benchmarks.peers.trees import Trees, read_xgboost
from train.data import Dataset

NAME = "XGBoost 3.2.0"
PACKAGE = Package("xgboost", ("xgboost-cpu==3.2.0", "scipy==1.17.1"))
TOLERANCE = 0.001  # of validation accuracy that fewer bits may cost


@dataclass(frozen=True)
class Size:
    """Rounds of one tree a class; rates, bits of a word and of a leaf, for validation to choose."""

    rounds: int
    depth: int
    rates: tuple[float, ...]
    word_bits: tuple[int, ...]
    leaf_bits: tuple[int, ...] = (2, 3, 4, 5, 6, 8)

    def __str__(self) -> str:
        given = [
            f", {what} of {each[0]} bit{'s' * (each[0] > 1)}"
            for what, each in (("words", self.word_bits), ("leaves", self.leaf_bits))
            if len(each) == 1
        ]
        return f"{self.rounds} rounds of depth {self.depth}{''.join(given)}"


@dataclass(frozen=True)
class Chosen:
    """Quantised trees, and what was chosen for them."""

    trees: Trees
    rate: float
    word_bits: int
    leaf_bits: int


def boosted(size: Size, dataset: Dataset) -> tuple[Chosen, float]:
    """The trees of a size with the fewest bits that cost no accuracy on the validation part.

    Also the seconds that all of it took. Nothing here is drawn at random.
    """
    began = time.perf_counter()
    best = {bits: _best_rate(size, dataset, bits) for bits in size.word_bits}
    word_bits = _fewest({bits: accuracy for bits, (accuracy, _, _) in best.items()})
    _, rate, trees = best[word_bits]
    quantized = {bits: trees.quantized(bits) for bits in size.leaf_bits}
    leaf_bits = _fewest({b: _accuracy(made, dataset) for b, made in quantized.items()})
    chosen = Chosen(quantized[leaf_bits], rate, word_bits, leaf_bits)
    return chosen, time.perf_counter() - began


def _best_rate(size: Size, dataset: Dataset, bits: int) -> tuple[float, float, Trees]:
    """Validation accuracy, rate and trees of the best rate."""
    made = ((rate, train(size, dataset, rate=rate, bits=bits)) for rate in size.rates)
    return max(((_accuracy(t, dataset), rate, t) for rate, t in made), key=lambda each: each[:2])


def train(size: Size, dataset: Dataset, *, rate: float, bits: int) -> Trees:
    """Trees as XGBoost makes them of the training part, with the high `bits` of each word."""
    xgboost = PACKAGE.load()
    shift = dataset.encoder.features[0].width - bits
    words: NDArray[np.float32] = (dataset.train_samples >> shift).astype(np.float32)
    n = len(words) - dataset.n_validation
    classes = len(dataset.class_names)
    settings = {
        "objective": "multi:softmax",
        "num_class": classes,
        "max_depth": size.depth,
        "eta": rate,
        "tree_method": "hist",
        "max_bin": 2**bits,
        "base_score": 0.0,
        "nthread": 1,
    }
    matrix = xgboost.DMatrix(words[:n], dataset.train_labels[:n])
    booster = xgboost.train(settings, matrix, size.rounds)
    return read_xgboost(booster.get_dump(dump_format="json"), classes, shift=shift)


def _accuracy(trees: Trees, dataset: Dataset) -> float:
    samples, labels = dataset.validation
    return float((trees.predict(samples) == labels).mean())


def _fewest(accuracies: Mapping[int, float]) -> int:
    """The fewest bits whose accuracy is as good as the best, up to `TOLERANCE`."""
    least = max(accuracies.values()) - TOLERANCE
    return min(bits for bits, accuracy in accuracies.items() if accuracy >= least)
