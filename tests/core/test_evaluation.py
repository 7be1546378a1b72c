"""The kernels against the definition, on every shape of network, word and sample count."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Encoder, Feature, InputError, Network, canonicalize, raw
from connective.encoder import OPS
from connective.evaluation import answers, output_words, pack, unpack
from tests.networks import networks, plain_scores, random_network, random_samples

SEEDS = st.integers(0, 2**32 - 1)
INTEGERS = [
    np.dtype(f"{order}{kind}{size}") for order in "<>" for kind in "iu" for size in (1, 2, 4, 8)
]


@st.composite
def hard_networks(draw: st.DrawFn) -> Network:
    """Networks of any k with weights up to the greatest that are legal, zero and negative ones."""
    rng = np.random.default_rng(draw(SEEDS))
    network = random_network(
        rng,
        layers=draw(st.lists(st.integers(1, 12), max_size=3)),
        n_inputs=draw(st.integers(1, 12)),
        k=draw(st.integers(1, 6)),
        classes=draw(st.integers(1, 17)),
        skips=draw(st.booleans()),
        weighted=True,
    )
    count = len(network.weights) + network.n_classes
    limit = draw(st.sampled_from([1, 3, 1000, (2**31 - 1) // count]))
    return dataclasses.replace(
        network,
        weights=rng.integers(-limit, limit, len(network.weights), endpoint=True),
        bias=rng.integers(-limit, limit, network.n_classes, endpoint=True),
    )


@settings(deadline=None, max_examples=60)
@given(hard_networks() | networks(), SEEDS, st.sampled_from([0, 1, 63, 64, 65, 513]))
def test_answers_are_those_of_the_definition(network: Network, seed: int, n: int) -> None:
    samples = random_samples(np.random.default_rng(seed), network, n)
    plain = [plain_scores(network, sample) for sample in samples]
    answers = network(samples)
    assert answers.scores.tolist() == plain
    assert answers.labels.tolist() == [scores.index(max(scores)) for scores in plain]
    assert network.predict(samples).tolist() == answers.labels.tolist()
    packed = pack(network.encoder.encode(samples))
    assert network.scores_from_words(packed, n).tolist() == plain
    assert network.predict_from_words(packed, n).tolist() == network.predict(samples).tolist()


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(1, 6))
def test_every_node_is_that_of_the_definition(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, layers=[9, 9], k=k, skips=True)
    samples = random_samples(rng, network, 70)
    nodes = list(network.encoder.encode(samples))
    for fanin, table in zip(network.fanin, network.table, strict=True):
        minterm = sum(nodes[node].astype(np.uint64) << np.uint64(j) for j, node in enumerate(fanin))
        nodes.append((table >> minterm & np.uint64(1)).astype(bool))
    every = np.arange(network.n_nodes, dtype=np.uint32)
    words = output_words(network.encoder.encode_words(samples), network.fanin, network.table, every)
    assert (unpack(words, 70) == np.array(nodes)).all()
    named = dataclasses.replace(
        network,
        outputs=every,
        weights=np.ones(len(every), dtype=int),
        groups=[0],
        bias=[],
        head="bits",
    )
    assert (np.array(nodes) == named.output_bits(samples).T).all()


@settings(deadline=None, max_examples=60)
@given(st.data(), SEEDS, st.integers(1, 32), st.integers(1, 140))
def test_rows_say_what_they_are(data: st.DataObject, seed: int, width: int, n: int) -> None:
    """Words of up to `width` bits, the ends of their ranges too, in every type that holds them."""
    rng = np.random.default_rng(seed)
    features = tuple(
        Feature(f"x{i}", int(rng.integers(1, width, endpoint=True)), signed=bool(rng.integers(2)))
        for i in range(int(rng.integers(1, 100)))
    )
    low, high = np.array([(f.low, f.high) for f in features]).T
    samples = rng.integers(low, high, (n, len(features)), endpoint=True)
    samples = np.where(rng.random(samples.shape) < 0.2, low, samples)
    samples = np.where(rng.random(samples.shape) < 0.2, high, samples)
    dtype = data.draw(
        st.sampled_from([t for t in INTEGERS if (samples.astype(t) == samples).all()])
    )

    feature = rng.integers(0, len(features), 20)
    op = rng.integers(0, len(OPS), 20)
    bit = rng.integers(0, [features[f].width for f in feature])
    value = np.where(op == OPS.index("bit"), bit, samples[rng.integers(0, n, 20), feature])
    bits = Encoder(features, feature, op, value).encode(samples.astype(dtype))
    for f, o, v, row in zip(feature, op, value, bits, strict=True):
        plain = {"ge": int.__ge__, "eq": int.__eq__, "bit": lambda word, v: word >> v & 1}[OPS[o]]
        assert row.tolist() == [bool(plain(word, int(v))) for word in samples[:, f].tolist()]


def test_memory_order_and_read_only_files_do_not_matter(tmp_path) -> None:
    rng = np.random.default_rng(3)
    network = random_network(rng, layers=[20], n_inputs=12, classes=3)
    samples = random_samples(rng, network, 1500).astype(np.int16)
    expected = network.scores(samples)
    np.save(tmp_path / "samples.npy", samples)
    mapped = np.load(tmp_path / "samples.npy", mmap_mode="r")
    for same in (np.asfortranarray(samples), np.repeat(samples, 2, axis=0)[::2], mapped):
        assert (network.scores(same) == expected).all()


def test_the_number_of_threads_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    network = random_network(rng, layers=[20], n_inputs=12, classes=3)
    samples = random_samples(rng, network, 1500)
    together = network(samples)
    monkeypatch.setattr(answers, "available_threads", lambda: 1)
    alone = network(samples)
    assert (alone.scores == together.scores).all() and (alone.labels == together.labels).all()


@pytest.mark.parametrize("weight", [2**31 - 1, -(2**31) + 1])
def test_the_greatest_weight_is_exact(weight: int) -> None:
    network = Network(raw(1), *canonicalize([[0]], [2]), [1], [weight], [0, 0, 1], [0, 0])
    assert network.scores(np.array([[0], [1]])).tolist() == [[0, 0], [0, weight]]
    assert network.predict(np.array([[0], [1]])).tolist() == [0, int(weight > 0)]


def test_a_word_out_of_range_is_named_with_its_sample() -> None:
    encoder = Encoder((Feature("x", 3, signed=True), Feature("y", 8)), [0, 1], [0, 0], [0, 5])
    encoder.words(np.array([[-4, 0], [3, 255]]))
    for samples, sentence in (
        (np.array([[0, 0], [0, 256]]), "sample 1 holds 256, .* 'y' takes 0 to 255"),
        (np.array([[4, 0]], dtype=np.int8), "sample 0 holds 4, .* 'x' takes -4 to 3"),
        (np.array([[0, 0], [-5, 0]]), "sample 1 holds -5, "),
        (np.array([[2**64 - 1, 0]], dtype=np.uint64), f"sample 0 holds {2**64 - 1}, "),
    ):
        with pytest.raises(InputError, match=sentence):
            encoder.words(samples)
    far = np.zeros((1000, 2), dtype=np.int64)
    far[777, 1] = 2**40
    with pytest.raises(InputError, match="sample 777 holds"):
        encoder.words(far)
