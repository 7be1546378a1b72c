"""What the prover says of nodes is what evaluation shows on every word."""

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from connective import Network, raw
from connective.bitblast import bitblast
from connective.prover import Prover
from tests.core.test_simplify import AND, XOR, all_words, circuit
from tests.networks import random_network


def node_values(network: Network, words: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Every node, (samples, nodes)."""
    none = np.empty(0, dtype=np.int64)
    every = np.arange(network.n_nodes)
    bits = replace(
        network, outputs=every, weights=np.ones_like(every), groups=[0], bias=none, head="bits"
    )
    return bits.output_bits(words)


def literal_values(values: NDArray[np.bool_], literal: int) -> NDArray[np.bool_]:
    if literal < 2:
        return np.full(len(values), bool(literal))
    return values[:, literal // 2 - 1] ^ bool(literal & 1)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.data())
def test_a_claim_holds_just_where_no_word_refutes_it(
    seed: int, k: int, data: st.DataObject
) -> None:
    network = random_network(
        np.random.default_rng(seed), layers=[6, 6], n_inputs=5, k=k, skips=True
    )
    assume(network.encoder.payload_width <= 12)
    values = node_values(network, all_words(network))
    literal = st.integers(0, 2 * network.n_nodes + 1)
    with Prover(network) as prover:
        for _ in range(8):
            reads = data.draw(st.lists(literal, max_size=3))
            table = data.draw(st.integers(0, 2**2 ** len(reads) - 1))
            output = data.draw(literal)
            minterm = np.zeros(len(values), dtype=np.int64)
            for j, read in enumerate(reads):
                minterm |= literal_values(values, read).astype(np.int64) << j
            expected = (table >> minterm & 1).astype(bool)
            holds = bool((literal_values(values, output) == expected).all())
            assert prover.computes(table, reads, output) is holds
            if not holds:
                refuting = node_values(network, prover.counterexample()[None])
                minterm = sum(int(literal_values(refuting, r)[0]) << j for j, r in enumerate(reads))
                assert literal_values(refuting, output)[0] != bool(table >> minterm & 1)


def test_what_is_proved_of_one_pair_does_not_hold_of_others() -> None:
    network = circuit([(0, 1, AND), (1, 0, AND), (0, 1, XOR)], [3, 4, 5])
    with Prover(network) as prover:
        assert prover.equal(4, 8) is True
        assert prover.equal(5, 8) is False
        assert prover.equal(4, 9) is False


def test_a_question_that_takes_too_long_is_left_open() -> None:
    order = np.random.default_rng(0).permutation(24).tolist()
    two_sums = bitblast(circuit([], [list(range(24)), order], encoder=raw(24)), scores=True)
    width = len(two_sums.outputs) // 2
    node, other = two_sums.outputs[[width - 2, 2 * width - 2]].tolist()
    with Prover(two_sums) as prover:
        assert prover.equal(other, 2 * node + 2, conflicts=5) is None
