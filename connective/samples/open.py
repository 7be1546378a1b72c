"""From a file's name to its samples."""

import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from connective.errors import InputError
from connective.network import Network
from connective.samples.arrays import read_npy, read_npz
from connective.samples.block import Block, Samples
from connective.samples.text import read_text

STANDARD_INPUT = Path("-")


@contextmanager
def open_samples(path: Path, network: Network, *, real: bool) -> Iterator[Samples]:
    """Open .npz, .npy or .csv; `-` is standard input with the text of a .csv.

    What the file says is checked as its blocks are read; with `real` its values are not words
    but are quantized by the encoder. What is wrong with it raises `InputError`.
    """
    with ExitStack() as files:
        with _reading(path):
            samples = _open(path, files, network, real=real)
        yield Samples(samples.name, samples.count, _guarded(path, samples.blocks))


def _open(path: Path, files: ExitStack, network: Network, *, real: bool) -> Samples:
    if path == STANDARD_INPUT:
        name = "standard input"
        return Samples(name, None, read_text(name, sys.stdin, network, real=real))
    match path.suffix:
        case ".csv":
            text = files.enter_context(path.open(encoding="utf-8-sig"))
            return Samples(path.name, None, read_text(str(path), text, network, real=real))
        case ".npy":
            file = files.enter_context(path.open("rb"))
            return read_npy(path, file, network, real=real)
        case ".npz":
            archive = files.enter_context(zipfile.ZipFile(path))
            return read_npz(path, archive, network, real=real)
    raise InputError(f"{path}: samples are read from .npz, .npy or .csv, or from a pipe with -")


def _guarded(path: Path, blocks: Iterator[Block]) -> Iterator[Block]:
    with _reading(path):
        yield from blocks


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in one sentence what happens to a file that is missing or damaged."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path}: is damaged ({error}): write it with numpy.savez") from None
