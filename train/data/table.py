"""The user's own table as a data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.encoder import Encoder, Feature, one_hot
from connective.errors import InputError
from connective.table import Column, NumberColumn, Rows, Table, TableFile, open_table
from train.config_data import Encoding, FixedPoint, TableData
from train.data.columns import category_column, class_names, is_number, number_column
from train.data.dataset import Dataset
from train.data.encoding import build_encoder, every_bit, leading_bits, select
from train.data.split import stratified_split

VALIDATION = 0.1  # of the rows that are not for testing
BLOCK = 1 << 16  # rows that are encoded at once


def load_table(data: TableData, encoding: Encoding) -> Dataset:
    """The data set in a table; what a column is, and its words, depend on its training rows only.

    Whatever is wrong with the table or does not fit the configuration raises `InputError`.
    """
    rows, names = _read(data)
    classes = class_names(rows, data)
    labels = Table(columns=(), target=data.target, classes=classes).labels(rows)
    train, validated, tested = _parts(labels, data)
    columns, features, constant = _columns(rows, train, names, data)
    table = Table(columns=columns, target=data.target, classes=classes, missing=data.missing_texts)
    reader = every_bit(features)  # any encoder of the features reads words
    words = table.words(rows, reader)
    test_words, test_labels = words[tested], labels[tested]
    if data.test_path is not None:
        test = _read_test(data.test_path, table)
        test_words, test_labels = table.words(test, reader), table.labels(test)
    kept = np.concatenate([train, validated])
    notes = _notes(table, constant, test_words, test_labels)
    return Dataset(
        words[kept],
        labels[kept],
        test_words,
        test_labels,
        encoder=_encoder(encoding, columns, features, words[train]),
        class_names=classes,
        description=data.path.name,
        n_validation=len(validated),
        table=table.model_copy(update={"notes": notes}),
    )


def _parts(
    labels: NDArray[np.int64], data: TableData
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The rows to train on, to validate on and to test on, the last none if they have a file."""
    generator = np.random.default_rng(data.seed)
    rest, tested = np.arange(len(labels)), np.arange(0)
    if data.test_path is None:
        rest, tested = stratified_split(labels, data.test_fraction, generator)
        if not len(tested):
            raise InputError(
                f"{data.path}: data.test_fraction is {data.test_fraction}, which gives no test row "
                f"of {len(labels)}: raise it, or name a file in data.test_path"
            )
    train, validated = stratified_split(labels[rest], VALIDATION, generator)
    return rest[train], rest[validated], tested


def _read(data: TableData) -> tuple[Rows, list[str]]:
    """The rows of the file for training, and its columns but for the target and dropped ones."""
    with open_table(data.path) as file:
        file.refuse_without([data.target], "which data.target names")
        file.refuse_without(data.drop, "which data.drop names")
        file.refuse_without(data.kinds, "which data.kinds names")
        for name in (data.target, *data.drop):
            if name in data.kinds:
                raise InputError(
                    f"{data.path}: data.kinds says what column {name!r} is, but it is "
                    f"{'the target' if name == data.target else 'dropped'}: remove it there"
                )
        names = [name for name in file.names if name not in (data.target, *data.drop)]
        if not names:
            raise InputError(f"{data.path}: has no column beside the target and those dropped")
        return _rows(file, [*names, data.target]), names


def _read_test(path: Path, table: Table) -> Rows:
    with open_table(path) as file:
        file.refuse_without((*table.names, table.target), "which data.path has")
        return _rows(file, (*table.names, table.target))


def _rows(file: TableFile, columns: Sequence[str]) -> Rows:
    blocks = list(file.blocks(columns))
    if not blocks:
        raise InputError(f"{file.path}: has no rows")
    return Rows.joined(blocks)


def _columns(
    rows: Rows, train: NDArray[np.int64], names: Sequence[str], data: TableData
) -> tuple[tuple[Column, ...], tuple[Feature, ...], list[str]]:
    """The columns that training uses and their features, and the names of those that it cannot.

    train: indices of the training rows
    """
    found, constant = [], []
    for name in names:
        read = number_column if is_number(rows, name, data) else category_column
        if column := read(rows, train, name, data):
            found.append(column)
        else:
            constant.append(name)
    if not found:
        raise InputError(f"{data.path}: no column changes in the training rows: give others")
    columns, features = zip(*found, strict=True)
    return columns, features, constant


def _encoder(
    encoding: Encoding,
    columns: Sequence[Column],
    features: Sequence[Feature],
    words: NDArray[np.int64],
) -> Encoder:
    """Rows of numbers as configured, without those that are constant or alike; one-hot categories.

    words: (rows, features) of the training part
    """
    is_a_number = np.array([isinstance(column, NumberColumn) for column in columns])
    parts = []
    if len(index := np.flatnonzero(is_a_number)):
        own, numbers = [features[i] for i in index.tolist()], words[:, index]
        low, high = numbers.min(axis=0), numbers.max(axis=0)
        if isinstance(encoding, FixedPoint):  # of its bits, only those that change are leading
            encoder = every_bit(own)
            encoder = leading_bits(select(encoder, _telling(encoder, numbers)), encoding.width)
        else:
            encoder = build_encoder(encoding, own, low, high, numbers)
            encoder = select(encoder, _telling(encoder, numbers))
        parts.append((index, encoder))
    if len(index := np.flatnonzero(~is_a_number)):
        own = [features[i] for i in index.tolist()]
        codes = [range(1, int(words[:, i].max()) + 1) for i in index]
        parts.append((index, one_hot(own, codes)))
    feature = np.concatenate([index[part.feature] for index, part in parts])
    order = np.argsort(feature, kind="stable")
    return Encoder(
        tuple(features),
        feature[order],
        np.concatenate([part.op for _, part in parts])[order],
        np.concatenate([part.value for _, part in parts])[order],
    )


def _telling(encoder: Encoder, words: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows of an encoder differ among the words, and from the row before."""
    ever = np.zeros(encoder.n_rows, dtype=bool)
    always = np.ones(encoder.n_rows, dtype=bool)
    for start in range(0, len(words), BLOCK):
        bits = encoder.encode(words[start : start + BLOCK])
        ever |= bits.any(axis=1)
        always &= bits.all(axis=1)
    same = (np.diff(encoder.feature) == 0) & (np.diff(encoder.value) == 0)
    telling: NDArray[np.bool_] = ever & ~always & ~np.concatenate([[False], same])
    return telling


def _notes(
    table: Table, constant: Sequence[str], words: NDArray[np.int64], labels: NDArray[np.int64]
) -> tuple[str, ...]:
    """What the owner should know: columns left out, and of the test rows what is odd."""
    notes = []
    if constant:
        notes.append(f"left out, as they do not change in the training rows: {', '.join(constant)}")
    for column, own in zip(table.columns, words.T, strict=True):
        if column.kind == "category" and (unknown := int((own == 0).sum())):
            notes.append(
                f"test rows with a category of {column.name} that no training row has: {unknown}"
            )
    counts = np.bincount(labels)
    most = int(counts.argmax())
    share = counts[most] / len(labels)
    return *notes, f"{share:.1%} of the test rows are {table.classes[most]}, the largest class"
