import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Network
from hwgen.accelerator import Accelerator
from hwgen.schedule import Schedule
from tests.hwgen.amaranth_bench import bit_words, split, stream
from tests.networks import networks, random_network, random_samples

HEADS = ("class", "scores", "bits")


def check(schedule: Schedule, seed: int, *, stalls: bool, gated: bool = False) -> None:
    """Streams random samples through the core and compares all results with the network's."""
    rng, network = np.random.default_rng(seed), schedule.network
    samples = random_samples(rng, network, 12)
    core = Accelerator(schedule, gated=gated)
    payloads = network.encoder.payloads(samples)
    ports = list(core.results)
    results, sent, taken = stream(core, "i_payload", payloads, ports, rng=rng if stalls else None)
    if not stalls:
        assert sent == list(range(12))
        assert taken == [cycle + core.latency for cycle in sent]
    for port, values in zip(ports, zip(*results, strict=True), strict=True):
        if port == "o_label":
            assert list(values) == network.predict(samples).tolist()
        elif port == "o_bits":
            assert list(values) == bit_words(network.output_bits(samples).T)
        else:
            signed = schedule.score_range[0] < 0
            width, n = schedule.score_width, network.n_classes
            rows = [list(split(v, width, n, signed=signed)) for v in values]
            assert rows == network.scores(samples).tolist()


@settings(max_examples=25, deadline=None)
@given(
    networks(heads=HEADS),
    st.integers(0, 4),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 2, 3]),
)
def test_the_core_computes_the_network(
    network: Network,
    levels_per_stage: int,
    seed: int,
    stalls: bool,
    gated: bool,
    max_fanout: int | None,
) -> None:
    scores = network.head != "bits" and seed % 2 == 0
    schedule = Schedule(network, levels_per_stage, scores, max_fanout=max_fanout)
    check(schedule, seed, stalls=stalls, gated=gated)


@pytest.mark.parametrize("levels_per_stage", [0, 1, 2, 3])
def test_a_layered_network_under_stalls(levels_per_stage: int) -> None:
    network = random_network(np.random.default_rng(7), layers=(40, 40), classes=5)
    check(Schedule(network, levels_per_stage, scores=True), 8, stalls=True)
