"""Artefacts appear whole or not at all, and replace only what Connective itself wrote."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connective.errors import InputError

MANIFEST = ".connective.json"
RESULTS = "results"
ODD = {" ": "blanks", "'": "quotes", '"': "quotes", "$": "$", "\\": "backslashes"}
"""What `make`, ABC, Icarus or Verilator do not take in the name of a folder."""
RESULT_SUFFIXES = (".json", ".log", ".v", ".vcd")


@contextmanager
def replace_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder beside `path` that takes its place by rename when the block ends well.

    Raises `InputError`, before the block runs, if `path` holds a file that Connective did not
    write. When the block is left by any exception the new folder is removed and `path` stays.
    """
    path = path.absolute()
    check_replaceable(path)
    make_parent(path)
    new = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        new.chmod(0o777 & ~_umask())
        with _placed(path):
            yield new
        files = [name for name in _files(new) if not _is_result(name)]
        manifest = {"format": "connective.folder", "files": files}
        write_atomic(new / MANIFEST, json.dumps(manifest, indent=1).encode())
        check_replaceable(path)  # a user may have put something there meanwhile
        if path.exists():
            old = new.with_name(new.name + ".old")
            path.rename(old)
            new.rename(path)
            shutil.rmtree(old)
        else:
            new.rename(path)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def check_replaceable(path: Path) -> None:
    """Raise `InputError` unless `path` is free, empty, or wholly Connective's own."""
    if not (path.exists() or path.is_symlink()):
        return
    if path.is_symlink() or not path.is_dir():
        raise InputError(f"{path} is not a folder: name another one or remove it")
    files = _files(path)
    if not files:
        return
    try:
        own = set(json.loads((path / MANIFEST).read_bytes())["files"]) | {MANIFEST}
    except FileNotFoundError:
        own = set()
    except (OSError, ValueError, TypeError, KeyError):
        raise InputError(
            f"{path / MANIFEST} is damaged: remove the folder if nothing in it is needed, "
            "or name another one"
        ) from None
    foreign = [name for name in files if name not in own and not (own and _is_result(name))]
    if foreign:
        raise InputError(
            f"{path} holds {foreign[0]!r}, which Connective did not write: "
            "move it away or name another folder"
        )


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for the time of the block in which tools work, named so that all of them can.

    A write that fails is told with its place.
    """
    place = tempfile.gettempdir()
    if odd := set(place) & set(ODD):
        named = " and ".join(sorted({ODD[character] for character in odd}))
        raise InputError(f"tools cannot work in {place}: set TMPDIR to a folder without {named}")
    temporary = tempfile.TemporaryDirectory(prefix="connective-", ignore_cleanup_errors=True)
    with temporary as name, _placed(Path(name)):
        yield Path(name)


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """Let a write that fails, which does not say to where, name the place."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside `path` and rename it over `path`; make the folder if it is missing."""
    make_parent(path)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        with _placed(path), os.fdopen(descriptor, "wb") as file:
            file.write(content)
        new.chmod(0o666 & ~_umask())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def move_atomic(source: Path, path: Path) -> None:
    """Let a file that may be large, and in another file system, take the place of `path`."""
    make_parent(path)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as name:
        new = Path(name) / path.name
        with _placed(path):
            shutil.copyfile(source, new)
        new.replace(path)


def make_parent(path: Path) -> None:
    """Make the folder that will hold `path`, or raise `InputError` where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path.parent} cannot be made: {error.strerror}") from None


def _files(folder: Path) -> list[str]:
    return sorted(
        entry.relative_to(folder).as_posix()
        for entry in folder.rglob("*")
        if entry.is_symlink() or not entry.is_dir()
    )


def _is_result(name: str) -> bool:
    """Whether a verb that ran on the finished folder wrote this: a result's file in results/."""
    parent, _, file = name.rpartition("/")
    return parent == RESULTS and file.endswith(RESULT_SUFFIXES)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
