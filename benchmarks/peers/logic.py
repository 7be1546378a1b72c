"""Logic gate networks that peers train with their own code, brought to Connective by its import."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn

from benchmarks import difflogic, torchlogix
from benchmarks.peers.design import Design
from benchmarks.peers.verilog import around
from connective import Network
from connective.folder import temporary_folder
from connective.peers import Hyperparameters, read_state_dict
from train.data import Dataset

BATCH, RATE = 256, 0.01


@dataclass(frozen=True)
class Training:
    """What is trained: the layers' gates, the candidates of a wire (1: fixed), epochs."""

    layers: tuple[int, ...]
    candidates: int
    epochs: int


@dataclass(frozen=True)
class Trained:
    """The peer's model, the same as a network of ours on the words of the data, and seconds."""

    model: nn.Sequential
    network: Network
    seconds: float


def torchlogix_trained(training: Training, dataset: Dataset, seed: int) -> Trained:
    """torchlogix's own layers, its defaults, trained with Adam."""
    layers = torchlogix.load().layers
    kinds: dict[str, Any] = {"connections": "fixed"}
    if training.candidates > 1:
        options = {"num_candidates": training.candidates}
        kinds = {"connections": "learnable", "connections_kwargs": options}

    def layer(n_inputs: int, gates: int) -> Any:
        return layers.LogicDense(n_inputs, gates, **kinds)

    def read(model: nn.Sequential, shape: Hyperparameters) -> Network:
        with temporary_folder() as folder:
            save_file(model.state_dict(), folder / "model.safetensors")
            return read_state_dict(folder / "model.safetensors", shape)[0]

    return _trained(training, dataset, seed, layer, layers.GroupSum, read)


def difflogic_trained(training: Training, dataset: Dataset, seed: int) -> Trained:
    """difflogic's own layers in its implementation for CPUs, trained with Adam."""
    peer = difflogic.load()

    def layer(n_inputs: int, gates: int) -> Any:
        return peer.LogicLayer(n_inputs, gates, device="cpu", implementation="python")

    def group_sum(classes: int, tau: float) -> Any:
        return peer.GroupSum(classes, tau, device="cpu")

    def read(model: nn.Sequential, shape: Hyperparameters) -> Network:
        arrays = {}
        for i, each in enumerate(m for m in model if isinstance(m, peer.LogicLayer)):
            arrays[f"{i}.indices_a"], arrays[f"{i}.indices_b"] = (x.numpy() for x in each.indices)
            arrays[f"{i}.weights"] = each.weights.detach().numpy()
        with temporary_folder() as folder:
            np.savez(folder / "model.npz", **arrays)
            return read_state_dict(folder / "model.npz", shape)[0]

    return _trained(training, dataset, seed, layer, group_sum, read)


def torchlogix_design(model: nn.Module, dataset: Dataset, folder: Path) -> Design:
    """torchlogix's own Verilog of gates and group sums, simplified by itself.

    Around it stand what its users write: comparisons of the words before it, the argmax behind it.
    """
    encoder, classes = dataset.encoder, len(dataset.class_names)
    circuit = torchlogix.load().Circuit.from_model(model, [encoder.n_rows])
    circuit.simplify()
    text = str(circuit.get_verilog_code())
    (folder / "circuit.v").write_text(text)
    match = re.search(r"output reg +\[(\d+):0\] scores_flat", text)
    assert match, "the module has scores"
    width = (int(match[1]) + 1) // classes
    instance = "circuit circuit(.inp(bits), .scores_flat(scores));"
    (folder / "words.v").write_text(around(instance, encoder, classes, width))
    sources = [folder / "words.v", folder / "circuit.v"]
    return Design(f"{torchlogix.NAME}, combinational", sources, "words")


def _trained(
    training: Training,
    dataset: Dataset,
    seed: int,
    layer: Callable[[int, int], Any],
    group_sum: Callable[[int, float], Any],
    read: Callable[[nn.Sequential, Hyperparameters], Network],
) -> Trained:
    """τ is a fifth of the square root of the gates that a class sums, as `make paper` has it."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    classes = len(dataset.class_names)
    widths = (dataset.encoder.n_rows, *training.layers)
    tau = (widths[-1] // classes) ** 0.5 / 5
    layers = [layer(a, b) for a, b in pairwise(widths)]
    model = nn.Sequential(*layers, group_sum(classes, tau))
    bits = torch.from_numpy(dataset.encoder.encode(dataset.train_samples).T.copy())
    labels = torch.from_numpy(dataset.train_labels)
    n = len(labels) - dataset.n_validation
    seconds = _fit(model, bits[:n], labels[:n], training.epochs)
    shape = Hyperparameters(inputs=widths[0], classes=classes)
    network = replace(read(model, shape), encoder=dataset.encoder)
    _check_answers(model, network, bits[n:], dataset.validation[0])
    return Trained(model, network, seconds)


def _fit(model: nn.Module, bits: torch.Tensor, labels: torch.Tensor, epochs: int) -> float:
    began = time.perf_counter()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(labels))
        for batch in order[: len(order) // BATCH * BATCH].view(-1, BATCH):
            loss = nn.functional.cross_entropy(model(bits[batch].float()), labels[batch])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
    return time.perf_counter() - began


def _check_answers(
    model: nn.Module, network: Network, bits: torch.Tensor, samples: NDArray[np.integer]
) -> None:
    """The import answers as the peer's own discrete model."""
    model.eval()
    with torch.no_grad():
        answers = model(bits.float()).argmax(1).numpy()
    assert (answers == network.predict(samples)).all(), "the import answers otherwise"
