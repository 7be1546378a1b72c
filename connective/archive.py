"""ZIP archives of NumPy arrays from anyone: sizes before memory, and nothing is unpickled."""

import io
import json
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from connective.errors import InputError
from connective.folder import write_atomic
from connective.json_record import AnyModel, parse_record

HEADER = "header.json"
MAX_BYTES = 1 << 28  # of all that is read; no network that fits a chip comes near
INTEGER_BYTES = 16  # what an integer of any type may come to: 64 bits and a copy
KINDS = {"b": "booleans", "i": "integers", "u": "integers", "f": "floats"}


class Archive:
    """An open archive; a member that is not there, too large or damaged raises `InputError`."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, *, what: str) -> None:
        self._path = path
        self._archive = archive
        self._what = what
        self._members = {info.filename: info for info in archive.infolist()}
        self._bytes_taken = 0
        for name in self._members:
            if not name.isprintable():
                raise InputError(f"{path}: holds a member of the name {name[:40]!r}")

    @property
    def array_names(self) -> list[str]:
        """What `array` may be asked for: the members that end in .npy, without it."""
        return [name.removesuffix(".npy") for name in self._members if name.endswith(".npy")]

    def read(self, name: str) -> bytes:
        """A member's content, as long as the archive's directory says."""
        if name not in self._members:
            raise InputError(f"{self._path}: has no {name}, so it is not a {self._what}")
        info = self._members[name]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{self._path}: {name} is neither stored nor deflated")
        self._take(name, info.file_size)
        return self._archive.read(info)

    def header(self, model: type[AnyModel], *, version: int) -> AnyModel:
        """header.json as a model; a version greater than the one given is refused."""
        content = self.read(HEADER)
        return parse_record(self._path, content, model, version=version, of=HEADER)

    def array(self, name: str, *, kinds: str = "iu") -> NDArray[Any]:
        """The array in NAME.npy, its dtype of one of NumPy's `kinds` (of "biuf")."""
        content = self.read(f"{name}.npy")
        member = io.BytesIO(content)
        shape, dtype = self._header(name, member)
        if dtype.kind not in kinds:
            wanted = " or ".join(dict.fromkeys(KINDS[kind] for kind in kinds))
            raise InputError(f"{self._path}: {name}.npy holds {dtype}, not {wanted}")
        promised = dtype.itemsize
        for length in shape:
            promised *= length
        if min(shape, default=0) < 0 or promised != len(content) - member.tell():
            raise InputError(f"{self._path}: {name}.npy is not as long as its shape {shape} says")
        if dtype.kind != "f":
            self._take(f"{name}.npy", promised // dtype.itemsize * INTEGER_BYTES)
        member.seek(0)
        array: NDArray[Any] = npy.read_array(member, allow_pickle=False)
        return array

    def _take(self, name: str, n_bytes: int) -> None:
        self._bytes_taken += n_bytes
        if self._bytes_taken > MAX_BYTES:
            raise InputError(
                f"{self._path}: {name} takes {n_bytes} bytes, "
                f"and no more than {MAX_BYTES} in all are taken"
            )

    def _header(self, name: str, member: io.BytesIO) -> tuple[tuple[int, ...], np.dtype[Any]]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # NumPy warns of headers that it had to mend
                version = npy.read_magic(member)
                if version == (1, 0):
                    shape, _, dtype = npy.read_array_header_1_0(member)
                    return shape, dtype
        except Exception as error:  # NumPy lets through whatever Python's parser may raise
            raise InputError(
                f"{self._path}: {name}.npy is no array, or damaged ({error})"
            ) from None
        raise InputError(f"{self._path}: {name}.npy has .npy version {version}, not (1, 0)")


@contextmanager
def open_archive(path: Path, *, what: str, remedy: str) -> Iterator[Archive]:
    """Open an archive; whatever is damaged in it raises an `InputError` that ends in `remedy`."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            yield Archive(path, archive, what=what)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise InputError(f"{path}: not a {what}, or damaged ({error}): {remedy}") from None


def write_archive(
    path: Path, header: Mapping[str, Any], arrays: Mapping[str, NDArray[np.integer]]
) -> None:
    """Write header.json and NAME.npy for each array; the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, HEADER, json.dumps(header, indent=1, sort_keys=True).encode())
        for name, array in arrays.items():
            member = io.BytesIO()
            little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
            npy.write_array(member, little_endian, version=(1, 0), allow_pickle=False)
            _add(archive, f"{name}.npy", member.getvalue())
    write_atomic(path, buffer.getvalue())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name)  # its date is fixed, so that the bytes are reproducible
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)
