import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Encoder, Feature, thermometer
from connective.encoder import OPS
from hwgen.encoder import InputEncoder
from tests.hwgen.amaranth_bench import bit_words, outputs
from tests.networks import random_encoder


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(0, 2))
def test_encoder_computes_the_rows_that_are_asked_for(seed: int, n_rows: int, until: int) -> None:
    rng = np.random.default_rng(seed)
    encoder = random_encoder(rng, n_rows)
    rows = rng.permutation(n_rows)[: rng.integers(1, n_rows + 1)].tolist()
    low, high = [f.low for f in encoder.features], [f.high + 1 for f in encoder.features]
    samples = rng.integers(low, high, (30, len(encoder.features)))
    samples[0], samples[1] = low, np.array(high) - 1
    plain = encoder.op == OPS.index("bit")
    stage = {row: 0 if plain[row] else int(rng.integers(0, until + 1)) for row in rows}
    block = InputEncoder(encoder, stage, gives=[(row, until) for row in rows])
    words = outputs(block, {"payload": encoder.payloads(samples)}, "o", latency=until)
    assert words == bit_words(encoder.encode(samples)[rows])


@pytest.mark.parametrize(
    "names", [("wire", "y"), ("x", "x"), ("2x", "y"), ("x", "x_ge_1"), ("o", "y"), ("s1", "y")]
)
def test_names_that_verilog_cannot_take_are_replaced(names: tuple[str, str]) -> None:
    encoder: Encoder = thermometer([Feature(name, 4) for name in names], [[1], [2]])
    block = InputEncoder(encoder, {0: 0, 1: 0}, gives=[(0, 0), (1, 0)])
    samples = np.array([[0, 0], [1, 1], [1, 2], [15, 15]])
    assert outputs(block, {"payload": encoder.payloads(samples)}, "o") == [0, 1, 3, 3]
