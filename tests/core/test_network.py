import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Feature, InputError, Network, canonicalize, fixed_point, raw
from tests.networks import networks, plain_scores, random_network, random_samples

SEEDS = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=60)
@given(networks(), SEEDS)
def test_scores_are_those_of_the_definition(network: Network, seed: int) -> None:
    samples = random_samples(np.random.default_rng(seed), network, 70)
    scores = network.scores(samples)
    assert scores.tolist() == [plain_scores(network, sample) for sample in samples]
    assert network.predict(samples).tolist() == [row.index(max(row)) for row in scores.tolist()]
    low, high = network.score_range
    assert (scores >= low).all() and (scores <= high).all()


@pytest.mark.parametrize("table", range(16))
def test_each_table_answers_in_lut_init_order(table: int) -> None:
    corners = np.array(list(product((0, 1), repeat=2)))
    network = Network(raw(2), *canonicalize([[0, 1]], [table]), [2], [1], [0], [], head="bits")
    expected = [bool(table >> (a + 2 * b) & 1) for a, b in corners]
    assert network.output_bits(corners)[:, 0].tolist() == expected


def test_six_inputs_use_all_64_bits_of_the_table() -> None:
    table = 0x8000000000000001
    network = Network(raw(6), *canonicalize([range(6)], [table]), [6], [1], [0], [], head="bits")
    corners = np.array(list(product((0, 1), repeat=6)))
    assert network.output_bits(corners)[:, 0].nonzero()[0].tolist() == [0, 63]


def test_ties_go_to_the_lowest_class() -> None:
    network = Network(raw(2), *canonicalize([[0, 1]], [6]), [0, 1], [1, 1], [0, 1, 2], [0, 0])
    samples = np.array([[0, 0], [1, 1], [0, 1], [1, 0]])
    assert network.predict(samples).tolist() == [0, 0, 1, 0]


def test_blocks_and_single_samples_give_the_same_scores() -> None:
    rng = np.random.default_rng(1)
    network = random_network(rng, layers=[30, 30], n_inputs=20, classes=3)
    samples = random_samples(rng, network, 70_000)
    scores = network.scores(samples)
    assert (scores[-5:] == network.scores(samples[-5:])).all()
    assert (network.predict(samples) == scores.argmax(axis=1)).all()
    assert network.scores(samples[:0]).shape == (0, 3)


@settings(deadline=None)
@given(SEEDS, st.integers(1, 6))
def test_canonical_form_keeps_the_function_and_is_idempotent(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    fanin = rng.integers(0, 4, (20, k))
    table = rng.integers(0, 2 ** (2**k), 20, dtype=np.uint64, endpoint=False)
    new_fanin, new_table = canonicalize(fanin, table)
    for values in product((0, 1), repeat=4):
        nodes = np.array(values)
        minterm = (nodes[fanin] << np.arange(k)).sum(axis=1).astype(np.uint64)
        new_minterm = (nodes[new_fanin] << np.arange(k)).sum(axis=1).astype(np.uint64)
        assert (table >> minterm & 1 == new_table >> new_minterm & 1).all()
    again_fanin, again_table = canonicalize(new_fanin, new_table)
    assert (again_fanin == new_fanin).all() and (again_table == new_table).all()


def test_levels_are_those_of_the_longest_path() -> None:
    fanin, table = canonicalize([[0, 1], [2, 0], [3, 2]], [8, 8, 8])
    network = Network(raw(2), fanin, table, [4], [1], [0, 1], [0])
    assert network.level.tolist() == [0, 0, 1, 2, 3]
    assert network.depth == 3


def test_the_digest_depends_on_every_array() -> None:
    network = random_network(np.random.default_rng(3), layers=[4], classes=2)
    changed = [
        dataclasses.replace(network, bias=[1, 0]),
        dataclasses.replace(network, head="scores"),
        dataclasses.replace(network, outputs=network.outputs[::-1]),
    ]
    assert len({n.sha256 for n in (network, *changed)}) == 4


def test_arrays_are_copies_and_read_only() -> None:
    bias = np.array([0, 0])
    network = dataclasses.replace(
        random_network(np.random.default_rng(3), layers=[4], classes=2), bias=bias
    )
    bias[0] = 7
    assert network.bias.tolist() == [0, 0]
    with pytest.raises(ValueError, match="read-only"):
        network.bias[0] = 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("fanin", [[0, 1], [3, 0]], "fanin of gate 1 is .*: a gate reads only nodes before"),
        ("fanin", [[0, 0], [2, 0]], "gate 0 .* is not in canonical form"),
        ("fanin", [[0.5, 0], [2, 0]], "fanin must be integers in 2 dimensions"),
        ("fanin", [[-1, 0], [2, 0]], "fanin must fit in uint32"),
        ("fanin", np.zeros((2, 7), dtype=int), "fanin must have 1 to 6 columns, not 7"),
        ("table", [8, 16], "table of gate 1 is 16, more than 4 bits for 2 inputs"),
        ("table", [8], "table must have one row a gate: 2, not 1"),
        ("table", [8, 10], "gate 1 .* is not in canonical form"),
        ("outputs", [2, 4], "outputs name node 4, but there are 4 nodes"),
        ("weights", [1], "weights must be as many as outputs: 2, not 1"),
        ("weights", [2**31, 1], "weights and bias sum to"),
        ("groups", [0, 2, 1], "groups must rise from 0 to 2"),
        ("groups", [0, 2], "groups must be one more than the classes"),
        ("bias", [], "groups must be one more than the classes"),
        ("head", "both", "head must be one of class, scores, bits, not 'both'"),
        ("head", "bits", "a network with head 'bits' has no classes"),
        ("tau", 0.0, "tau must be a positive number"),
    ],
)
def test_an_invalid_network_cannot_be_made(field: str, value: object, sentence: str) -> None:
    valid = {
        "fanin": [[0, 1], [0, 2]],
        "table": [8, 6],
        "outputs": [2, 3],
        "weights": [1, 1],
        "groups": [0, 1, 2],
        "bias": [0, 0],
    }
    Network(raw(2), **valid)
    with pytest.raises(InputError, match=sentence):
        Network(raw(2), **valid | {field: value})


def test_a_network_of_bits_has_no_scores() -> None:
    network = random_network(np.random.default_rng(0), layers=[4], head="bits")
    samples = random_samples(np.random.default_rng(1), network, 3)
    assert network.output_bits(samples).shape == (3, 4)
    with pytest.raises(InputError, match="has no classes"):
        network.scores(samples)


def test_numbers_that_are_equal_are_one_network() -> None:
    def network(number: float) -> Network:
        encoder = fixed_point([Feature("x", 2, scale=number)])
        return Network(encoder, [[0, 1]], [8], [2], [1], [0, 1], [0], tau=number)

    assert network(6).sha256 == network(6.0).sha256 != network(6.5).sha256
