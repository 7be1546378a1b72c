"""From a file's name to the table in it: which columns it has, and its rows block by block."""

import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from connective.errors import InputError
from connective.table.arrays import read_arrays
from connective.table.parquet import read_parquet
from connective.table.rows import Blocks, Rows
from connective.table.text import read_text

SUFFIXES = (".csv", ".parquet", ".npz")


@dataclass(frozen=True, eq=False)
class TableFile:
    """An open table. `names` are its columns' in order, each but once."""

    path: Path
    names: tuple[str, ...]
    blocks: Blocks

    def refuse_without(self, wanted: Collection[str], what: str) -> None:
        """Raise `InputError` for a column that is not there; `what` says who asks for it."""
        for name in wanted:
            if name not in self.names:
                close = get_close_matches(name, self.names, n=1)
                shown = ", ".join(map(repr, self.names[:10])) + ", …" * (len(self.names) > 10)
                remedy = f"did you mean {close[0]!r}?" if close else f"it has {shown}"
                raise InputError(f"{self.path}: has no column {name!r}, {what}: {remedy}")


@contextmanager
def open_table(path: Path) -> Iterator[TableFile]:
    """Open .csv, .parquet, or .npz with an array a column.

    What the file says is checked as its blocks are read; what is wrong with it raises `InputError`.
    """
    with ExitStack() as files:
        with _reading(path):
            names, blocks = _open(path, files)
            _check_names(path, names)

        def guarded(columns: Sequence[str]) -> Iterator[Rows]:
            with _reading(path):
                yield from blocks(columns)

        yield TableFile(path, tuple(names), guarded)


def has_columns(path: Path, wanted: Collection[str]) -> bool:
    """Whether a file is a table that has the columns, among others perhaps."""
    if path.suffix not in SUFFIXES:
        return False
    with ExitStack() as files, _reading(path):
        names, _ = _open(path, files)
        return set(wanted) <= set(names)


def _open(path: Path, files: ExitStack) -> tuple[Sequence[str], Blocks]:
    match path.suffix:
        case ".csv":
            text = files.enter_context(path.open(encoding="utf-8-sig", newline=""))
            return read_text(str(path), text)
        case ".parquet":
            return read_parquet(str(path), files.enter_context(path.open("rb")))
        case ".npz":
            return read_arrays(str(path), files.enter_context(zipfile.ZipFile(path)))
    raise InputError(f"{path}: a table is read from {', '.join(SUFFIXES)}")


def _check_names(path: Path, names: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if not name or not name.isprintable():
            raise InputError(
                f"{path}: column {number} is named {name!r}: give it a name on one line"
            )
        if first.setdefault(name, number) != number:
            raise InputError(
                f"{path}: columns {first[name]} and {number} are both named {name!r}: rename one"
            )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in one sentence what happens to a file that is missing or damaged."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text: save it as UTF-8") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path}: is damaged ({error}): write it again") from None
