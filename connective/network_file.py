"""network.npz: a network as NumPy arrays and a JSON header. docs/network-npz.md specifies it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from connective.archive import open_archive, write_archive
from connective.encoder import Encoder, Feature
from connective.errors import InputError
from connective.network import Head, Network

FORMAT = "connective.network"
VERSION = 1
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
    write_archive(path, header, arrays)


def read_network(path: Path) -> tuple[Network, dict[str, Any]]:
    """The network and its provenance; a damaged, foreign or newer file raises `InputError`."""
    with open_archive(path, what="network.npz", remedy="train or export it again") as archive:
        header = archive.header(_Header, version=VERSION)
        arrays: dict[str, Any] = {name: archive.array(name) for name in NETWORK_ARRAYS}
        rows = [archive.array(f"encoder_{name}") for name in ENCODER_ARRAYS]
    try:
        features = tuple(Feature(**feature.model_dump()) for feature in header.features)
        encoder = Encoder(features, *rows)
        network = Network(encoder=encoder, head=header.head, tau=header.tau, **arrays)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return network, header.provenance
