"""The best classes in their order, in the Verilog of every interface."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.axi_stream import AxiStream
from connective.design import Design
from hwgen.form import Form
from sim import Core, simulate
from tests.designs import declared_register_bits, make_design
from tests.hwgen.icarus_bench import run
from tests.hwgen.test_combinational import answers
from tests.hwgen.test_emit import lint
from tests.hwgen.test_margin import summed
from tests.networks import networks, plain_scores, random_network, random_samples


def best(network: Network, samples: np.ndarray, count: int) -> list[list[int]]:
    """The oracle: labels by falling score, of equals by rising label, in plain Python."""
    orders = []
    for sample in samples.tolist():
        scores = plain_scores(network, sample)
        orders.append(sorted(range(len(scores)), key=lambda c: (-scores[c], c))[:count])
    return orders


def check(folder: Path, network: Network, design: Design, samples: np.ndarray) -> None:
    """The best labels of each sample, with stalls if there are streams, and no warning."""
    count = design.options.best
    assert count is not None
    payloads = network.encoder.payloads(samples)
    if design.protocol.kind == "combinational":
        found = answers(folder, design, payloads)
    else:
        found, _ = run(folder, design, payloads, seed=3)
    width = max((network.n_classes - 1).bit_length(), 1)
    expected = best(network, samples, count)
    assert network(samples).best(count).tolist() == expected
    words = ["".join(f"{label:0{width}b}" for label in labels[::-1]) for labels in expected]
    assert found["o_best"] == words
    assert found["o_label"] == [word[-width:] for word in words]
    lint(folder, design)


@settings(max_examples=25, deadline=None)
@given(
    networks(max_gates=24, heads=("class", "scores")),
    st.integers(2, 5),
    st.integers(0, 3),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_the_verilog_has_the_best_classes_of_the_network(
    tmp_path_factory: pytest.TempPathFactory,
    network: Network,
    count: int,
    levels: int,
    combinational: bool,
    seed: int,
) -> None:
    assume(count <= network.n_classes)
    folder = tmp_path_factory.mktemp("verilog") / "design"
    design = make_design(
        folder,
        network,
        levels_per_stage=0 if combinational else levels,
        combinational=combinational,
        best=count,
        margin=seed % 2 == 0,
        scores=seed % 3 == 0,
    )
    check(folder, network, design, random_samples(np.random.default_rng(seed), network, 24))


@pytest.mark.parametrize("weight", [1, -1, 3])
@pytest.mark.parametrize("lows", [[0, 0], [0, 0, 0], [-2, 1, 0], [-3, -3, -3, -3]])
def test_every_pattern_of_scores_is_ordered(tmp_path: Path, weight: int, lows: list[int]) -> None:
    network = summed([2] * len(lows), lows, weight)
    samples = np.array(list(itertools.product(range(2), repeat=2 * len(lows))))
    scores = network.scores(samples)
    ties = [len(set(row)) < len(row) for row in scores.tolist()]
    assert any(ties) or lows == [-2, 1, 0]
    for count in range(2, len(lows) + 1):
        folder = tmp_path / str(count)
        design = make_design(folder, network, combinational=True, best=count)
        check(folder, network, design, samples)


@pytest.mark.parametrize("spans", [[0, 0], [3, 0], [0, 3, 0], [2, 0, 0, 1], [0, 0, 1, 0]])
@pytest.mark.parametrize("lows", [[2, -1, 1, 2], [4, -3, -2, 1]])
@pytest.mark.parametrize("levels", [0, 1])
def test_classes_whose_scores_are_known_are_ordered(
    tmp_path: Path, spans: list[int], lows: list[int], levels: int
) -> None:
    network = summed(spans, lows[: len(spans)], weight=2)
    samples = np.array(list(itertools.product(range(2), repeat=max(sum(spans), 1))))
    design = make_design(tmp_path / "d", network, best=len(spans), levels_per_stage=levels)
    check(tmp_path / "d", network, design, samples)


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("levels", [1, 2])
def test_the_verilog_has_the_registers_of_the_schedule(
    tmp_path: Path, classes: int, levels: int
) -> None:
    network = random_network(
        np.random.default_rng(classes), layers=(20, 30, 40), classes=classes, weighted=levels == 1
    )
    folder = tmp_path / "d"
    design = make_design(folder, network, levels_per_stage=levels, best=2, margin=levels == 2)
    assert (
        declared_register_bits(folder, design) == design.register_bits == design.least_register_bits
    )


@pytest.mark.parametrize("options", [{}, {"stream": AxiStream(16, 2)}, {"axi_lite": True}])
def test_simulation_compares_the_best_classes(tmp_path: Path, options: dict[str, Any]) -> None:
    network = random_network(np.random.default_rng(2), layers=(30, 40), classes=5)
    samples = random_samples(np.random.default_rng(3), network, 40)
    design = make_design(tmp_path / "d", network, best=3, margin=True, **options)
    result = simulate(tmp_path / "d", samples, simulator="icarus", data="random", seed=1)
    assert set(result.tests.values()) == {"passed"}, result.tests
    if "axi_lite" not in options:
        found = Core(tmp_path / "d").run(samples).best
        assert found is not None and found.tolist() == best(network, samples, 3)
    protocol = design.protocol
    if protocol.kind in ("axi-stream", "axi-lite"):
        names = [field.name for field in protocol.results]
        assert names == ["label", "margin", "best_0", "best_1", "best_2"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"best": 1}, "^the best 1 are no classes in an order: ask for 2 or more"),
        ({"best": 4}, "^the best 4 were asked of a network with 3 classes: ask for 2 or more"),
        ({"best": 2, "form": Form(serial=True)}, "^the best 2 and the serial form, which keeps"),
    ],
)
def test_an_order_that_no_core_has_is_refused(
    tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    network = random_network(np.random.default_rng(1), layers=(8,))
    with pytest.raises(InputError, match=sentence):
        make_design(tmp_path / "d", network, **options)
    assert list((tmp_path / "d").iterdir()) == []


@pytest.mark.parametrize("options", [{"classes": 1}, {"head": "bits"}])
def test_a_network_without_an_order_is_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    network = random_network(np.random.default_rng(1), layers=(8,), **options)
    with pytest.raises(InputError, match="^the best 2 were asked of a network with [01] classes"):
        make_design(tmp_path / "d", network, best=2)
