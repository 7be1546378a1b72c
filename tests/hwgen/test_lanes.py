import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Feature, thermometer
from connective.packing import pack_features
from hwgen.lanes import Lanes
from tests.networks import random_encoder


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.sampled_from([8, 16, 32]))
def test_answers_of_beats_are_the_bits_of_samples(seed: int, n_rows: int, tdata_width: int) -> None:
    rng = np.random.default_rng(seed)
    encoder = random_encoder(rng, n_rows)
    packing = pack_features(encoder.features, tdata_width)
    lanes = Lanes.of(encoder, packing)
    low, high = [f.low for f in encoder.features], [f.high + 1 for f in encoder.features]
    samples = rng.integers(low, high, (10, len(low)))
    size = tdata_width // 8
    for sample, packed in zip(samples, packing.pack(samples), strict=True):
        padded = np.append(packed, rng.integers(0, 256, -len(packed) % size)).astype(np.uint8)
        words = []
        for beat in padded.reshape(-1, size):
            number = int.from_bytes(beat.tobytes(), "little")
            masked = [
                (number >> offset & (1 << lane.width) - 1, lane)
                for offset, lane in zip(lanes.offsets, lanes.encoder.features, strict=True)
            ]
            words.append([w - (1 << f.width) * (w > f.high) for w, f in masked])
        answers = lanes.encoder.encode(np.array(words))  # (questions, beats)
        bits = encoder.encode(sample[None])[:, 0]
        assert answers[lanes.question, lanes.beat].tolist() == bits.tolist()


@pytest.mark.parametrize("tdata_width", [8, 16, 64])
def test_what_is_asked_of_all_pixels_is_asked_of_each_byte_of_a_beat_once(tdata_width: int) -> None:
    encoder = thermometer([Feature(f"p{i}", 8) for i in range(64)], [[50, 150]] * 64)
    lanes = Lanes.of(encoder, pack_features(encoder.features, tdata_width))
    assert lanes.encoder.n_rows == 2 * tdata_width // 8
    assert not lanes.decoded
    assert lanes.register_bits == encoder.n_rows


def test_few_answers_of_many_beats_are_kept_for_their_beat() -> None:
    features = [Feature(f"p{i}", 8) for i in range(9)]
    encoder = thermometer(features, [[7], [], [], [9], [], [], [5], [], [7, 5]])
    lanes = Lanes.of(encoder, pack_features(features, 8))
    found = {length: questions.tolist() for length, questions in lanes.shifted.items()}
    assert lanes.encoder.value.tolist() == [5, 7, 9]
    assert found == {3: [0]}  # 5 is asked in two of the last three beats
    assert {beat: q.tolist() for beat, q in lanes.decoded.items()} == {0: [1], 3: [2], 8: [1]}
    assert lanes.register_bits == 3 + 3
