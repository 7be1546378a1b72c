"""`connective evaluate`: what a network answers, and how often it is right."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console, Group
from rich.progress import Progress
from rich.table import Table

from connective.cli.data import dataset_of
from connective.cli.terminal import AS_JSON, FILE, Example, emit, percent
from connective.errors import InputError
from connective.network import Network
from connective.network_file import read_network
from connective.predictions import write_predictions
from connective.samples import Block, Samples, open_samples, samples_of
from connective.table import has_columns, open_rows, table_of
from connective.tally import Tally

if TYPE_CHECKING:
    from train.data import Dataset

DATA_SETS = ("mnist", "fashion-mnist", "yin-yang", "yin-yang-published")
PATIENCE = 2.0  # seconds until a bar is worth showing


@click.command(cls=Example, epilog="connective evaluate run/network.npz --data my.csv")
@click.argument("network", type=FILE)
@click.option("--data", help="Samples, if not the test set of the training.")
@click.option("--quantize", is_flag=True, help="The file has real values: let the encoder round.")
@click.option("--out", type=FILE, help="Write label and scores of each sample as .csv.")
@AS_JSON
def evaluate(
    network: Path, data: str | None, quantize: bool, out: Path | None, as_json: bool
) -> None:
    """Test the discretised NETWORK on the test set of its training, or on other DATA.

    \b
    mnist, fashion-mnist, yin-yang  the test set of that name, or
    yin-yang-published              that of the published points
    .csv, or - for standard input   a sample a line: its features, and then its class
    .npy                            an array (samples, features), or with one column more
    .npz                            arrays samples and labels, or test_samples and test_labels
    .csv, .parquet or .npz          rows of a table with the columns that were trained on

    Files are read block by block and may be larger than memory. They may leave the classes out;
    then the labels are counted, and --out has the answers.
    """
    loaded, provenance = read_network(network)
    if loaded.head == "bits" and out is None:
        raise InputError(
            f"{network}: has head 'bits' and so no classes to count: write its bits with --out"
        )
    with (
        _samples(data, loaded, provenance, network, quantize) as (samples, names),
        write_predictions(out, loaded) if out else nullcontext() as write,
    ):
        tally = _run(loaded, _with_progress(samples, shown=not as_json), write)
    result = {"data": samples.name, **tally.summary()}
    emit(as_json, result, _table(result, names))


@contextmanager
def _samples(
    data: str | None, network: Network, provenance: dict[str, Any], source: Path, quantize: bool
) -> Iterator[tuple[Samples, Sequence[str]]]:
    """What --data names, and the names of the classes."""
    table = table_of(provenance, network, source)
    known = table.classes if table and network.n_classes else ()
    numbers = known or [str(c) for c in range(network.n_classes)]
    if data is not None and data not in DATA_SETS:
        path = Path(data)
        if table and not quantize and has_columns(path, table.names):
            opened = open_rows(path, table, network)
        else:
            opened = open_samples(path, network, real=quantize)
        with opened as samples:
            yield samples, numbers
        return
    if quantize:
        raise InputError("--quantize is for the real values of a file: name one with --data")
    dataset = dataset_of(provenance, source) if data is None else _dataset(data)
    name = f"{dataset.description}, test set"
    same = len(dataset.class_names) == network.n_classes
    yield (
        samples_of(name, dataset.test_samples, dataset.test_labels, network),
        dataset.class_names if same else numbers,
    )


def _dataset(name: str) -> "Dataset":
    """A data set as a configuration has it that says no more of it than its name."""
    from train.config_file import parse_config
    from train.data import load_dataset

    values = {
        "data": {"name": name},
        "network": {"layers": [120], "candidates": [1]},  # fits all of them, and is not trained
        "training": {"epochs": 1, "tau": 1.0},
    }
    return load_dataset(parse_config(values, name))


def _run(
    network: Network, blocks: Iterable[Block], write: Callable[[NDArray[Any]], None] | None
) -> Tally:
    """Answer the blocks, and write the answers down if asked to."""
    tally = Tally(network.n_classes)
    for block in blocks:
        if not tally.samples:
            _answer(network, block.words[:1], scores=write is not None)  # loads the kernels
        start = time.perf_counter()
        labels, rows = _answer(network, block.words, scores=write is not None)
        tally.add(len(block.words), time.perf_counter() - start, labels, block.labels)
        if write:
            write(rows)
    return tally


def _answer(
    network: Network, words: NDArray[np.integer], *, scores: bool
) -> tuple[NDArray[np.int64] | None, NDArray[Any]]:
    """The labels, if the network has classes, and what is written down of each sample."""
    if network.head == "bits":
        return None, network.output_bits(words)
    if not scores:
        labels = network.predict(words)
        return labels, labels
    answers = network(words)
    return answers.labels, np.column_stack([answers.labels, answers.scores])


def _with_progress(samples: Samples, *, shown: bool) -> Iterator[Block]:
    console = Console(stderr=True)
    bar = Progress(console=console, transient=True)
    task = bar.add_task("Evaluating", total=samples.count)
    start = time.monotonic()
    try:
        for block in samples.blocks:
            yield block
            bar.advance(task, len(block.words))
            if shown and console.is_terminal and time.monotonic() - start > PATIENCE:
                bar.start()
    finally:
        if bar.live.is_started:
            bar.stop()


def _table(result: dict[str, Any], class_names: Sequence[str]) -> Group:
    """Accuracy, speed, and the confusion matrix with the true class in rows."""
    speed = result["samples_per_second"]
    title = f"{result['data']}: {result['samples']:,} samples"
    if result["accuracy"] is not None:
        title += f", {percent(result['accuracy'])} right"
    if speed is not None:
        title += f", {speed:,.0f} samples/s"
    if not class_names:
        return Group(title)
    if result["accuracy"] is None:
        table = Table("label", "samples")
        for name, count in zip(class_names, result["predicted"], strict=True):
            table.add_row(name, f"{count:,}")
        return Group(title, table)
    table = Table(title="labels by true class")
    for name in ("class", *class_names, "recall"):
        table.add_column(name, justify="right", no_wrap=True)
    rows = zip(class_names, result["confusion"], result["recall"], strict=True)
    for name, row, recall in rows:
        table.add_row(name, *map(str, row), "–" if recall is None else percent(recall))
    return Group(title, table)
