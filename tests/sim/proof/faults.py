"""A network of which faults show, and edits of its Verilog, as by a person who then signs it."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from connective import Feature, Network, thermometer
from connective.design import FILE
from tests.networks import random_network


def thermometer_network() -> Network:
    """Three features of four bits, with four thresholds each; its answers differ much."""
    rng = np.random.default_rng(5)
    features = [Feature(f"f{i}", 4) for i in range(3)]
    network = random_network(rng, layers=[30, 24], n_inputs=12)
    return replace(network, encoder=thermometer(features, [[3, 6, 9, 12]] * 3))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a pattern where it first matches in one of the design's sources."""
    design = json.loads((folder / FILE).read_text())
    (source,) = (name for name in design["sources"] if Path(name).stem == file)
    text = (folder / source).read_text()
    edited, n = re.subn(old, new, text, count=1)
    assert n and edited != text
    (folder / source).write_text(edited)
    design["sources"][source] = hashlib.sha256(edited.encode()).hexdigest()
    (folder / FILE).write_text(json.dumps(design))
