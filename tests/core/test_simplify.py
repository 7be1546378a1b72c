"""Simplified networks answer as before, by evaluation and by proof, and are as small as may be."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from connective import Encoder, Feature, InputError, Network, canonicalize, raw, thermometer
from connective.bitblast import bitblast
from connective.certificate import Keep, check
from connective.formats.aiger import write_aiger
from connective.simplify import simplify
from connective.tools import abc
from tests.networks import networks, random_network, random_samples

AND, OR, XOR, NAND, FIRST, NOT_FIRST, FALSE, TRUE = 8, 14, 6, 7, 10, 5, 0, 15


def circuit(
    gates: list[tuple[int, int, int]],
    outputs: list[list[int]] | list[int],
    *,
    encoder: Encoder | None = None,
    **fields: Any,
) -> Network:
    """A network of (a, b, table) behind three plain bits; outputs by class, or bits."""
    reads = np.reshape([gate[:2] for gate in gates], (-1, 2))
    fanin, table = canonicalize(reads, [gate[2] for gate in gates])
    classes = [group for group in outputs if isinstance(group, list)]
    flat = [node for group in classes for node in group] or outputs
    fields = {
        "weights": np.ones(len(flat), dtype=np.int64),
        "groups": np.cumsum([0, *map(len, classes)]),
        "bias": np.zeros(len(classes), dtype=np.int64),
        "head": "class" if classes else "bits",
    } | fields
    return Network(encoder or raw(3), fanin, table, np.array(flat), **fields)


def all_words(network: Network) -> NDArray[np.int64]:
    return np.array(list(product(*(range(f.low, f.high + 1) for f in network.encoder.features))))


def differences(before: Network, after: Network, samples: NDArray[np.int64], keep: Keep) -> int:
    """Samples on which two networks do not answer alike, in the sense of `keep`."""
    if before.head == "bits":
        return int((before.output_bits(samples) != after.output_bits(samples)).any(axis=1).sum())
    difference = after.scores(samples) - before.scores(samples)
    if keep == "label":
        difference = difference - difference[:, :1]
    return int(difference.any(axis=1).sum())


options = st.fixed_dictionaries(
    {
        "keep": st.sampled_from(["label", "scores"]),
        "sat": st.booleans(),
        "lut_inputs": st.sampled_from([None, 2, 4, 6]),
    }
)


@settings(deadline=None)
@given(networks(heads=("class", "scores", "bits")), options, st.integers(0, 2**32 - 1))
def test_answers_stay_and_the_certificate_proves_it(
    network: Network, options: dict[str, Any], seed: int
) -> None:
    result = simplify(network, **options)
    samples = random_samples(np.random.default_rng(seed), network, 200)
    keep = "scores" if network.head == "scores" else options["keep"]
    assert result.certificate.keep == keep
    assert not differences(network, result.network, samples, keep)
    assert check(result.certificate, network, result.network) is None
    assert sum(result.fates.values()) == network.n_gates


@settings(deadline=None)
@given(networks(heads=("class", "scores", "bits")), options)
def test_what_is_simplified_stays_as_it_is(network: Network, options: dict[str, Any]) -> None:
    once = simplify(network, **options).network
    again = simplify(once, **options).network
    assert again.n_gates <= once.n_gates
    assert len(again.outputs) <= len(once.outputs)
    structural = simplify(network, keep=options["keep"], sat=False).network
    assert simplify(structural, keep=options["keep"], sat=False).network.sha256 == structural.sha256


def test_constants_wires_and_inverters_are_folded_into_readers() -> None:
    network = circuit(
        [(0, 1, NAND), (3, 3, NOT_FIRST), (2, 2, TRUE), (4, 5, AND), (6, 2, OR)], [[7], [0]]
    )  # gate 7: ((not nand(0, 1)) and 1) or 2
    after = simplify(network, sat=False).network
    assert after.n_gates == 2  # nand stays as it is, its inverse is read
    fates = {fate: n for fate, n in simplify(network, sat=False).fates.items() if n}
    assert fates == {"kept": 2, "constant": 1, "inverter": 2}  # gate 6 is the inverse of the NAND


def test_twins_and_complements_are_merged() -> None:
    gates = [(0, 1, AND), (1, 0, AND), (0, 1, NAND), (3, 2, XOR), (4, 2, XOR), (5, 2, XOR)]
    after = simplify(circuit(gates, [[6, 7], [8]]), sat=False).network
    assert after.n_gates == 2
    assert after.weights.tolist() == [3]  # 2·x against 1 − x, and the label's bias
    assert after.bias.tolist() == [0, 1]


def test_a_bit_and_its_inverse_in_one_class_are_a_one() -> None:
    network = circuit([(0, 1, AND), (0, 1, NAND)], [[3, 4, 2], [0]])
    exact = simplify(network, keep="scores").network
    assert exact.bias.tolist() == [1, 0]
    assert exact.outputs.tolist() == [1, 0]  # nodes of the rows 0 and 2
    assert exact.n_gates == 0
    assert exact.encoder.feature.tolist() == [0, 2]


def test_a_bit_of_every_class_cancels_only_where_labels_are_enough() -> None:
    network = circuit([(0, 1, AND), (1, 2, OR)], [[3, 4], [3], [3, 0]])
    assert simplify(network, keep="label").fates["unread"] == 1
    assert simplify(network, keep="scores").fates["unread"] == 0
    assert simplify(replace(network, head="scores"), keep="label").fates["unread"] == 0


def test_a_bit_of_most_classes_is_taken_from_the_others() -> None:
    network = circuit([(0, 1, AND)], [[3], [3], [3], [2]])
    after = simplify(network).network
    assert after.groups.tolist() == [0, 0, 0, 0, 2]
    assert after.weights.tolist() == [1, 1]  # the row 2, and the AND inverted
    assert after.bias.tolist() == [1, 1, 1, 0]


def test_gates_that_are_only_counted_down_are_inverted() -> None:
    network = circuit([(0, 1, AND), (3, 2, OR)], [[3], [4]], weights=[-2, 1], bias=[7, 4])
    after = simplify(network).network
    assert after.weights.tolist() == [2, 1]
    assert after.bias.tolist() == [1, 0]
    assert after.table[0] == NAND


def test_output_bits_keep_constants_and_inverters_and_their_order() -> None:
    network = circuit(
        [(0, 1, AND), (0, 1, NAND), (0, 0, NOT_FIRST), (2, 2, FALSE), (2, 2, TRUE)],
        [4, 3, 5, 5, 6, 7, 0],
    )
    after = simplify(network).network
    assert not differences(network, after, all_words(network), "scores")
    assert after.n_gates == 5
    assert after.n_inputs == 2


def test_rows_that_say_the_same_are_one() -> None:
    features = (Feature("u", 3), Feature("s", 3, signed=True))
    encoder = Encoder(
        features,
        feature=[0, 0, 0, 1, 1, 1, 0, 0],
        op=[0, 2, 1, 0, 2, 1, 0, 0],  # u ≥ 4, bit 2 of u, u = 7; s ≥ 0, bit 2 of s, s = −4
        value=[4, 2, 7, 0, 2, -4, 0, 7],  # … and u ≥ 0, u ≥ 7
    )
    network = circuit([], [[0, 1], [2, 7], [3, 4], [5, 6]], encoder=encoder)
    after = simplify(network, keep="scores", sat=False).network
    assert after.n_inputs == 3  # u ≥ 4, u = 7, s = −4
    assert after.bias.tolist() == [0, 0, 1, 1]
    assert not differences(network, after, all_words(network), "scores")


def test_thermometers_are_monotone_where_it_is_proved() -> None:
    encoder = thermometer([Feature("x", 4), Feature("y", 4)], [[3, 5], [2]])
    # x ≥ 3 and x ≥ 5 is x ≥ 5; x ≥ 5 and x < 3 is nothing
    network = circuit(
        [(0, 1, AND), (3, 2, XOR), (1, 2, XOR), (0, 1, 4)], [[4], [5], [6]], encoder=encoder
    )
    assert simplify(network, sat=False).network.n_gates == 4
    proved = simplify(network)
    fates = {fate: n for fate, n in proved.fates.items() if n}
    assert fates == {
        "kept": 1,
        "constant": 1,
        "duplicate": 1,  # the second XOR, once both read x ≥ 5
        "equivalent": 1,
    }
    assert check(proved.certificate, network, proved.network) is None


def test_inputs_without_readers_lose_their_comparators_and_not_their_features() -> None:
    encoder = thermometer([Feature("x", 4), Feature("y", 4)], [[3, 5], [2]])
    after = simplify(circuit([(0, 2, AND)], [[3], [2]], encoder=encoder)).network
    assert after.n_inputs == 2
    assert after.encoder.features == encoder.features


def test_a_network_that_is_constant_keeps_one_row() -> None:
    after = simplify(circuit([(0, 0, TRUE)], [[3], [3]])).network
    assert (after.n_gates, after.n_inputs, len(after.outputs)) == (0, 1, 0)


def test_gates_become_wider_tables_only_where_asked() -> None:
    chain = [(0, 1, AND), (3, 2, XOR), (4, 0, OR)]
    network = circuit(chain, [[5], [1]])
    assert simplify(network).network.k == 2
    after = simplify(network, lut_inputs=3)
    assert (after.network.k, after.network.n_gates) == (3, 1)
    assert after.fates["absorbed"] == 2
    assert not differences(network, after.network, all_words(network), "label")


def test_a_gate_with_two_readers_is_not_merged_into_them() -> None:
    network = circuit([(0, 1, AND), (3, 2, XOR), (3, 2, OR)], [[4], [5]])
    assert simplify(network, lut_inputs=6).network.n_gates == 3


def test_lut_inputs_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match="lut_inputs must be 2 to 6, not 7"):
        simplify(circuit([], [[0], [1]]), lut_inputs=7)


def test_weights_at_the_limit_are_left_alone() -> None:
    limit = 2**31 - 1
    network = circuit([(0, 1, AND), (0, 1, NAND)], [[3], [4]], weights=[1, limit - 1])
    after = simplify(network, keep="scores").network
    assert not differences(network, after, all_words(network), "scores")


def test_a_large_network_answers_alike_on_a_million_samples() -> None:
    rng = np.random.default_rng(5)
    network = random_network(rng, layers=[2000, 2000], n_inputs=300, classes=10)
    result = simplify(network)
    samples = random_samples(rng, network, 1_000_000)
    assert not differences(network, result.network, samples, "label")
    assert result.network.n_gates < network.n_gates // 2


@pytest.mark.parametrize("keep", ["label", "scores"])
def test_abc_finds_the_whole_equivalent(keep: Keep, tmp_path: Path) -> None:
    """From the bits of the words to those of label or scores; only such bits as words can have."""
    rng = np.random.default_rng(7)
    network = random_network(rng, layers=[100, 100], n_inputs=24, classes=4)
    after = simplify(network, keep=keep).network
    wrong = replace(after, bias=after.bias + np.eye(4, dtype=np.int64)[1])
    files = [tmp_path / f"{name}.aig" for name in ("before", "after", "wrong")]
    for path, version in zip(files, (network, after, wrong), strict=True):
        write_aiger(path, bitblast(version, scores=keep == "scores"), {})
    log = tmp_path / "abc.log"
    assert abc.equivalent(files[0], files[1], log=log, timeout=100)
    assert not abc.equivalent(files[0], files[2], log=log, timeout=100)
