"""network.npz: a network as NumPy arrays and a JSON header. docs/network-npz.md specifies it."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from connective.encoder import Encoder, Feature
from connective.errors import InputError
from connective.folder import write_atomic
from connective.network import Head, Network
from connective.sentence import first_error, refuse_newer

FORMAT = "connective.network"
VERSION = 1
HEADER = "header.json"
NETWORK_ARRAYS = ("fanin", "table", "outputs", "weights", "groups", "bias")
ENCODER_ARRAYS = ("feature", "op", "value")
MAX_MEMBER_BYTES = 1 << 28  # no network that fits a chip comes near; a hostile file is refused


class _FeatureHeader(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    width: int
    signed: bool
    scale: float
    zero: int


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    format: Literal["connective.network"]
    version: int
    head: Head
    tau: float | None
    features: list[_FeatureHeader]
    provenance: dict[str, Any]


def write_network(path: Path, network: Network, provenance: Mapping[str, Any]) -> None:
    """Write `path`, the same bytes for the same network and provenance (a JSON object)."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "head": network.head,
        "tau": network.tau,
        "features": [vars(feature) for feature in network.encoder.features],
        "provenance": dict(provenance),
    }
    arrays = {name: getattr(network, name) for name in NETWORK_ARRAYS}
    arrays |= {f"encoder_{name}": getattr(network.encoder, name) for name in ENCODER_ARRAYS}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, HEADER, json.dumps(header, indent=1, sort_keys=True).encode())
        for name, array in arrays.items():
            member = io.BytesIO()
            little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
            npy.write_array(member, little_endian, version=(1, 0), allow_pickle=False)
            _add(archive, f"{name}.npy", member.getvalue())
    write_atomic(path, buffer.getvalue())


def read_network(path: Path) -> tuple[Network, dict[str, Any]]:
    """The network and its provenance; a damaged, foreign or newer file raises `InputError`."""
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path}: not a network.npz, or damaged ({error}): train or export it again"
        ) from None


def _read(path: Path, file: BinaryIO) -> tuple[Network, dict[str, Any]]:
    with zipfile.ZipFile(file) as archive:
        members = {info.filename: info for info in archive.infolist()}
        expected = [f"{name}.npy" for name in NETWORK_ARRAYS]
        expected += [f"encoder_{name}.npy" for name in ENCODER_ARRAYS]
        for name in (HEADER, *expected):
            if name not in members:
                raise InputError(f"{path}: has no {name}, so it is not a network.npz")
            if members[name].file_size > MAX_MEMBER_BYTES:
                raise InputError(
                    f"{path}: {name} is {members[name].file_size} bytes, "
                    f"more than the {MAX_MEMBER_BYTES} that are read"
                )
        header = _header(path, archive.read(HEADER))
        arrays: dict[str, Any] = {n: _array(path, archive, members[n]) for n in expected}
    try:
        encoder = Encoder(
            tuple(Feature(**feature.model_dump()) for feature in header.features),
            *(arrays[f"encoder_{name}.npy"] for name in ENCODER_ARRAYS),
        )
        network_arrays = {name: arrays[f"{name}.npy"] for name in NETWORK_ARRAYS}
        network = Network(encoder=encoder, head=header.head, tau=header.tau, **network_arrays)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return network, header.provenance


def _header(path: Path, content: bytes) -> _Header:
    try:
        version = json.loads(content).get("version")
    except (ValueError, AttributeError, RecursionError):
        raise InputError(f"{path}: {HEADER} is not a JSON object, so the file is damaged") from None
    refuse_newer(path, version, VERSION)
    try:
        return _Header.model_validate_json(content)
    except ValidationError as error:
        raise InputError(f"{path}: {HEADER}: {first_error(error)}") from None


def _array(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[np.integer]:
    """One array, its size checked against the member's before memory is taken for it."""
    member = io.BytesIO(archive.read(info))
    version = npy.read_magic(member)
    if version != (1, 0):
        raise InputError(f"{path}: {info.filename} has .npy version {version}, not (1, 0)")
    shape, _, dtype = npy.read_array_header_1_0(member)
    if dtype.kind not in "iu":
        raise InputError(f"{path}: {info.filename} holds {dtype}, not integers")
    promised = dtype.itemsize
    for length in shape:
        promised *= length
    if promised != info.file_size - member.tell():
        raise InputError(f"{path}: {info.filename} is not as long as its shape {shape} says")
    member.seek(0)
    array: NDArray[np.integer] = npy.read_array(member, allow_pickle=False)
    return array


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name)  # its date is fixed, so that the bytes are reproducible
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)
