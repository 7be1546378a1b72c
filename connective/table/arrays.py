"""Tables as NumPy archives: an array a column."""

import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.samples.arrays import ArrayStream, open_array
from connective.samples.block import rows_of
from connective.table.rows import TEXT, Blocks, Rows


def read_arrays(path: str, archive: zipfile.ZipFile) -> tuple[list[str], Blocks]:
    """The columns, named as the arrays, and their rows; all arrays are (rows,) and as long."""
    members = [name for name in archive.namelist() if name.endswith(".npy")]
    names = [member.removesuffix(".npy") for member in members]
    if not names:
        raise InputError(f"{path}: has no array: write an array a column with numpy.savez")

    def blocks(columns: Sequence[str]) -> Iterator[Rows]:
        streams = {
            name: open_array(f"{path}: {name}", archive.open(f"{name}.npy"), 1, kinds="biufU")
            for name in columns
        }
        lengths = {name: stream.shape[0] for name, stream in streams.items()}
        longest, shortest = (pick(lengths, key=lengths.__getitem__) for pick in (max, min))
        count = lengths[longest]
        if lengths[shortest] != count:
            raise InputError(
                f"{path}: {shortest} has {lengths[shortest]} entries and {longest} {count}: give "
                "every column one for each row"
            )
        step = rows_of(sum(stream.row_bytes for stream in streams.values()))
        for start in range(0, count, step):
            n = min(step, count - start)
            contents = {name: _column(stream, n) for name, stream in streams.items()}
            yield Rows(path, contents, start + 1 + np.arange(n), "row")

    return names, blocks


def numbers(values: NDArray[Any]) -> NDArray[Any]:
    """Numbers as `Rows` has them: int64 where they fit, or else float64."""
    if values.dtype.kind in "iu" and (values <= np.iinfo(np.int64).max).all():
        return values.astype(np.int64)
    with np.errstate(invalid="ignore"):  # NaN may signal, and no longer does in a sum
        quiet: NDArray[np.float64] = values.astype(np.float64) + 0.0
    return quiet


def _column(stream: ArrayStream, count: int) -> NDArray[Any]:
    values = stream.rows(count)
    if stream.dtype.kind == "b":
        return np.where(values, "true", "false").astype(TEXT)
    if stream.dtype.kind != "U":
        return numbers(values)
    try:
        texts: NDArray[Any] = np.strings.strip(values.astype(TEXT))
    except TypeError:  # NumPy reads four bytes as a character, whichever they are
        raise InputError(f"{stream.place}: holds what is no text: write it again") from None
    return texts
