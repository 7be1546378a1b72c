"""What a reader takes from a file before it knows whether to trust it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connective.errors import InputError
from connective.json_record import MAX_BYTES

MAX_INPUTS = 1 << 18
MAX_GATES = 1 << 20


def read_source(path: Path) -> bytes:
    """A file's content; `InputError` if it cannot be read or is longer than `MAX_BYTES`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise InputError(f"{path}: is longer than the {MAX_BYTES} bytes that are read")
    return content


def read_text(path: Path) -> str:
    """A file's content as UTF-8; `InputError` as for `read_source`, and if it is no text."""
    try:
        return read_source(path).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is no text") from None


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put the file's name before the sentence of an `InputError`."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
