"""Samples as NumPy arrays: in memory, or .npy and .npz that are read as they are needed."""

import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from connective.errors import InputError
from connective.network import Network
from connective.samples.block import MAX_ROWS, Block, Samples, rows_of
from connective.samples.check import MisfitError, fit

MEMBERS = (("samples", "labels"), ("test_samples", "test_labels"))
"""What an archive may call its arrays; the second is the test set of one that was trained on."""

Part = tuple[NDArray[Any], NDArray[Any] | None]
"""Some rows of the samples, and their labels."""


def samples_of(
    name: str, words: NDArray[np.integer], labels: NDArray[np.int64], network: Network
) -> Samples:
    """Samples that are in memory already: words (samples, features) and labels (samples,)."""
    _check_columns(name, words.shape[1], network, labelled=True)
    starts = range(0, len(words), MAX_ROWS)
    parts = ((words[i : i + MAX_ROWS], labels[i : i + MAX_ROWS]) for i in starts)
    return Samples(name, len(words), _blocks(name, parts, network, real=False))


def read_npy(path: Path, file: IO[bytes], network: Network, *, real: bool) -> Samples:
    """An array (samples, features) of words, or of real values; one more column is the class."""
    samples = open_array(str(path), file, 2)
    _check_columns(samples.place, samples.shape[1], network, labelled=False)
    return _streamed(path.name, samples, None, network, real=real)


def read_npz(path: Path, archive: zipfile.ZipFile, network: Network, *, real: bool) -> Samples:
    """Samples as in .npy and, beside them, labels (samples,) or none, by the names `MEMBERS`."""
    names = set(archive.namelist())
    present = [pair for pair in MEMBERS if f"{pair[0]}.npy" in names]
    if not present:
        raise InputError(f"{path}: has no array 'samples': write it with numpy.savez")
    samples_name, labels_name = present[0]
    labelled = f"{labels_name}.npy" in names
    samples = open_array(f"{path}: {samples_name}", archive.open(f"{samples_name}.npy"), 2)
    _check_columns(samples.place, samples.shape[1], network, labelled=labelled)
    labels = None
    if labelled:
        labels = open_array(f"{path}: {labels_name}", archive.open(f"{labels_name}.npy"), 1)
        if labels.shape != samples.shape[:1]:
            raise InputError(
                f"{labels.place} has {labels.shape[0]} entries for {samples.shape[0]} samples"
            )
    return _streamed(path.name, samples, labels, network, real=real)


@dataclass(frozen=True, eq=False)
class ArrayStream:
    """An array in a file whose header has been read, and whose rows come next."""

    place: str
    file: IO[bytes]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def row_bytes(self) -> int:
        return self.dtype.itemsize * (self.shape[1] if len(self.shape) == 2 else 1)

    def rows(self, count: int) -> NDArray[Any]:
        content = self.file.read(count * self.row_bytes)
        if len(content) != count * self.row_bytes:
            raise InputError(f"{self.place}: ends before its {self.shape[0]} rows: copy it again")
        return np.frombuffer(content, dtype=self.dtype).reshape(count, *self.shape[1:])


def open_array(place: str, file: IO[bytes], dimensions: int, *, kinds: str = "iuf") -> ArrayStream:
    """The array in a .npy file, its dtype of one of NumPy's `kinds`; otherwise `InputError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy warns of headers that it had to mend
            version = npy.read_magic(file)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, transposed, dtype = read(file)
    except Exception as error:  # NumPy lets through whatever Python's parser may raise
        raise InputError(f"{place}: is no array, or damaged ({error})") from None
    if dtype.kind not in kinds or len(shape) != dimensions or min(shape) < 0:
        wanted = "numbers or texts" if "U" in kinds else "numbers"
        raise InputError(
            f"{place}: is {dtype} of shape {shape}, not {wanted} in {dimensions} "
            f"dimension{'s' * (dimensions > 1)}"
        )
    if transposed and dimensions > 1:
        raise InputError(f"{place}: is in Fortran order: save numpy.ascontiguousarray of it")
    return ArrayStream(place, file, shape, dtype)


def _check_columns(place: str, columns: int, network: Network, *, labelled: bool) -> None:
    features = len(network.encoder.features)
    if columns != features and (labelled or columns != features + 1):
        raise InputError(f"{place}: has {columns} columns, but the network has {features} features")


def _streamed(
    name: str, samples: ArrayStream, labels: ArrayStream | None, network: Network, *, real: bool
) -> Samples:
    if samples.dtype.kind == "f" and not real:
        raise InputError(
            f"{samples.place}: holds {samples.dtype}, not words: pass --quantize for real values"
        )
    count, step = samples.shape[0], rows_of(samples.row_bytes)
    sizes = (min(step, count - start) for start in range(0, count, step))
    parts = ((samples.rows(n), labels.rows(n) if labels else None) for n in sizes)
    return Samples(name, count, _blocks(samples.place, parts, network, real=real))


def _blocks(place: str, parts: Iterable[Part], network: Network, *, real: bool) -> Iterator[Block]:
    features = len(network.encoder.features)
    start = 0
    for values, labels in parts:
        if values.shape[1] > features:
            labels = values[:, features]
        try:
            yield fit(network, values[:, :features], labels, real=real)
        except MisfitError as mistake:
            row, column = start + mistake.row, mistake.column
            raise InputError(f"{place}: row {row}, column {column}: {mistake}") from None
        start += len(values)
