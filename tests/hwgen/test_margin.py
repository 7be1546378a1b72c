"""How far the best score leads, and where that is too little, in the Verilog of every interface."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connective import InputError, Network, raw
from connective.design import Design
from hwgen.form import Form
from hwgen.schedule import Schedule
from tests.designs import declared_register_bits, make_design
from tests.hwgen.icarus_bench import binary, run
from tests.hwgen.test_combinational import answers
from tests.hwgen.test_emit import lint
from tests.networks import networks, plain_scores, random_network, random_samples


def summed(spans: list[int], lows: list[int], weight: int = 1) -> Network:
    """Classes whose scores are `low` plus how many of `span` bits are 1, by a weight."""
    n = sum(spans)
    groups = np.concatenate([[0], np.cumsum(spans)])
    bits, weights = np.arange(n), np.full(n, weight)
    return Network(raw(max(n, 1)), np.zeros((0, 1)), [], bits, weights, groups, lows)


def margins(network: Network, samples: np.ndarray) -> list[int]:
    """The oracle: best less second best, of scores in plain Python."""
    ordered = [sorted(plain_scores(network, sample)) for sample in samples.tolist()]
    return [scores[-1] - scores[-2] for scores in ordered]


def check(folder: Path, network: Network, design: Design, samples: np.ndarray) -> None:
    """Label, margin and reject of each sample, with stalls if there are streams, and no warning."""
    payloads = network.encoder.payloads(samples)
    if design.protocol.kind == "combinational":
        found = answers(folder, design, payloads)
    else:
        found, _ = run(folder, design, payloads, seed=3)
    widths = {port.name: port.width for port in design.ports}
    expected = margins(network, samples)
    assert network(samples).margins.tolist() == expected
    assert found["o_label"] == binary(network.predict(samples).tolist(), widths["o_label"])
    assert ("o_margin" in found, "o_reject" in found) == (
        design.options.margin,
        design.options.reject_below is not None,
    )
    if "o_margin" in found:
        assert found["o_margin"] == binary(expected, widths["o_margin"])
    if "o_reject" in found:
        least = design.options.reject_below
        assert least is not None
        assert found["o_reject"] == [str(int(margin < least)) for margin in expected]
    lint(folder, design)


def greatest_margin(network: Network) -> int:
    margin = Schedule(network, 0, margin=True).operations.margin
    assert margin is not None
    return margin.high


@settings(max_examples=30, deadline=None)
@given(
    networks(max_gates=24, heads=("class", "scores")),
    st.sampled_from(["lut6", "asic"]),
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_the_verilog_has_the_margin_of_the_network(
    tmp_path_factory: pytest.TempPathFactory,
    network: Network,
    target: str,
    levels: int,
    shown: bool,
    combinational: bool,
    seed: int,
) -> None:
    assume(network.n_classes > 1)
    rng = np.random.default_rng(seed)
    high = greatest_margin(network)
    reject = int(rng.integers(1, high + 1)) if high and (not shown or seed % 2) else None
    assume(shown or reject is not None)
    folder = tmp_path_factory.mktemp("verilog") / "design"
    design = make_design(
        folder,
        network,
        target=target,
        levels_per_stage=0 if combinational else levels,
        combinational=combinational,
        scores=seed % 3 == 0,
        margin=shown,
        reject_below=reject,
    )
    check(folder, network, design, random_samples(rng, network, 24))


@pytest.mark.parametrize("weight", [1, -1, 3])
@pytest.mark.parametrize("lows", [[0, 0], [0, 0, 0], [-2, 1, 0], [-3, -3, -3, -3]])
def test_every_pattern_of_scores_has_its_margin(
    tmp_path: Path, weight: int, lows: list[int]
) -> None:
    network = summed([2] * len(lows), lows, weight)
    samples = np.array(list(itertools.product(range(2), repeat=2 * len(lows))))
    ties = margins(network, samples).count(0)
    assert ties or lows[:2] == [-2, 1]
    design = make_design(
        tmp_path / "d",
        network,
        combinational=True,
        margin=True,
        reject_below=greatest_margin(network),
    )
    check(tmp_path / "d", network, design, samples)


@pytest.mark.parametrize("spans", [[0, 0], [3, 0], [0, 3, 0], [2, 0, 0, 1], [0, 0, 1, 0]])
@pytest.mark.parametrize("lows", [[2, -1, 1, 2], [4, -3, -2, 1]])
@pytest.mark.parametrize("levels", [0, 1])
def test_classes_whose_scores_are_known_have_margins(
    tmp_path: Path, spans: list[int], lows: list[int], levels: int
) -> None:
    network = summed(spans, lows[: len(spans)], weight=2)
    samples = np.array(list(itertools.product(range(2), repeat=max(sum(spans), 1))))
    options = {"margin": True, "reject_below": 1, "levels_per_stage": levels}
    check(tmp_path / "d", network, make_design(tmp_path / "d", network, **options), samples)


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("levels", [1, 2])
def test_the_verilog_has_the_registers_of_the_schedule(
    tmp_path: Path, classes: int, levels: int
) -> None:
    network = random_network(
        np.random.default_rng(classes), layers=(20, 30, 40), classes=classes, weighted=levels == 1
    )
    folder = tmp_path / "d"
    design = make_design(folder, network, levels_per_stage=levels, margin=True, reject_below=1)
    plain = make_design(tmp_path / "plain", network, levels_per_stage=levels)
    assert plain.latency <= design.latency <= plain.latency + 1  # one level more: the difference
    assert (
        declared_register_bits(folder, design) == design.register_bits == design.least_register_bits
    )
    assert "unnamed" not in (folder / "rtl/accelerator_argmax.v").read_text()


def test_a_label_alone_is_built_as_ever(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=(20,), classes=3)
    design = make_design(tmp_path / "d", network)
    text = (tmp_path / "d/rtl/accelerator_argmax.v").read_text()
    assert "second" not in text and "margin" not in text
    assert (design.options.margin, design.options.reject_below) == (False, None)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"reject_below": 0}, "^reject below 0 rejects nothing, as no margin is less than 0"),
        ({"margin": True, "form": Form(serial=True)}, "^a margin and the serial form, which keeps"),
        ({"reject_below": 2, "form": Form(serial=True)}, "^a margin and the serial form"),
        (
            {"reject_below": 999},
            "^reject below 999 rejects every sample, as no margin is more than",
        ),
    ],
)
def test_a_margin_that_no_core_has_is_refused(
    tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    network = random_network(np.random.default_rng(1), layers=(8,))
    with pytest.raises(InputError, match=sentence):
        make_design(tmp_path / "d", network, **options)
    assert list((tmp_path / "d").iterdir()) == []


def test_a_network_in_which_nothing_comes_second_is_refused(tmp_path: Path) -> None:
    one = random_network(np.random.default_rng(1), layers=(8,), classes=1)
    bits = random_network(np.random.default_rng(1), layers=(8,), head="bits")
    for network, n in ((one, 1), (replace(one, head="scores"), 1), (bits, 0)):
        folder = tmp_path / f"{network.head}_{n}"
        with pytest.raises(InputError, match=f"^a margin was asked of a network with {n} classes"):
            make_design(folder, network, margin=True)
        assert list(folder.iterdir()) == []
