"""Samples as files, in the forms that `open_samples` reads."""

import csv
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from connective.encoder import Feature
from connective.errors import InputError
from connective.folder import make_parent
from connective.samples.block import Block
from connective.samples.text import LABEL

SUFFIXES = (".csv", ".npz")


def write_samples(path: Path, features: tuple[Feature, ...], blocks: Iterable[Block]) -> int:
    """Write words, and classes where they are known, and return how many samples there were.

    A .csv is written block by block, its first line naming the columns; a .npz has the arrays
    samples (samples, features) and labels (samples,). The file appears whole or not at all.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(f"{path}: words are written as {' or '.join(SUFFIXES)}")
    make_parent(path)
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        new = Path(folder) / path.name
        write = _write_text if path.suffix == ".csv" else _write_arrays
        count = write(new, features, blocks)
        new.replace(path)
    return count


def _write_text(path: Path, features: tuple[Feature, ...], blocks: Iterable[Block]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for block in blocks:
            columns = [block.words] if block.labels is None else [block.words, block.labels]
            if not count:  # a name of its own, so that words are not taken for a table's rows
                names = [f"word of {feature.name}" for feature in features]
                csv.writer(file).writerow(names + [LABEL] * (len(columns) - 1))
            np.savetxt(file, np.column_stack(columns), fmt="%d", delimiter=",")
            count += len(block.words)
    return count


def _write_arrays(path: Path, features: tuple[Feature, ...], blocks: Iterable[Block]) -> int:
    bounds = chain.from_iterable((feature.low, feature.high) for feature in features)
    dtype = np.result_type(*map(np.min_scalar_type, bounds))
    words, labels = [np.empty((0, len(features)), dtype)], []
    for block in blocks:
        words.append(block.words.astype(dtype))
        if block.labels is not None:
            labels.append(block.labels)
    samples = np.concatenate(words)
    if labels:
        np.savez(path, samples=samples, labels=np.concatenate(labels))
    else:
        np.savez(path, samples=samples)
    return len(samples)
