"""Models that torchlogix, difflogic and DWN made give their own answers; fixtures by make.py."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from connective import Network
from connective.peers import Hyperparameters, read_circuit, read_state_dict

FOLDER = Path(__file__).parents[1] / "fixtures" / "peers"
TRAINED = Hyperparameters(classes=10, tau=6.0)
STATE_DICTS = {
    "torchlogix.npz": TRAINED,
    "torchlogix_warp4.safetensors": Hyperparameters(None, 10, 3.0, 0.5, "warp"),
    "torchlogix_light2.safetensors": Hyperparameters(None, 10, 3.0, 0.5, "light"),
    "torchlogix_light6.safetensors": Hyperparameters(None, 10, 3.0, 0.5, "light"),
    "difflogic.npz": Hyperparameters(),
    "dwn.safetensors": Hyperparameters(classes=10),
}
CIRCUITS = {
    "torchlogix.json": "torchlogix",
    "torchlogix_simplified.json": "torchlogix",
    "torchlogix_convolution.json": "torchlogix_convolution",
    "torchlogix_bits.json": "torchlogix_bits",
}


def agrees(network: Network, model: str) -> bool:
    """Whether every score, or every bit, is the model's own."""
    with np.load(FOLDER / f"{model}.answers.npz") as file:
        samples, answers = file["samples"], file["answers"]
    assert len(samples) == 500
    if network.head == "bits":
        return np.array_equal(network.output_bits(samples), answers)
    assert network.tau is not None
    scores = (network.scores(samples) / network.tau).astype(np.float32)
    return np.array_equal(scores, answers)


@pytest.mark.parametrize("name", STATE_DICTS)
def test_state_dicts_give_the_models_own_scores(name: str) -> None:
    network, provenance = read_state_dict(FOLDER / name, STATE_DICTS[name])
    assert agrees(network, name.partition(".")[0])
    assert provenance["imported"]["file"] == name


@pytest.mark.parametrize("name", CIRCUITS)
def test_circuits_give_the_models_own_answers(name: str) -> None:
    network, provenance = read_circuit(FOLDER / name)
    assert agrees(network, CIRCUITS[name])
    assert provenance["imported"]["format"] == "torchlogix Circuit"


def test_one_model_is_one_network_whatever_the_file(tmp_path: Path) -> None:
    expected, _ = read_state_dict(FOLDER / "torchlogix.npz", TRAINED)
    with np.load(FOLDER / "torchlogix.npz") as file:
        arrays = {f"model.{name}": array for name, array in file.items()}
    torch.save({k: torch.tensor(v) for k, v in arrays.items()}, tmp_path / "model.pt")
    save_file(arrays, tmp_path / "model.safetensors")
    for name in ("model.pt", "model.safetensors"):
        network, _ = read_state_dict(tmp_path / name, TRAINED)
        assert network.sha256 == expected.sha256


def test_a_checkpoint_of_dwn2rtl_says_its_classes(tmp_path: Path) -> None:
    expected, _ = read_state_dict(FOLDER / "dwn.safetensors", Hyperparameters(classes=10))
    from safetensors.torch import load_file

    state = load_file(FOLDER / "dwn.safetensors")
    checkpoint = {
        "config": {"n": 4, "num_classes": 10, "layers": [32, 30], "thermometer_bits": 4},
        "state_dict": state,
        "thermometer": {"thresholds": torch.zeros(16, 4)},
        "run_name": "unnamed",
    }
    torch.save(checkpoint, tmp_path / "model.pt")
    network, _ = read_state_dict(tmp_path / "model.pt", Hyperparameters(inputs=64))
    assert network.sha256 == expected.sha256


def test_dwn_fills_the_last_groups_with_zeros() -> None:
    network, _ = read_state_dict(FOLDER / "dwn.safetensors", Hyperparameters(classes=7))
    assert np.diff(network.groups).tolist() == [5, 5, 5, 5, 5, 5, 0]


def test_inputs_that_nothing_reads_are_kept_if_said() -> None:
    model = Hyperparameters(inputs=70, classes=10, tau=6.0)
    with pytest.raises(ValueError, match="0.mapping.weights has shape"):
        read_state_dict(FOLDER / "dwn.safetensors", model)
    network, _ = read_state_dict(FOLDER / "torchlogix.npz", model)
    assert network.n_inputs == len(network.encoder.features) == 70
    with np.load(FOLDER / "torchlogix.answers.npz") as file:
        samples, answers = file["samples"], file["answers"]
    padded = np.pad(samples, ((0, 0), (0, 6)), constant_values=1)
    assert np.array_equal(network.predict(padded), answers.argmax(1))


def test_layers_of_luts_of_different_width(tmp_path: Path) -> None:
    """Two LUT3s, a majority and a parity, before a LUT2 that ANDs them; input 3 is not read."""
    scores = np.zeros((4, 6), dtype=np.float32)
    scores[[0, 1, 2, 0, 1, 2], range(6)] = 1.0
    majority = [-1, -1, -1, 1, -1, 1, 1, 1]
    parity = [-1, 1, 1, -1, 1, -1, -1, 1]
    arrays = {
        "0.luts": np.array([majority, parity], dtype=np.float32),
        "0.mapping.weights": scores,
        "1.luts": np.array([[-1, -1, -1, 1]], dtype=np.float32),
        "1.mapping": np.array([[0, 1]]),
    }
    np.savez(tmp_path / "model.npz", **arrays)
    network, _ = read_state_dict(tmp_path / "model.npz", Hyperparameters(classes=0))
    assert (network.n_inputs, network.k) == (4, 3)
    samples = np.array([[m & 1, m >> 1 & 1, m >> 2, 1] for m in range(8)])
    assert network.output_bits(samples)[:, 0].tolist() == [m == 7 for m in range(8)]
