import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import SCRIPTS, best, mapped
from connective.technology import RECIPES, TECHNOLOGIES
from hwgen.flows.synth import synthesize
from tests.designs import make_design
from tests.networks import random_network

STORED = json.loads(RECIPES.read_text())


def test_every_family_has_a_recipe() -> None:
    families = [name for name, technology in TECHNOLOGIES.items() if not technology.has_library]
    assert list(STORED) == families


@pytest.mark.parametrize("target", STORED)
def test_recipe_is_the_best_of_what_was_measured(target: str) -> None:
    recipe = STORED[target]
    found = {
        script: {case: (n["luts"], n["depth"]) for case, n in cases.items()}
        for script, cases in recipe["measured"].items()
    }
    assert recipe["name"] == best(found)
    assert recipe["script"] == SCRIPTS[recipe["name"]]
    assert found.keys() == SCRIPTS.keys()


def test_shallow_comes_before_small() -> None:
    small, shallow = {"a": (10, 4), "b": (90, 5)}, {"a": (11, 4), "b": (99, 4)}
    assert best({"small": small, "shallow": shallow}) == "shallow"
    assert best({"shallow": shallow, "less": {**shallow, "b": (98, 4)}}) == "less"


def test_figures_of_a_recipe_are_those_of_synthesis(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(0), layers=[40, 40], n_inputs=30)
    folder = tmp_path / "d"
    design = make_design(folder, network)
    figures = mapped(folder, design, TECHNOLOGIES["ecp5"])
    result = synthesize(folder, "ecp5")
    assert figures[STORED["ecp5"]["name"]] == (result.luts, result.depth)
