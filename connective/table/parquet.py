"""Tables as Parquet files, read by Arrow."""

from collections.abc import Iterator, Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.samples.block import rows_of
from connective.table.arrays import numbers
from connective.table.rows import TEXT, Blocks, Rows


def read_parquet(path: str, file: IO[bytes]) -> tuple[list[str], Blocks]:
    """The columns of a file of numbers, booleans and texts, and its rows; null is missing."""
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        parquet = ParquetFile(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"{path}: is no Parquet file, or damaged ({_line(error)})") from None
    names = list(parquet.schema_arrow.names)

    def blocks(columns: Sequence[str]) -> Iterator[Rows]:
        for name in columns:
            _check_type(path, name, parquet.schema_arrow.field(name).type)
        start = 1
        step = rows_of(64 * len(columns))
        try:
            for batch in parquet.iter_batches(step, columns=list(columns)):
                contents = {name: _values(batch.column(name)) for name in columns}
                yield Rows(path, contents, start + np.arange(len(batch)), "row")
                start += len(batch)
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{path}: is damaged ({_line(error)}): write it again") from None

    return names, blocks


def _check_type(path: str, name: str, kind: Any) -> None:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    numbers = (types.is_integer, types.is_floating, types.is_decimal)
    if not _is_text(kind) and not any(is_known(kind) for is_known in numbers):
        raise InputError(
            f"{path}: column {name!r} holds {kind}, not numbers, booleans or texts: convert it, or "
            "leave it out with data.drop"
        )


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    texts = (types.is_boolean, types.is_string, types.is_large_string, types.is_null)
    return any(is_text(kind) for is_text in texts)


def _values(array: Any) -> NDArray[Any]:
    import pyarrow
    from pyarrow import types

    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if types.is_integer(array.type) and not array.null_count:
        return numbers(array.to_numpy(zero_copy_only=False))
    if (
        types.is_integer(array.type)
        or types.is_floating(array.type)
        or types.is_decimal(array.type)
    ):
        floats = array.cast(pyarrow.float64(), safe=False).to_numpy(zero_copy_only=False)
        return numbers(floats)
    texts = array.cast(pyarrow.string()).fill_null("").to_pylist()
    stripped: NDArray[Any] = np.strings.strip(np.array(texts, dtype=TEXT))
    return stripped


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
