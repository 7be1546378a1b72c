"""`python -m benchmarks.peers`: trees become the Verilog that answers as they do; the page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.peers.design import SIMULATED, Design, Found, Measured, keep, measured
from benchmarks.peers.page import PAGE, write_page
from benchmarks.peers.plan import entries
from benchmarks.peers.trees import Trees, leaves, read_xgboost, splits
from benchmarks.peers.verilog import simulated, tree_module
from connective.encoder import Feature, thermometer
from connective.errors import ToolError
from connective.implementation import Block
from train.data import Dataset

CLASSES, ROUNDS = 3, 4
FEATURES = (Feature("a", 5), Feature("b", 3), Feature("c", 5))
ENCODER = thermometer(FEATURES, [[9], [4], [20]])


def dumped(generator: np.random.Generator, depth: int, number: int = 0) -> dict[str, Any]:
    """A tree as XGBoost dumps it, of random splits and leaves."""
    if depth == 0 or (depth < 3 and generator.random() < 0.2):
        return {"nodeid": number, "leaf": float(generator.normal())}
    feature = int(generator.integers(len(FEATURES)))
    below, above = 2 * number + 1, 2 * number + 2
    children = [dumped(generator, depth - 1, each) for each in (below, above)]
    return {
        "nodeid": number,
        "split": f"f{feature}",
        "split_condition": float(generator.integers(1, 8)) - 0.5 * generator.integers(2),
        "yes": below,
        "no": above,
        "missing": below,
        "children": children[::-1],
    }


def walked(tree: dict[str, Any], sample: NDArray[np.integer]) -> float:
    """What XGBoost's documentation says of such a tree: below the condition is yes."""
    while "leaf" not in tree:
        is_below = sample[int(tree["split"][1:])] < tree["split_condition"]
        following = tree["yes" if is_below else "no"]
        (tree,) = (child for child in tree["children"] if child["nodeid"] == following)
    return float(tree["leaf"])


@pytest.fixture(scope="module")
def dump() -> list[dict[str, Any]]:
    generator = np.random.default_rng(7)
    return [dumped(generator, 4) for _ in range(ROUNDS * CLASSES)]


@pytest.fixture(scope="module")
def samples() -> NDArray[np.int64]:
    high = [feature.high for feature in FEATURES]
    return np.random.default_rng(8).integers(0, high, (300, len(FEATURES)), endpoint=True)


@pytest.fixture(scope="module")
def trees(dump: list[dict[str, Any]]) -> Trees:
    return read_xgboost([json.dumps(tree) for tree in dump], CLASSES, shift=0)


def test_scores_are_those_of_the_dump(
    dump: list[dict[str, Any]], samples: NDArray[np.int64], trees: Trees
) -> None:
    expected = [
        [sum(walked(tree, sample) for tree in dump[c::CLASSES]) for c in range(CLASSES)]
        for sample in samples
    ]
    np.testing.assert_allclose(trees.scores(samples), expected)
    shifted = read_xgboost([json.dumps(tree) for tree in dump], CLASSES, shift=2)
    np.testing.assert_allclose(shifted.scores(samples), trees.scores(samples >> 2))


@pytest.mark.parametrize("bits", [2, 5, 12])
def test_quantised_scores_are_near_on_one_scale(
    samples: NDArray[np.int64], trees: Trees, bits: int
) -> None:
    quantized = trees.quantized(bits)
    values = [value for tree in quantized.trees for value in leaves(tree)]
    assert (min(values), max(values), min(quantized.bias)) == (0, 2**bits - 1, 0)
    assert all(value == int(value) for value in [*values, *quantized.bias])
    spans = [max(leaves(tree)) - min(leaves(tree)) for tree in trees.trees]
    scale = (2**bits - 1) / max(spans)
    error = quantized.scores(samples) - scale * trees.scores(samples)
    assert np.ptp(error, axis=1).max() <= ROUNDS + 1  # half a unit a leaf and bias, either way
    assert np.ptp(error[:, 0]) <= ROUNDS


@pytest.mark.parametrize("bits", [1, 3, 6])
def test_verilog_answers_as_the_quantised_trees(
    tmp_path: Path, samples: NDArray[np.int64], trees: Trees, bits: int
) -> None:
    quantized = trees.quantized(bits)
    if bits == 1:  # the first of equals wins
        scores = np.sort(quantized.scores(samples), axis=1)
        assert (scores[:, -1] == scores[:, -2]).any()
    text = tree_module(quantized, ENCODER, "trees")
    distinct = {(s.feature, s.threshold) for tree in quantized.trees for s in splits(tree)}
    assert text.count(" < ") == len(distinct)
    (tmp_path / "trees.v").write_text(text)
    found = simulated([tmp_path / "trees.v"], "trees", ENCODER, CLASSES, samples)
    np.testing.assert_array_equal(found, quantized.predict(samples))


def test_a_design_is_counted_if_it_answers_as_its_model(
    tmp_path: Path, samples: NDArray[np.int64], trees: Trees
) -> None:
    quantized = trees.quantized(2)
    labels = quantized.predict(samples)
    data = Dataset(
        samples, labels, samples, labels, ENCODER, ("x", "y", "z"), "samples", n_validation=30
    )
    (tmp_path / "trees.v").write_text(tree_module(quantized, ENCODER, "trees"))
    design = Design("this test", [tmp_path / "trees.v"], "trees")
    found = measured(design, data, labels)
    assert found.cost.luts > 0
    assert found.cost.registers == 0
    labels[SIMULATED - 1] ^= 1
    with pytest.raises(ToolError, match="trees by this test answers otherwise than its model"):
        measured(design, data, labels)


def test_the_page_says_who_is_smaller_and_what_was_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    of = {entry.method: entry for entry in entries() if entry.data == "Yin-Yang"}
    small, large, weak, strong, best = list(of)[:5]
    assert [name.startswith("Connective") for name in list(of)[:3]] == [True, True, False]
    for name, accuracy, luts in (
        (small, 0.95, 100),
        (large, 0.97, 300),
        (weak, 0.94, 50),
        (strong, 0.96, 400),
        (best, 0.98, 500),
    ):
        designs = [
            Measured(by=by, latency=None, cost=Block(luts=each, registers=0, depth=3))
            for by, each in (("Connective, combinational", luts), ("someone", luts + 1))
        ]
        if name == small:  # of ours only what we build counts for us
            designs[1] = designs[1].model_copy(update={"cost": Block(luts=9, registers=0, depth=1)})
        accuracies = [accuracy, accuracy + 0.01]
        found = Found(
            accuracies=accuracies, chosen="", seconds=2, designs=designs, ran_on="a processor"
        )
        keep(of[name].name, found)
    write_page()
    text = PAGE.read_text("utf-8")
    assert (
        f"| {small} | 95.50 ± 0.71 % | Connective, combinational | 100 | 0 | 3 | – | 2 s |" in text
    )
    assert f"| {list(of)[5]} | *not run* | – |" in text
    assert "Measured on a processor, one thread" in text
    small, large = f"{small} (95.00 %, 100 LUT6, depth 3)", f"{large} (97.00 %, 300 LUT6, depth 3)"
    assert f"- {weak} (94.00 %, 50 LUT6, depth 3): {small} takes 2.00 of its LUTs. **The" in text
    assert f"- {strong} (96.00 %, 400 LUT6, depth 3): {large} takes 0.75 of its LUTs.\n" in text
    assert f"- {best} (98.00 %, 500 LUT6, depth 3): **no network of Connective here is as" in text
    assert f"- {strong}, without a clock: 400 + 0 by Connective, 401 + 0 by someone.\n" in text
