"""network.npz: a network as NumPy arrays and a JSON header. docs/network-npz.md specifies it."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from numpy.lib import format as npy
from pydantic import BaseModel, ConfigDict, ValidationError

from connective.archive import open_archive
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
    with open_archive(path, what="network.npz", remedy="train or export it again") as archive:
        header = _header(path, archive.read(HEADER))
        arrays: dict[str, Any] = {name: archive.array(name) for name in NETWORK_ARRAYS}
        rows = [archive.array(f"encoder_{name}") for name in ENCODER_ARRAYS]
    try:
        features = tuple(Feature(**feature.model_dump()) for feature in header.features)
        encoder = Encoder(features, *rows)
        network = Network(encoder=encoder, head=header.head, tau=header.tau, **arrays)
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


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name)  # its date is fixed, so that the bytes are reproducible
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)
