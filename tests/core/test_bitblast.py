import numpy as np
import pytest
from hypothesis import given, settings

from connective import Encoder, Feature, InputError, Network
from connective.bitblast import bitblast, bitblast_encoder
from connective.encoder import OPS
from tests.networks import networks, plain_scores, random_network, random_samples

HEADS = ("class", "scores", "bits")


def label_of(bits: np.ndarray) -> np.ndarray:
    return (bits << np.arange(bits.shape[1])).sum(axis=1)


def scores_of(bits: np.ndarray, classes: int) -> np.ndarray:
    bits = bits.reshape(len(bits), classes, -1)
    place = 2 ** np.arange(bits.shape[2])
    place[-1] *= -1
    return (bits * place).sum(axis=2)


@settings(deadline=None, max_examples=60)
@given(networks())
def test_label_and_scores_are_those_of_the_definition(network: Network) -> None:
    samples = random_samples(np.random.default_rng(0), network, 20)
    scores = np.array([plain_scores(network, sample) for sample in samples.tolist()])
    blasted = bitblast(network, scores=True)
    assert (scores_of(blasted.output_bits(samples), network.n_classes) == scores).all()
    blasted = bitblast(network)
    assert blasted.n_inputs == network.encoder.payload_width
    assert (label_of(blasted.output_bits(samples)) == scores.argmax(axis=1)).all()


@settings(deadline=None, max_examples=40)
@given(networks(heads=HEADS))
def test_nodes_behind_the_blasted_encoder_have_the_same_values(network: Network) -> None:
    blasted, node = bitblast_encoder(network)
    assert (blasted.encoder.op == OPS.index("bit")).all()
    assert (blasted.outputs == node[network.outputs]).all()
    samples = random_samples(np.random.default_rng(0), network, 20)
    every = np.arange(network.n_nodes)
    before, after = watching(network, every), watching(blasted, node)
    assert (before.output_bits(samples) == after.output_bits(samples)).all()


def watching(network: Network, nodes: np.ndarray) -> Network:
    """The network's gates with the given nodes as outputs."""
    return Network(
        network.encoder, network.fanin, network.table, nodes, np.ones_like(nodes), [0], [], "bits"
    )


@pytest.mark.parametrize("signed", [False, True])
def test_every_comparator_of_a_word_is_right_for_every_word(signed: bool) -> None:
    feature = Feature("x", 4, signed=signed)
    words = np.arange(feature.low, feature.high + 1)
    op = np.repeat([OPS.index("ge"), OPS.index("eq")], 16)
    encoder = Encoder((feature,), np.zeros(32, dtype=int), op, np.tile(words, 2))
    network = Network(
        encoder,
        np.empty((0, 2), dtype=int),
        [],
        np.arange(32),
        np.ones(32, dtype=int),
        [0],
        [],
        "bits",
    )
    bits = bitblast(network).output_bits(words[:, None])
    assert (bits[:, :16] == (words[:, None] >= words)).all()
    assert (bits[:, 16:] == (words[:, None] == words)).all()


def test_outputs_that_are_bits_stay_and_have_no_scores() -> None:
    network = random_network(np.random.default_rng(1), layers=[9, 9], head="bits")
    samples = random_samples(np.random.default_rng(0), network, 200)
    assert (bitblast(network).output_bits(samples) == network.output_bits(samples)).all()
    with pytest.raises(InputError, match="has no scores"):
        bitblast(network, scores=True)
