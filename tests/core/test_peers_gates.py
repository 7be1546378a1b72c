"""All sixteen gates, in the numbering and by the names of peers, from files to truth tables."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from connective import Network
from connective.peers import Hyperparameters, read_circuit, read_state_dict

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])

# Table 1 of "Deep Differentiable Logic Gate Networks" (arXiv 2210.08277): outputs for
# (a, b) = 00, 01, 10, 11
PUBLISHED = {
    0: (0, 0, 0, 0),  # false
    1: (0, 0, 0, 1),  # a and b
    2: (0, 0, 1, 0),  # not (a implies b)
    3: (0, 0, 1, 1),  # a
    4: (0, 1, 0, 0),  # not (b implies a)
    5: (0, 1, 0, 1),  # b
    6: (0, 1, 1, 0),  # a xor b
    7: (0, 1, 1, 1),  # a or b
    8: (1, 0, 0, 0),  # not (a or b)
    9: (1, 0, 0, 1),  # not (a xor b)
    10: (1, 0, 1, 0),  # not b
    11: (1, 0, 1, 1),  # b implies a
    12: (1, 1, 0, 0),  # not a
    13: (1, 1, 0, 1),  # a implies b
    14: (1, 1, 1, 0),  # not (a and b)
    15: (1, 1, 1, 1),  # true
}

NAMED: dict[str, Callable[[bool, bool], bool]] = {
    "CONST_FALSE": lambda a, b: False,
    "CONST_TRUE": lambda a, b: True,
    "WIRE": lambda a, b: a,
    "NOT": lambda a, b: not a,
    "AND": lambda a, b: a and b,
    "OR": lambda a, b: a or b,
    "XOR": lambda a, b: a != b,
    "NAND": lambda a, b: not (a and b),
    "NOR": lambda a, b: not (a or b),
    "XNOR": lambda a, b: a == b,
    "AND_NOT_B": lambda a, b: a and not b,
    "AND_NOT_A": lambda a, b: not a and b,
    "OR_NOT_B": lambda a, b: a or not b,
    "OR_NOT_A": lambda a, b: not a or b,
    "NOT_A": lambda a, b: not a,
    "NOT_B": lambda a, b: not b,
}

BITS = Hyperparameters(classes=0)


def published(network: Network) -> bool:
    expected = np.array([PUBLISHED[number] for number in range(16)], dtype=bool)
    return np.array_equal(network.output_bits(CORNERS).T, expected)


def test_numbers_of_difflogic(tmp_path: Path) -> None:
    path = tmp_path / "gates.npz"
    a, b = np.zeros(16, dtype=np.int64), np.ones(16, dtype=np.int64)
    arrays = {"0.indices_a": a, "0.indices_b": b, "0.weights": np.eye(16)}
    np.savez(path, k=np.array(0), **arrays)
    network, _ = read_state_dict(path, Hyperparameters())
    assert published(network)


def test_numbers_of_torchlogix(tmp_path: Path) -> None:
    path = tmp_path / "gates.npz"
    wiring = {"0.connections.indices": np.repeat([[0], [1]], 16, axis=1)}
    np.savez(path, **{"0.weight": np.eye(16)}, **wiring)
    assert published(read_state_dict(path, BITS)[0])


def test_numbers_in_an_exported_torchlogix_model(tmp_path: Path) -> None:
    path = tmp_path / "gates.npz"
    wiring = {"0.connections.indices": np.repeat([[0], [1]], 16, axis=1)}
    np.savez(path, **{"0.weight": np.zeros((16, 4)), "0._export_lut_ids": np.arange(16)}, **wiring)
    assert published(read_state_dict(path, BITS)[0])


@pytest.mark.parametrize("parametrization", ["warp", "light"])
def test_coefficients_of_torchlogix(tmp_path: Path, parametrization: str) -> None:
    """Walsh coefficients of the signs 1 − 2·f on (1, b, a, ab), or one weight an output."""
    path = tmp_path / "gates.npz"
    signs = 1 - 2 * np.array([PUBLISHED[number] for number in range(16)])
    basis = np.array(
        [[(-1) ** (a * i + b * j) for i in (0, 1) for j in (0, 1)] for a, b in CORNERS]
    )
    weight = signs @ basis / 4 if parametrization == "warp" else -signs
    wiring = {"0.connections.indices": np.repeat([[0], [1]], 16, axis=1)}
    np.savez(path, **{"0.weight": weight.astype(np.float32)}, **wiring)
    model = Hyperparameters(classes=0, parametrization=parametrization)
    assert published(read_state_dict(path, model)[0])


def test_addresses_of_dwn(tmp_path: Path) -> None:
    """Slot 0 is the low bit: address 1 is input a alone."""
    path = tmp_path / "luts.npz"
    luts = [[1 if bits[2 * a + b] else -1 for b, a in CORNERS] for bits in PUBLISHED.values()]
    np.savez(path, **{"0.luts": np.array(luts, dtype=np.float32)}, **{"0.mapping": [[0, 1]] * 16})
    assert published(read_state_dict(path, BITS)[0])


def test_names_of_a_circuit(tmp_path: Path) -> None:
    path = tmp_path / "circuit.json"
    gates = [
        {"gate_id": 2 + i, "op": name, "in0": 0, "in1": 1, "node_idx": -1}
        for i, name in enumerate(NAMED)
    ]
    circuit = {"n_inputs": 2, "input_shape": [2], "gates": gates}
    outputs = {"outputs": list(range(2, 18)), "output_shape": [16]}
    path.write_text(json.dumps(circuit | outputs))
    network, _ = read_circuit(path)
    expected = [[function(a, b) for function in NAMED.values()] for a, b in CORNERS.astype(bool)]
    assert network.output_bits(CORNERS).tolist() == expected
