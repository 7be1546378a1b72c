import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Feature, InputError
from connective.axi_stream import AxiStream
from connective.packing import Field, Packing, pack_features, pack_result
from tests.networks import random_encoder

SEEDS = st.integers(0, 2**32 - 1)


def words(features: list[Feature], n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(
        [f.low for f in features], [f.high + 1 for f in features], (n, len(features))
    )


def spot(packing: Packing) -> list[tuple[int, int, int]]:
    return [(place.beat, place.offset, place.container) for place in packing.places]


@pytest.mark.parametrize("tdata_width", [8, 24, 32, 512])
def test_an_image_is_its_bytes(tdata_width: int) -> None:
    pixels = [Feature(f"p{i}", 8) for i in range(50)]
    samples = words(pixels, 9, 1)
    packing = pack_features(pixels, tdata_width)
    assert packing.pack(samples).tolist() == samples.astype(np.uint8).tolist()
    assert packing.n_beats == -(-50 * 8 // tdata_width)
    assert packing.n_bytes == 50


def test_words_of_twelve_bits_are_integers_of_two_bytes() -> None:
    features = [Feature(f"f{i}", 12, signed=True) for i in range(6)]
    samples = words(features, 20, 2)
    packed = pack_features(features, 32).pack(samples)
    assert packed.tobytes() == samples.astype("<i2").tobytes()


@pytest.mark.parametrize("n_bits", [1, 8, 13, 64])
def test_bits_share_bytes(n_bits: int) -> None:
    bits = [Feature(f"b{i}", 1) for i in range(n_bits)]
    samples = words(bits, 20, 3)
    packed = pack_features(bits, 16).pack(samples)
    expected = np.packbits(samples.astype(np.uint8), axis=1, bitorder="little")
    assert packed.tolist() == expected.tolist()


def test_a_field_that_the_beat_has_no_room_for_begins_the_next() -> None:
    widths = [1, 1, 8, 12, 24, 1, 3]
    packing = pack_features([Feature(f"f{w}", w) for w in widths], 32)
    assert spot(packing) == [
        (0, 0, 1),
        (0, 1, 1),
        (0, 8, 8),
        (0, 16, 16),
        (1, 0, 24),
        (1, 24, 1),
        (2, 0, 8),
    ]
    assert packing.n_bytes == 9
    expected = [[True] * 4, [True] * 4, [True, False, False, False]]
    assert packing.holds_data.tolist() == expected


def test_fields_of_a_result_have_bytes_of_their_own() -> None:
    fields = [Field("label", 1, False), Field("score_0", 9, True), Field("score_1", 1, True)]
    packing = pack_result(fields)
    assert spot(packing) == [(0, 0, 8), (0, 8, 16), (0, 24, 8)]
    assert (packing.tdata_width, packing.n_beats, packing.n_bytes) == (32, 1, 4)
    assert packing.pack(np.array([[1, -2, -1]])).tolist() == [[1, 0xFE, 0xFF, 0xFF]]


@settings(deadline=None)  # the first call compiles
@given(SEEDS, st.sampled_from([8, 16, 24, 40]))
def test_words_are_where_their_places_say_and_nothing_is_elsewhere(
    seed: int, tdata_width: int
) -> None:
    features = list(random_encoder(np.random.default_rng(seed), 4).features) * 3
    packing = pack_features(features, tdata_width)
    samples = words(features, 5, seed)
    for sample, packed in zip(samples.tolist(), packing.pack(samples), strict=True):
        number = int.from_bytes(packed.tobytes(), "little")
        rest, end = number, 0
        for word, place in zip(sample, packing.places, strict=True):
            start = place.beat * tdata_width + place.offset
            assert end <= start and place.offset + place.container <= tdata_width
            end = start + place.container
            mask = (1 << place.container) - 1
            assert number >> start & mask == word & mask
            rest &= ~(mask << start)
        assert rest == 0


def test_a_feature_wider_than_a_beat_is_refused() -> None:
    features = [Feature("x", 8), Feature("y", 12)]
    with pytest.raises(InputError, match="^feature 'y' has 12 bits, more than a beat of 8 holds: "):
        pack_features(features, 8)
    assert pack_features(features, 16).n_beats == 2


@pytest.mark.parametrize("width", [-8, 0, 4, 12, 65544])
def test_a_width_without_whole_bytes_is_refused(width: int) -> None:
    with pytest.raises(InputError, match=f"^TDATA width must be a multiple of 8 .*, not {width}$"):
        AxiStream(width)


@pytest.mark.parametrize("width", [-1, 1025])
def test_an_impossible_tag_is_refused(width: int) -> None:
    with pytest.raises(InputError, match=f"^tag width must be 0 to 1024, not {width}$"):
        AxiStream(32, width)


@settings(max_examples=30)
@given(SEEDS)
def test_unpacking_gives_the_words_again(seed: int) -> None:
    features = list(random_encoder(np.random.default_rng(seed), 8).features)
    samples = words(features, 20, seed)
    for packing in (
        pack_features(features, 16),
        pack_result(Field(f.name, f.width, f.signed) for f in features),
    ):
        assert packing.unpack(packing.pack(samples)).tolist() == samples.tolist()
