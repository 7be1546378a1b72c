"""Networks in files of any format, which the suffix names, or the content where two share one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from connective.archive import open_archive
from connective.encoder import Encoder
from connective.errors import InputError
from connective.formats.aiger import read_aiger, write_aiger
from connective.formats.blif import read_blif, write_blif
from connective.formats.c99 import write_c99
from connective.formats.dot import write_dot
from connective.formats.json_text import read_json, write_json
from connective.formats.source import read_source
from connective.network import Network
from connective.network_file import read_network, write_network
from connective.peers import Hyperparameters, imported, read_circuit, read_state_dict

Read = Callable[[Path], tuple[Network, dict[str, Any]]]
Write = Callable[[Path, Network, Mapping[str, Any]], None]

READERS: dict[str, Read] = {
    ".npz": read_network,
    ".json": read_json,
    ".blif": read_blif,
    ".aig": read_aiger,
    ".aag": read_aiger,
}
WRITERS: dict[str, Write] = {
    ".npz": write_network,
    ".json": write_json,
    ".blif": write_blif,
    ".aig": write_aiger,
    ".aag": write_aiger,
    ".c": write_c99,
    ".dot": write_dot,
}
STATE_DICTS = (".npz", ".safetensors", ".pt", ".pth")


def read(
    path: Path, model: Hyperparameters, encoder: Encoder | None
) -> tuple[Network, dict[str, Any]]:
    """The network of a file and its provenance, which for a foreign one names the file.

    `model` adds what a peer's state_dict does not say; an encoder takes the place of the file's.
    """
    if _is_state_dict(path):
        if encoder is not None:
            model = model.joined(Hyperparameters(inputs=encoder.n_rows), "the encoder")
        network, provenance = read_state_dict(path, model)
    elif model != Hyperparameters():
        raise InputError(
            f"{path}: says all of its network, so --classes, --tau, --beta, --inputs and "
            "--parametrization are not for it: leave them out"
        )
    else:
        network, provenance = _reader(path)(path)
    if encoder is not None:
        if encoder.n_rows != network.n_inputs:
            raise InputError(
                f"{path}: the network has {network.n_inputs} input bits, but the encoder has "
                f"{encoder.n_rows} rows"
            )
        network = replace(network, encoder=encoder)
    return network, provenance or imported(path, path.suffix.removeprefix("."))


def writer(path: Path) -> Write:
    """What writes a network into such a file; `InputError` if nothing does."""
    if path.suffix not in WRITERS:
        raise _unknown(path, WRITERS)
    return WRITERS[path.suffix]


def _is_state_dict(path: Path) -> bool:
    if path.suffix != ".npz":
        return path.suffix in STATE_DICTS
    with open_archive(path, what=".npz archive", remedy="save it again") as archive:
        return {"fanin", "encoder_op"}.isdisjoint(archive.array_names)


def _reader(path: Path) -> Read:
    if path.suffix not in READERS:
        raise _unknown(path, {*READERS, *STATE_DICTS})
    if path.suffix == ".json" and b'"connective.' not in read_source(path):
        return read_circuit
    return READERS[path.suffix]


def _unknown(path: Path, suffixes: Collection[str]) -> InputError:
    return InputError(
        f"{path}: suffix is {path.suffix!r}, expected one of {', '.join(sorted(suffixes))}"
    )
