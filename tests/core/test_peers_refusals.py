"""What a peer's file lacks, contradicts or hides is refused with one sentence that says where."""

import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from connective import InputError
from connective.peers import Hyperparameters, read_circuit, read_state_dict

Arrays = dict[str, Any]
TEN = Hyperparameters(classes=2)


def torchlogix() -> Arrays:
    """Two layers of four gates, the first with learned wiring of three candidates."""
    rng = np.random.default_rng(0)
    return {
        "0.weight": rng.normal(size=(4, 16)),
        "0.connections.indices": rng.integers(0, 6, (3, 2, 4)),
        "0.connections.weights": rng.normal(size=(3, 2, 4)),
        "1.weight": rng.normal(size=(4, 16)),
        "1.connections.indices": rng.integers(0, 4, (2, 4)),
    }


def difflogic() -> Arrays:
    rng = np.random.default_rng(0)
    wiring = {f"0.indices_{x}": rng.integers(0, 6, 4) for x in "ab"}
    return wiring | {"0.weights": rng.normal(size=(4, 16)), "k": np.array(2), "tau": np.array(1.5)}


def dwn() -> Arrays:
    rng = np.random.default_rng(0)
    return {"0.luts": rng.normal(size=(4, 8)), "0.mapping": rng.integers(0, 6, (4, 3))}


def nan(shape: tuple[int, ...]) -> NDArray[np.float64]:
    return np.full(shape, np.nan)


def refusal(path: Path, model: Hyperparameters = TEN) -> str:
    with pytest.raises(InputError) as error:
        read_state_dict(path, model)
    text = str(error.value)
    assert text.startswith(f"{path}: ") and "\n" not in text
    return text.removeprefix(f"{path}: ")


def test_the_models_that_are_spoilt_below_are_read(tmp_path: Path) -> None:
    for make in (torchlogix, difflogic, dwn):
        np.savez(tmp_path / "model.npz", **make())
        network, _ = read_state_dict(tmp_path / "model.npz", TEN)
        assert network.n_classes == 2


@pytest.mark.parametrize(
    ("make", "changed", "sentence"),
    [
        (torchlogix, {"0.weight": nan((4, 16))}, "0.weight holds a NaN"),
        (torchlogix, {"0.weight": np.zeros((4, 15))}, "has 15 columns, expected 16 or 4"),
        (torchlogix, {"0.weight": np.zeros((5, 16))}, r"has shape \[5, 16\], expected 4 × any"),
        (torchlogix, {"0.weight": np.zeros((4, 16), dtype=int)}, "holds int64, expected numbers"),
        (torchlogix, {"0.weight": np.zeros((4, 4))}, "give --parametrization"),
        (torchlogix, {"0.weight": None}, "0.weight is missing"),
        (torchlogix, {"1.connections.indices": None}, "1.connections.indices is missing"),
        (torchlogix, {"1.connections.indices": np.full((2, 4), 4)}, "holds 4, expected 0 to 3"),
        (torchlogix, {"1.connections.indices": np.full((2, 4), -1)}, "holds -1, expected 0 to 3"),
        (torchlogix, {"1.connections.indices": np.zeros((2, 4))}, "holds float64, expected int"),
        (torchlogix, {"1.connections.indices": np.zeros((7, 4), dtype=int)}, "gates of 7 inputs"),
        (torchlogix, {"0.connections.indices": np.full((3, 2, 4), 2**40)}, "expected 0 to 262143"),
        (torchlogix, {"0.connections.weights": np.zeros((2, 2, 4))}, r"shape \[2, 2, 4\], expec"),
        (torchlogix, {"0.connections.weights": nan((3, 2, 4))}, "connections.weights holds a NaN"),
        (
            torchlogix,
            {"2.bias": np.zeros(4)},
            "'2.bias' is not known, a layer has",
        ),
        (torchlogix, {"0.thresholds": np.zeros((6, 3))}, "0.thresholds makes bits of real inputs"),
        (torchlogix, {"0.raw_diffs": np.zeros((6, 3))}, "give --encoder, or --inputs"),
        (torchlogix, {"9.tree_weights.0": np.zeros(1)}, "9.tree_weights.0 is of a convolution"),
        (torchlogix, {"9.connections._indices_L0": np.zeros(1)}, "write_json and convert that"),
        (torchlogix, {"other.3.weight": np.zeros((4, 16))}, "under '' and 'other.'"),
        (torchlogix, {"1.weight": np.zeros((0, 16))}, r"shape \[0, 16\], expected 4"),
        (difflogic, {"0.indices_a": None}, "0.weights comes without the wiring"),
        (difflogic, {"0.indices_b": None}, "0.indices_b is missing"),
        (difflogic, {"0.indices_b": np.zeros(3, dtype=int)}, r"has shape \[3\], expected 4"),
        (difflogic, {"in_dim": np.array(2)}, "holds 5, expected 0 to 1"),
        (difflogic, {"k": np.array(4)}, "the file says classes 4, not 2: leave --classes out"),
        (difflogic, {"k": np.array([2])}, r"k has shape \[1\], expected one number"),
        (difflogic, {"tau": np.array(0.0)}, "tau of a group sum must be 1e-9 to 1e9, not 0.0"),
        (difflogic, {"tau": np.array(np.inf)}, "tau holds a NaN or an infinity"),
        (dwn, {"0.luts": np.zeros((4, 6))}, "0.luts has 6 columns, expected 2\\^n"),
        (dwn, {"0.luts": np.zeros((4, 128))}, "wider tables can be given as Connective's JSON"),
        (dwn, {"0.mapping": None}, "0.mapping is missing"),
        (dwn, {"0.mapping.weights": nan((6, 12))}, "0.mapping.weights holds a NaN"),
    ],
)
def test_spoilt_models(
    tmp_path: Path, make: Callable[[], Arrays], changed: Arrays, sentence: str
) -> None:
    arrays = {name: array for name, array in (make() | changed).items() if array is not None}
    np.savez(tmp_path / "model.npz", **arrays)
    with pytest.raises(InputError, match=sentence):
        read_state_dict(tmp_path / "model.npz", TEN)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (Hyperparameters(), "how many classes there are: give --classes, or 0"),
        (Hyperparameters(classes=3), "3 classes do not divide the 4 gates of the last layer"),
        (Hyperparameters(classes=8), "8 classes do not divide"),
        (Hyperparameters(classes=2, inputs=3), "holds 5, expected 0 to 2"),
        (Hyperparameters(classes=2, inputs=10**9), "more than the 262144 that are read"),
        (Hyperparameters(classes=2, beta=1e-10), "need integers above"),
    ],
)
def test_what_the_user_says_must_fit(tmp_path: Path, model: Hyperparameters, sentence: str) -> None:
    np.savez(tmp_path / "model.npz", **torchlogix())
    assert sentence in refusal(tmp_path / "model.npz", model)


def test_nothing_in_a_pt_file_is_executed(tmp_path: Path) -> None:
    class Command:
        def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
            return os.system, (f"touch {tmp_path / 'executed'}",)

    path = tmp_path / "model.pt"
    torch.save({"0.weight": Command()}, path)
    assert "not a file of weights alone" in refusal(path)
    path.write_bytes(pickle.dumps(Command()))
    assert "not a file of weights alone" in refusal(path)
    torch.save(torch.nn.Linear(2, 2), path)
    assert "not a file of weights alone" in refusal(path)
    assert not (tmp_path / "executed").exists()


def test_files_that_are_no_state_dict(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    for content in ([1], {"a": "b"}, {1: torch.zeros(1)}, {"state_dict": {"a": None}}):
        torch.save(content, path)
        assert "save the model's state_dict again" in refusal(path)
    torch.save({"0.weight": torch.zeros(4, 16, dtype=torch.bfloat16)}, path)
    assert "save it as float32" in refusal(path)
    torch.save({"0.weight": torch.zeros(1).expand(2**40)}, path)
    assert "bytes, more than" in refusal(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/data.pkl", bytes(2**28 + 1))
    assert "unpacks to" in refusal(path)

    path = tmp_path / "model.safetensors"
    save_file({"0.weight": torch.zeros(4, 16, dtype=torch.bfloat16)}, path)
    assert "BF16, which NumPy lacks: save the model as float32" in refusal(path)
    path.write_bytes(path.read_bytes()[:-1])
    assert "not safetensors, or damaged" in refusal(path)
    save_file({}, path)
    assert "holds no arrays" in refusal(path)

    path = tmp_path / "model.npz"
    np.savez(path, **{"0.weight": np.array([{}], dtype=object)})
    assert "0.weight.npy holds object" in refusal(path)
    assert "cannot be read" in refusal(tmp_path / "none.npz")


def circuit(**changed: object) -> dict[str, Any]:
    """x0 ∧ x1, and not that, of three inputs; each class sums one twice and an input."""
    gates = [
        {"gate_id": 5, "op": "AND", "in0": 0, "in1": 1, "node_idx": -1},
        {"gate_id": 9, "op": "NOT", "in0": 5, "in1": -1, "node_idx": -1},
    ]
    sums = [
        {"node_id": 10, "input_ids": [5, 5, 2], "tau": 2.0, "beta": 0.0},
        {"node_id": 11, "input_ids": [9], "tau": 4.0, "beta": 1.0},
    ]
    return {
        "n_inputs": 3,
        "input_shape": [3],
        "outputs": [11, 10],
        "output_shape": [2],
        "gates": gates,
        "sum_nodes": sums,
    } | changed


def test_a_circuits_sums_are_exact_whatever_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "circuit.json"
    path.write_text(json.dumps(circuit()))
    network, _ = read_circuit(path)
    samples = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    expected = [
        [(1 - (a & b) + 1.0) / 4.0, (2 * (a & b) + c + 0.0) / 2.0] for a, b, c in samples.tolist()
    ]
    assert (network.scores(samples) / network.tau).tolist() == expected
    path.write_text(json.dumps(circuit(outputs=[10, 9])))
    network, _ = read_circuit(path)
    expected = [[(2 * (a & b) + c) / 2.0, 1 - (a & b)] for a, b, c in samples.tolist()]
    assert (network.scores(samples) / network.tau).tolist() == expected


def gate(**changed: object) -> list[dict[str, object]]:
    return [{"gate_id": 5, "op": "AND", "in0": 0, "in1": 1, "node_idx": -1} | changed]


def total(**changed: object) -> list[dict[str, object]]:
    return [{"node_id": 10, "input_ids": [0], "tau": 1.0, "beta": 0.0} | changed]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"gates": gate(in1=5)}, "gate 5 reads node 5, which is no input and no earlier gate"),
        ({"gates": gate(in1=99)}, "gate 5 reads node 99"),
        ({"gates": gate(in1=-1)}, "gate 5 reads node -1"),
        ({"gates": gate() + gate()}, "gate 5 has the number of another node"),
        ({"gates": gate(gate_id=2)}, "gate 2 has the number of another node"),
        ({"gates": gate(gate_id=-1)}, "gate -1 has the number of another node, or none"),
        ({"gates": gate(op="MUX")}, "gate 5 is a 'MUX', expected one of CONST_FALSE"),
        ({"gates": gate(in0=2**70)}, "gates.0.in0: input should be less than"),
        ({"gates": gate(in0="0")}, "gates.0.in0: input should be a valid integer"),
        ({"gates": gate(weight=1)}, "gates.0.weight: there is no such field"),
        ({"extra": 1}, "extra: there is no such field"),
        ({"outputs": [12]}, "output 12 reads node 12"),
        ({"outputs": []}, "outputs: list should have at least 1 item"),
        ({"outputs": [10], "sum_nodes": total(input_ids=[10])}, "output 10 reads node 10"),
        ({"sum_nodes": total() + total()}, "sum 10 has the number of another node"),
        ({"sum_nodes": total(node_id=5)}, "sum 5 has the number of another node"),
        ({"sum_nodes": total(tau=0)}, "sum_nodes.0.tau: input should be greater than 0"),
        ({"sum_nodes": total(tau=float("nan"))}, "sum_nodes.0.tau: input should be"),
        ({"sum_nodes": total(beta=float("inf"))}, "sum_nodes.0.beta: input should be a finite"),
        ({"n_inputs": 4}, "input_shape has 3 bits, but n_inputs is 4"),
        ({"n_inputs": 2**40}, "n_inputs: input should be less than or equal to 262144"),
        ({"n_inputs": 0}, "n_inputs: input should be greater than or equal to 1"),
    ],
)
def test_spoilt_circuits(tmp_path: Path, changed: dict[str, Any], sentence: str) -> None:
    path = tmp_path / "circuit.json"
    path.write_text(json.dumps(circuit(**changed)))
    with pytest.raises(InputError, match=sentence) as error:
        read_circuit(path)
    assert str(error.value).startswith(f"{path}: ")
