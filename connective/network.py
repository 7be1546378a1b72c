"""A discretised logic gate network: what was learned, in integers."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from connective import evaluation
from connective.arrays import frozen
from connective.canonical import canonicalize
from connective.encoder import Encoder
from connective.errors import InputError

Head = Literal["class", "scores", "bits"]
MAX_FANIN = 6
MAX_SCORE = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says of samples: scores (samples, classes) and labels (samples,)."""

    scores: NDArray[np.int64]
    labels: NDArray[np.int64]

    @property
    def margins(self) -> NDArray[np.int64]:
        """The best score less the second best, (samples,), of two classes or more; 0 on ties."""
        second, best = np.partition(self.scores, -2, axis=1)[:, -2:].T
        margins: NDArray[np.int64] = best - second
        return margins

    def best(self, count: int) -> NDArray[np.int64]:
        """Labels of the best classes, (samples, count), the best first, of equals the lowest."""
        order: NDArray[np.int64] = np.argsort(-self.scores, axis=1, kind="stable")
        return order[:, :count]

    def rejected(self, below: int | None) -> NDArray[np.bool_]:
        """Which samples have a margin of less, (samples,); none where there is no limit."""
        return self.margins < (below or 0)


@dataclass(frozen=True, eq=False)
class Network:
    """Gates in topological order behind an encoder, and the class sums that read them.

    Nodes are numbered input bits first, then gates; a gate reads only smaller nodes. The class is
    the argmax of `bias` plus the weighted sum of the class's outputs; ties go to the lowest class.
    An invalid network raises `InputError`. The arrays are read-only copies.

    Members
    -------
    encoder: turns feature words into the network's input bits, one row a bit
    fanin: (gates, k) nodes that a gate reads, k from 1 to 6, in the form of `canonicalize`
    table: (gates,) truth tables in LUT-INIT order: bit Σ x_j·2^j is the output, AND of two is 8
    outputs, weights: (bits,) nodes that are summed, class by class, and what each counts
    groups: (classes + 1,) offsets into `outputs`
    bias: (classes,) what is added to each class's sum
    head: what leaves the core: the class, the scores as well, or the output bits without classes
    tau: divisor of the group sums in training; it has no hardware
    """

    encoder: Encoder
    fanin: NDArray[np.uint32]
    table: NDArray[np.uint64]
    outputs: NDArray[np.uint32]
    weights: NDArray[np.int64]
    groups: NDArray[np.int64]
    bias: NDArray[np.int64]
    head: Head = "class"
    tau: float | None = None

    def __post_init__(self) -> None:
        for name, dtype, ndim in (
            ("fanin", np.uint32, 2),
            ("table", np.uint64, 1),
            ("outputs", np.uint32, 1),
            ("weights", np.int64, 1),
            ("groups", np.int64, 1),
            ("bias", np.int64, 1),
        ):
            object.__setattr__(self, name, frozen(name, getattr(self, name), dtype, ndim))
        self._check_gates()
        self._check_outputs()
        if self.tau is not None:
            if not (np.isfinite(self.tau) and self.tau > 0):
                raise InputError(f"tau must be a positive number, not {self.tau}")
            object.__setattr__(self, "tau", float(self.tau))  # 6 and 6.0 are one network

    def _check_gates(self) -> None:
        gates, k = self.fanin.shape
        if not 1 <= k <= MAX_FANIN:
            raise InputError(f"fanin must have 1 to {MAX_FANIN} columns, not {k}")
        if self.table.shape != (gates,):
            raise InputError(f"table must have one row a gate: {gates}, not {len(self.table)}")
        own = self.n_inputs + np.arange(gates)
        if (late := (self.fanin >= own[:, None]).any(axis=1)).any():
            gate = int(late.argmax())
            raise InputError(
                f"fanin of gate {gate} is {self.fanin[gate].tolist()}: a gate reads only nodes "
                f"before its own, which is {own[gate]}"
            )
        if k < MAX_FANIN and (wide := self.table >> np.uint64(2**k) != 0).any():
            gate = int(wide.argmax())
            raise InputError(
                f"table of gate {gate} is {self.table[gate]}, more than {2**k} bits for {k} inputs"
            )
        fanin, table = canonicalize(self.fanin, self.table)
        if (odd := (fanin != self.fanin).any(axis=1) | (table != self.table)).any():
            gate = int(odd.argmax())
            raise InputError(
                f"gate {gate} (fanin {self.fanin[gate].tolist()}, table {self.table[gate]}) is not "
                f"in canonical form (fanin {fanin[gate].tolist()}, table {table[gate]}): pass the "
                "gates through canonicalize"
            )

    def _check_outputs(self) -> None:
        if self.head not in get_args(Head):
            raise InputError(f"head must be one of {', '.join(get_args(Head))}, not {self.head!r}")
        if self.weights.shape != self.outputs.shape:
            raise InputError(
                f"weights must be as many as outputs: {len(self.outputs)}, not {len(self.weights)}"
            )
        if (self.outputs >= self.n_nodes).any():
            raise InputError(
                f"outputs name node {self.outputs.max()}, but there are {self.n_nodes} nodes"
            )
        if self.head == "bits":
            if self.n_classes or len(self.groups) != 1 or (self.weights != 1).any():
                raise InputError("a network with head 'bits' has no classes, weights or biases")
            if not len(self.outputs):
                raise InputError("a network with head 'bits' needs at least one output")
            return
        if self.groups.shape != (self.n_classes + 1,) or not self.n_classes:
            raise InputError(
                f"groups must be one more than the classes of bias and bias not empty: there are "
                f"{len(self.groups)} groups and {self.n_classes} biases"
            )
        if (
            (np.diff(self.groups) < 0).any()
            or self.groups[0]
            or self.groups[-1] != len(self.outputs)
        ):
            raise InputError(f"groups must rise from 0 to {len(self.outputs)}, the outputs")
        magnitude = sum(abs(int(value)) for value in (*self.weights, *self.bias))
        if magnitude > MAX_SCORE:
            raise InputError(f"weights and bias sum to {magnitude}, more than {MAX_SCORE}")

    @property
    def n_inputs(self) -> int:
        return self.encoder.n_rows

    @property
    def n_gates(self) -> int:
        return len(self.fanin)

    @property
    def n_nodes(self) -> int:
        return self.n_inputs + self.n_gates

    @property
    def k(self) -> int:
        return int(self.fanin.shape[1])

    @property
    def n_classes(self) -> int:
        return len(self.bias)

    @cached_property
    def level(self) -> NDArray[np.int64]:
        """Logic level of each node, (nodes,): 0 for an input bit, else one above its fanin's."""
        level: NDArray[np.int64] = evaluation.levels(self.n_inputs, self.fanin)
        return level

    @property
    def depth(self) -> int:
        return int(self.level.max())

    @cached_property
    def constant(self) -> NDArray[np.bool_]:
        """Gates whose table is 0 or 1 throughout, (gates,)."""
        full = np.uint64(2 ** (2**self.k) - 1)
        return np.asarray((self.table == 0) | (self.table == full), dtype=np.bool_)

    @cached_property
    def used(self) -> NDArray[np.bool_]:
        """Nodes that are outputs, or that such a node reads by way of gates, (nodes,)."""
        used = np.zeros(self.n_nodes, dtype=bool)
        used[self.outputs] = True
        level = self.level[self.n_inputs :]
        for number in range(self.depth, 0, -1):
            gates = (level == number) & used[self.n_inputs :] & ~self.constant
            used[self.fanin[gates]] = True
        return used

    @cached_property
    def score_range(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The least and the greatest score of each class by its weights, (classes,) each."""
        owner = np.repeat(np.arange(self.n_classes), np.diff(self.groups))
        low, high = self.bias.copy(), self.bias.copy()
        np.add.at(low, owner, np.minimum(self.weights, 0))
        np.add.at(high, owner, np.maximum(self.weights, 0))
        return low, high

    @cached_property
    def sha256(self) -> str:
        """Digest of all that decides the network's answers, in hexadecimal."""
        digest = hashlib.sha256(f"{self.head} {self.tau} {self.encoder.features}".encode())
        arrays = (self.fanin, self.table, self.outputs, self.weights, self.groups, self.bias)
        for array in (*arrays, self.encoder.feature, self.encoder.op, self.encoder.value):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()

    def __call__(self, samples: NDArray[np.integer]) -> Answers:
        """Scores and labels of feature words (samples, features)."""
        scores = np.empty((self.n_classes, len(samples)), dtype=np.int64)
        return Answers(scores.T, self._answer(samples, scores))

    def scores(self, samples: NDArray[np.integer]) -> NDArray[np.int64]:
        """Scores (samples, classes) of feature words (samples, features)."""
        return self(samples).scores

    def predict(self, samples: NDArray[np.integer]) -> NDArray[np.int64]:
        """Labels (samples,) of feature words (samples, features)."""
        return self._answer(samples, np.empty((self.n_classes, 0), dtype=np.int64))

    def output_bits(self, samples: NDArray[np.integer]) -> NDArray[np.bool_]:
        """The nodes `outputs`, (samples, outputs), of feature words (samples, features)."""

        def block(samples: NDArray[np.integer]) -> NDArray[np.bool_]:
            packed = self.encoder.encode_words(samples)
            nodes = evaluation.output_words(packed, self.fanin, self.table, self.outputs)
            return evaluation.unpack(nodes, len(samples)).T

        return evaluation.in_blocks(block, samples, len(self.outputs), np.bool_)

    def scores_from_words(self, packed: NDArray[np.uint64], n_samples: int) -> NDArray[np.int64]:
        """Scores (samples, classes) of encoded, bit-sliced samples (input bits, words)."""
        scores = np.empty((self.n_classes, n_samples), dtype=np.int64)
        self._answer_words(packed, n_samples, scores)
        return scores.T

    def predict_from_words(self, packed: NDArray[np.uint64], n_samples: int) -> NDArray[np.int64]:
        """Labels (samples,) of encoded, bit-sliced samples (input bits, words)."""
        return self._answer_words(packed, n_samples, np.empty((self.n_classes, 0), dtype=np.int64))

    def _answer_words(
        self, packed: NDArray[np.uint64], n_samples: int, scores: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Labels (samples,), and scores (classes, samples) where there is room for them."""
        labels = np.empty(n_samples, dtype=np.int64)
        words = np.ascontiguousarray(packed)
        evaluation.in_threads(
            evaluation.answer_words, n_samples, words, self._classifier, scores, labels
        )
        return labels

    def _answer(self, samples: NDArray[np.integer], scores: NDArray[np.int64]) -> NDArray[np.int64]:
        """Labels (samples,), and scores (classes, samples) where there is room for them."""
        classifier = self._classifier
        labels = np.empty(len(samples), dtype=np.int64)
        for start in range(0, len(samples), evaluation.ANSWERED_SAMPLES):
            here = slice(start, start + evaluation.ANSWERED_SAMPLES)
            words = self.encoder.words(samples[here])
            evaluation.in_threads(
                evaluation.answer_samples,
                len(words),
                words,
                self.encoder.comparisons,
                classifier,
                scores,
                labels,
                start,
            )
        return labels

    @cached_property
    def _classifier(self) -> evaluation.Classifier:
        if self.head == "bits":
            raise InputError("a network with head 'bits' has no classes: ask for its output bits")
        return evaluation.Classifier.of(
            self.n_inputs,
            self.fanin,
            self.table,
            self.outputs,
            self.weights,
            self.groups,
            self.bias,
        )
