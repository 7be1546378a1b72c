"""Every function that reads a file from anyone, with small valid files to start from."""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from connective import InputError, Network
from connective.formats.aiger import read_aiger, write_aiger
from connective.formats.blif import read_blif, write_blif
from connective.formats.json_text import read_json, write_json
from connective.network_file import read_network, write_network
from connective.peers import Hyperparameters, read_circuit, read_state_dict
from tests.networks import random_network

Read = Callable[[Path], tuple[Network, dict[str, Any]]]


@dataclass(frozen=True)
class Loader:
    """A reader of files with a suffix, and the contents of some that it accepts."""

    suffix: str
    read: Read
    seeds: list[bytes]

    def accepts(self, path: Path, content: bytes) -> bool:
        """Whether the content is a network; `InputError` is a refusal, anything else a defect."""
        path.write_bytes(content)
        try:
            network, provenance = self.read(path)
        except InputError as error:
            assert "\n" not in str(error), f"more than one line: {error}"
            assert str(path) in str(error), f"names no file: {error}"
            return False
        assert isinstance(network, Network)
        assert isinstance(provenance, dict)
        return True


def _written(suffix: str, write: Callable[[Path, Network, dict[str, Any]], None]) -> list[bytes]:
    """Networks of all shapes and heads in one of our formats."""
    contents = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"seed{suffix}"
        for seed, (k, head) in enumerate([(1, "bits"), (2, "class"), (4, "scores"), (6, "class")]):
            network = random_network(
                np.random.default_rng(seed), layers=[4, 4], k=k, head=head, weighted=True
            )
            write(path, network, {"seed": seed, "note": "é"})
            contents.append(path.read_bytes())
    return contents


def _foreign_blif() -> list[bytes]:
    wide = " ".join("abcdefgh")
    return [
        b".model m\n.inputs a b \\\n c\n.outputs y z\n.names x b y # or\n1- 1\n-1 1\n"
        b".names a c x\n10 0\n.names z\n1\n.end\n",
        f".inputs {wide}\n.outputs y\n.names {wide} y\n1-0-1-0- 1\n-1111--- 1\n".encode(),
    ]


def _foreign_aiger() -> dict[str, bytes]:
    return {
        ".aag": b"aag 9 2 0 3 3\n2\n4\n6\n12\n1\n6 13 15\n12 2 4\n14 3 5\ni0 x\no1 c\nc\nhalf\n",
        ".aig": b"aig 5 2 0 2 3\n10\n6\n\x02\x02\x03\x02\x01\x02i1 y\nc\nhalf\n",
    }


def _circuits() -> list[bytes]:
    gates = [
        {"gate_id": 3 + g, "op": op, "in0": a, "in1": b, "node_idx": 3 + g}
        for g, (op, a, b) in enumerate([("AND", 0, 1), ("NOT", 2, -1), ("XOR", 3, 4)])
    ]
    circuit = {"n_inputs": 3, "input_shape": [3], "gates": gates, "outputs": [5, 3, 0]}
    sums = [
        {"node_id": 6 + c, "input_ids": ids, "tau": 2.0, "beta": 0.5 * c}
        for c, ids in enumerate([[3, 5], [4, 4, 0]])
    ]
    summed = circuit | {"outputs": [6, 7], "output_shape": [2], "sum_nodes": sums}
    return [json.dumps(c).encode() for c in (circuit | {"output_shape": [3]}, summed)]


def _state_dicts() -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(4, 16)).astype(np.float32)
    return [
        {  # torchlogix, fixed and learned connections
            "0.weight": weight,
            "0.connections.indices": rng.integers(0, 4, (2, 4)),
            "1.weight": weight,
            "1.connections.indices": rng.integers(0, 4, (3, 2, 4)),
            "1.connections.weights": rng.normal(size=(3, 2, 4)).astype(np.float32),
        },
        {"0.luts": rng.normal(size=(4, 8)), "0.mapping": rng.integers(0, 4, (4, 3))},
        {
            "0.indices_a": rng.integers(0, 4, 4),
            "0.indices_b": rng.integers(0, 4, 4),
            "0.weights": weight,
            "k": np.array(2),
            "tau": np.array(1.5),
        },
    ]


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _read_model(path: Path) -> tuple[Network, dict[str, Any]]:
    return read_state_dict(path, Hyperparameters(classes=2))


LOADERS = {
    "npz": Loader(".npz", read_network, _written(".npz", write_network)),
    "json": Loader(".json", read_json, _written(".json", write_json)),
    "blif": Loader(".blif", read_blif, _written(".blif", write_blif) + _foreign_blif()),
    "aig": Loader(".aig", read_aiger, [*_written(".aig", write_aiger), _foreign_aiger()[".aig"]]),
    "aag": Loader(".aag", read_aiger, [*_written(".aag", write_aiger), _foreign_aiger()[".aag"]]),
    "circuit": Loader(".json", read_circuit, _circuits()),
    "state-npz": Loader(".npz", _read_model, [_npz(arrays) for arrays in _state_dicts()]),
    "safetensors": Loader(".safetensors", _read_model, [save(arrays) for arrays in _state_dicts()]),
}


def mutated(content: bytes, choose: int, mutate: Callable[[bytes], bytes]) -> bytes:
    """Content changed; of a ZIP archive mostly one member, its checksum right again.

    Otherwise nearly no change would be seen by anything but the checksum.
    """
    file = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # no archive, or one that an earlier change has damaged
        members = {}
    if not members or choose % 8 == 0:
        return mutate(content)
    chosen = sorted(members)[choose // 8 % len(members)]
    members[chosen] = mutate(members[chosen])
    with zipfile.ZipFile(file, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return file.getvalue()
