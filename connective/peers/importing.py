"""From a peer's file to a network, and where that comes from."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from connective.errors import InputError
from connective.formats.source import naming
from connective.network import Network
from connective.peers import circuit, difflogic, dwn, torchlogix
from connective.peers.hyperparameters import Hyperparameters
from connective.peers.layers import Layer, layered
from connective.peers.state_dict import StateDict, read_arrays

Reader = Callable[[StateDict, Hyperparameters], tuple[Hyperparameters, list[Layer]]]
THRESHOLDS = re.compile(r"(.*\.)?(thresholds|raw_diffs)")


def read_circuit(path: Path) -> tuple[Network, dict[str, Any]]:
    """The network that torchlogix's `Circuit.write_json` wrote, and its provenance.

    Each input bit is a feature; `dataclasses.replace` puts another encoder before it.
    """
    return circuit.read(path), imported(path, "torchlogix Circuit")


def read_state_dict(path: Path, model: Hyperparameters) -> tuple[Network, dict[str, Any]]:
    """The network of a torchlogix, difflogic or DWN model, and its provenance.

    `model` adds what the file does not say. Each input bit is a feature.
    """
    state = read_arrays(path)
    with naming(path):
        peer, read = _peer(state)
        model, layers = read(_without_thresholds(state, model), model)
        network = layered(layers, model, padded=peer == "DWN")
    return network, imported(path, f"{peer} state_dict")


def imported(path: Path, form: str) -> dict[str, Any]:
    """The provenance of a network from a file in someone else's format."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"imported": {"file": path.name, "sha256": digest, "format": form}}


def _peer(state: StateDict) -> tuple[str, Reader]:
    parameters = {key.rpartition(".")[2] for key in state.arrays}
    if dwn.LUTS in parameters:
        return "DWN", dwn.read_layers
    if parameters & {difflogic.FIRST, difflogic.WEIGHTS} and "indices" not in parameters:
        return "difflogic", difflogic.read_layers
    return "torchlogix", torchlogix.read_layers


def _without_thresholds(state: StateDict, model: Hyperparameters) -> StateDict:
    """The layers alone, where it is said what replaces that which makes bits of real inputs."""
    thresholds = [key for key in state.arrays if THRESHOLDS.fullmatch(key)]
    if thresholds and model.inputs is None:
        raise InputError(
            f"{thresholds[0]} makes bits of real inputs, and the file does not say as what "
            "integers they come: give --encoder, or --inputs if the core shall take the bits"
        )
    kept = {key: array for key, array in state.arrays.items() if key not in thresholds}
    return StateDict(kept)
