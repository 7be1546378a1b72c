"""`connective evaluate`: what a network answers on its test set."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Group
from rich.table import Table

from connective.cli.data import dataset_of
from connective.cli.terminal import AS_JSON, FILE, Example, emit, percent
from connective.network_file import read_network


@click.command(cls=Example, epilog="connective evaluate run/network.npz")
@click.argument("network", type=FILE)
@AS_JSON
def evaluate(network: Path, as_json: bool) -> None:
    """Test the discretised NETWORK on the test set of the data that it was trained on."""
    loaded, provenance = read_network(network)
    dataset = dataset_of(provenance, network)
    loaded.predict(dataset.test_samples[:64])  # compiles the kernels, or loads them
    start = time.perf_counter()
    predicted = loaded.predict(dataset.test_samples)
    seconds = time.perf_counter() - start
    confusion = np.zeros((loaded.n_classes, loaded.n_classes), dtype=np.int64)
    np.add.at(confusion, (dataset.test_labels, predicted), 1)
    result = {
        "data": f"{dataset.description}, test set",
        "samples": len(predicted),
        "accuracy": float((predicted == dataset.test_labels).mean()),
        "confusion": confusion.tolist(),
        "samples_per_second": len(predicted) / seconds,
    }
    emit(as_json, result, _table(result, dataset.class_names))


def _table(result: dict[str, Any], class_names: Sequence[str]) -> Group:
    """Accuracy, speed, and the confusion matrix with the true class in rows."""
    title = (
        f"{result['data']}: {percent(result['accuracy'])} of {result['samples']:,} samples, "
        f"{result['samples_per_second']:,.0f} samples/s"
    )
    table = Table()
    table.add_column("true \\ predicted")
    for name in (*class_names, "recall"):
        table.add_column(name, justify="right")
    for i, (name, row) in enumerate(zip(class_names, result["confusion"], strict=True)):
        recall = percent(row[i] / sum(row)) if sum(row) else "–"
        table.add_row(name, *map(str, row), recall)
    return Group(title, table)
