"""Sums of weights by source and context are those of plain sums, whatever fills a vector or not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import fixed_point
from connective.encoder import Feature
from connective.evaluation.vector import WORDS
from tests.networks import random_network
from train.refinement.search import _scratch, _state
from train.refinement.sums import place_of, sort_by_context, sum_by_source, transpose_sources


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 300), st.integers(1, 20))
def test_sums_are_those_of_each_source_in_each_context(
    seed: int, k: int, n_sources: int, n_words: int
) -> None:
    rng = np.random.default_rng(seed)
    drawn = random_network(rng, layers=[k], n_inputs=n_sources, k=k)
    network = replace(drawn, encoder=fixed_point([Feature(f"f{i}", 1) for i in range(n_sources)]))
    points = rng.integers(0, 2, (64 * n_words, n_sources))
    labels = rng.integers(0, network.n_classes, 64 * n_words)
    _, state, order = _state(network, [k], (points, labels), 64 * n_words, 1.0, rng)
    scratch = _scratch(network, n_words)
    busy = np.flatnonzero(np.append(True, rng.integers(0, 3, n_words - 1) > 0))
    weight = rng.normal(size=(n_words, 64)).astype(np.float32)
    weight[rng.random(weight.shape) < 0.3] = 0
    scratch.busy[: len(busy)] = busy
    for i, word in enumerate(busy):
        scratch.weight[place_of(i) :: WORDS][:64] = weight[word]

    fanin, pin = rng.integers(0, n_sources, k).astype(np.int32), int(rng.integers(k))
    sources = rng.permutation(n_sources)
    total, ends = np.empty(2 ** (k - 1)), np.empty(2 ** (k - 1) + 1, dtype=np.int64)
    transpose_sources(state, scratch, len(busy), sources)
    sort_by_context(state, scratch, len(busy), fanin, pin, ends, total)
    sums = sum_by_source(scratch, len(sources), ends)

    bits = points[order].reshape(n_words, 64, n_sources)[busy].reshape(-1, n_sources)
    weights = weight[busy].reshape(-1).astype(np.float64)
    others = bits[:, np.delete(fanin, pin)]
    context = (others << np.arange(k - 1)).sum(axis=1)
    in_context = (context[:, None] == np.arange(2 ** (k - 1))) * weights[:, None]
    assert total == pytest.approx(in_context.sum(axis=0), abs=1e-4)
    assert sums == pytest.approx(bits[:, sources].T @ in_context, abs=1e-4)
