"""What is compared: methods on a data set, how each is trained, and the designs of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks import difflogic, torchlogix
from benchmarks.peers import boosting
from benchmarks.peers.alkaid import alkaid_design
from benchmarks.peers.boosting import Size, boosted
from benchmarks.peers.design import SIMULATED, Design, Found, connective, measured
from benchmarks.peers.logic import (
    Trained,
    Training,
    difflogic_trained,
    torchlogix_design,
    torchlogix_trained,
)
from benchmarks.peers.verilog import tree_module
from benchmarks.peers.weightless import dwn2rtl_design
from benchmarks.rows import machine
from benchmarks.runs import SEEDS, Case, kept, made_network
from connective import Network
from connective.folder import temporary_folder
from connective.network_file import read_network
from connective.shipped import NETWORK, find_shipped
from train.data import Dataset

YIN_YANG, MNIST = "Yin-Yang", "MNIST"
EXAMPLE = {YIN_YANG: "yin_yang", MNIST: "mnist"}
EPOCHS = 10  # of all logic that is trained here
ONE = (0,)
SHORT = (f"training.epochs={EPOCHS}", "refinement.sweeps=0")
LUTS = (
    *SHORT,
    "network.layers=[300]",
    "network.inputs=6",
    'encoder.kind="thermometer"',
    "encoder.thresholds=[0.25,0.5,0.75]",
)
TREES = {
    YIN_YANG: [
        Size(rounds, depth, (0.3, 0.6, 0.9), (5, 6, 7, 8))
        for rounds, depth in ((5, 4), (10, 4), (20, 5))
    ],
    MNIST: [
        Size(10, 4, (0.8,), (1,)),
        Size(10, 4, (0.8,), (1,), (3,)),
        Size(30, 5, (0.8,), (1,), (3,)),
        Size(30, 5, (0.8,), (4,), (3,)),  # the numbers of TreeLUT's own example
    ],
}

Build = Callable[[Path], Design]
"""Writes a design into a folder."""
NetworkBuild = Callable[[Network, Path], Design]


class Classifier(Protocol):
    def predict(self, samples: NDArray[np.integer], /) -> NDArray[np.int64]:
        """Labels (samples,) of words (samples, features)."""


@dataclass(frozen=True)
class Entry:
    """A method on a data set, and what trains and measures it."""

    data: str
    method: str
    measure: Callable[[Dataset], Found]

    @property
    def name(self) -> str:
        return f"{self.data}: {self.method}"


def entries() -> list[Entry]:
    """Of each data set, Connective first."""
    made = []
    for data, names in {
        YIN_YANG: ("yin-yang-2x100", "yin-yang-2x500"),
        MNIST: ("mnist-1x1000", "mnist-2x1000"),
    }.items():
        for name in names:
            gates = name.rpartition("-")[2].replace("x", "×")
            made.append(Entry(data, f"Connective {gates}", partial(_shipped, name)))
        for size in TREES[data]:
            made.append(Entry(data, f"{boosting.NAME}, {size}", partial(_boosted, size)))
        made += _logic(data)
    return made


def _logic(data: str) -> list[Entry]:
    """Logic gates trained for the same epochs; three seeds where that is quick."""
    layers, name = {YIN_YANG: ((100, 100), "2×100"), MNIST: ((1000,), "1×1000")}[data]
    fixed, learned = (Training(layers, candidates, EPOCHS) for candidates in (1, 8))
    case = Case(f"{EPOCHS} epochs, not refined", EXAMPLE[data], SHORT)
    seeds = SEEDS if data == YIN_YANG else ONE
    found = [
        Entry(data, f"Connective {name}, {case.name}", partial(_ours, case, seeds, [_flat])),
        Entry(
            data, f"{torchlogix.NAME} {name}, fixed connections", partial(_torchlogix, fixed, seeds)
        ),
        Entry(
            data,
            f"{torchlogix.NAME} {name}, learned connections",
            partial(_torchlogix, learned, ONE),
        ),
        Entry(data, f"{difflogic.NAME} {name}, fixed connections", partial(_difflogic, fixed, ONE)),
    ]
    if data == MNIST:
        luts = Case(f"{EPOCHS} epochs, not refined", "mnist", LUTS)
        builds: list[NetworkBuild] = [_flat, dwn2rtl_design]
        method = "Connective 1×300 gates of six inputs, for DWN"
        found.append(Entry(data, method, partial(_ours, luts, ONE, builds)))
    return found


def _flat(network: Network, folder: Path) -> Design:
    return connective(network, folder, combinational=True)


def _pipeline(network: Network, folder: Path) -> Design:
    return connective(network, folder, combinational=False)


def _shipped(name: str, dataset: Dataset) -> Found:
    network, _ = read_network(find_shipped(name).folder / NETWORK)
    builds = [partial(each, network) for each in (_flat, _pipeline)]
    return _found([network], builds, dataset, f"`connective models {name}`")


def _boosted(size: Size, dataset: Dataset) -> Found:
    chosen, seconds = boosted(size, dataset)

    def build(folder: Path) -> Design:
        (folder / "trees.v").write_text(tree_module(chosen.trees, dataset.encoder, "trees"))
        return Design("Connective's benchmark", [folder / "trees.v"], "trees")

    settings = f"rate {chosen.rate}, words of {chosen.word_bits}, leaves of {chosen.leaf_bits}"
    return _found([chosen.trees], [build], dataset, settings, seconds)


def _ours(
    case: Case, seeds: Sequence[int], builds: Sequence[NetworkBuild], dataset: Dataset
) -> Found:
    networks, seconds = [], []
    for config in map(case.config, seeds):
        networks.append(made_network(config))
        result = kept(config)
        assert result
        seconds.append(result.seconds)
    first = [partial(build, networks[0]) for build in builds]
    return _found(networks, first, dataset, case.name, mean(seconds))


def _torchlogix(training: Training, seeds: Sequence[int], dataset: Dataset) -> Found:
    made = [torchlogix_trained(training, dataset, seed) for seed in seeds]
    model = made[0].model
    own: list[Build] = [
        partial(torchlogix_design, model, dataset),
        partial(alkaid_design, model, dataset),
    ]
    return _imported(made, own, training, dataset)


def _difflogic(training: Training, seeds: Sequence[int], dataset: Dataset) -> Found:
    made = [difflogic_trained(training, dataset, seed) for seed in seeds]
    return _imported(made, [], training, dataset)


def _imported(
    made: Sequence[Trained],
    own: Sequence[Build],
    training: Training,
    dataset: Dataset,
) -> Found:
    builds: list[Build] = [partial(each, made[0].network) for each in (_flat, _pipeline)]
    seconds = mean(each.seconds for each in made)
    chosen = f"{training.epochs} epochs"
    return _found([each.network for each in made], [*builds, *own], dataset, chosen, seconds)


def _found(
    classifiers: Sequence[Classifier],
    builds: Sequence[Build],
    dataset: Dataset,
    chosen: str,
    seconds: float | None = None,
) -> Found:
    """All classifiers on the test set, and the designs of the first."""
    right = [each.predict(dataset.test_samples) == dataset.test_labels for each in classifiers]
    labels = classifiers[0].predict(dataset.test_samples[:SIMULATED])
    with temporary_folder() as folder:
        designs = [measured(build(folder), dataset, labels) for build in builds]
    return Found(
        accuracies=[float(each.mean()) for each in right],
        chosen=chosen,
        seconds=seconds,
        designs=designs,
        ran_on=str(machine()["processor"]),
    )
