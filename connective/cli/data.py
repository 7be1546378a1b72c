"""The data that a network is tested on by the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.network import Network

if TYPE_CHECKING:
    from train.data import Dataset


def dataset_of(provenance: dict[str, Any], source: Path) -> "Dataset":
    """The data set that a network's provenance names, as it was when the network was trained."""
    from train.config_file import parse_config
    from train.data import load_dataset

    if "config" not in provenance:
        raise InputError(f"{source}: its provenance names no data: train it with connective train")
    dataset = load_dataset(parse_config(provenance["config"], str(source)))
    trained_on = provenance.get("data")
    if isinstance(trained_on, dict) and trained_on.get("sha256", dataset.digest) != dataset.digest:
        raise InputError(
            f"{source}: {dataset.description} is no longer what the network was trained on: bring "
            "the file back, train again, or name other samples with --data"
        )
    return dataset


def stimulus(
    network: Network, provenance: dict[str, Any], samples: int | None, source: Path
) -> tuple[NDArray[np.integer], str]:
    """Words (samples, features) for a simulation and what they are."""
    if "config" in provenance:
        dataset = dataset_of(provenance, source)
        return dataset.test_samples[:samples], f"{dataset.description}, test set"
    low = [feature.low for feature in network.encoder.features]
    high = [feature.high + 1 for feature in network.encoder.features]
    shape = (samples or 1000, len(low))
    return np.random.default_rng(0).integers(low, high, shape), "random words, seed 0"
