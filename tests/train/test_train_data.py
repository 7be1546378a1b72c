import hashlib
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connective.encoder import Feature
from connective.errors import InputError
from train.config_data import FixedPoint, Raw, Thermometer
from train.config_file import parse_config
from train.data import Dataset, load_dataset, yin_yang
from train.data.archive import features_of
from train.data.encoding import build_encoder


def load(data: dict[str, object], layers: tuple[int, ...] = (20,), **sections: object) -> Dataset:
    values: dict[str, object] = {
        "data": data,
        "network": {"layers": list(layers), "candidates": 2},
        "training": {"epochs": 1, "tau": 1},
    }
    return load_dataset(parse_config(values | sections, "net.toml"))


def yin_yang_data(**settings: object) -> dict[str, object]:
    return {"name": "yin-yang", "training_points": 2000, "test_points": 500} | settings


class TestYinYang:
    def test_labels_of_known_points_in_both_readings(self) -> None:
        points = np.array([[0.75, 0.5], [0.25, 0.5], [0.5, 0.9], [0.5, 0.1], [0.01, 0.01]])
        assert yin_yang.classify(points, "disc")[:4].tolist() == [2, 3, 1, 0]
        assert yin_yang.classify(points, "box").tolist() == [2, 2, 1, 0, 3]

    def test_half_turn_swaps_yin_and_yang_and_the_dots(self) -> None:
        points = np.random.default_rng(0).random((10_000, 2))
        turned = yin_yang.classify(1 - points, "disc")
        swapped = np.array([1, 0, 3, 2])[yin_yang.classify(points, "disc")]
        inside = np.hypot(*(points - 0.5).T) < 0.5
        assert (turned == swapped)[inside].all()

    def test_disc_reading_draws_no_point_outside(self) -> None:
        words, _ = yin_yang.draw_points(5000, "disc", np.random.default_rng(0))
        assert (np.hypot(*((words + 0.5) / 4096 - 0.5).T) < 0.5 + 2**-11).all()

    def test_same_seed_gives_same_points_and_another_seed_others(self) -> None:
        first, again, other = (load(yin_yang_data(seed=seed)) for seed in (3, 3, 4))
        assert first.digest == again.digest != other.digest

    def test_training_and_test_points_are_drawn_apart(self) -> None:
        dataset = load(yin_yang_data())
        n = len(dataset.test_samples)
        assert (dataset.train_samples[:n] != dataset.test_samples).any()

    def test_description_names_the_reading(self) -> None:
        assert load(yin_yang_data(reading="box")).description == "Yin-Yang (box reading)"

    def test_validation_part_is_the_last_tenth(self) -> None:
        dataset = load(yin_yang_data())
        samples, labels = dataset.validation
        assert (samples == dataset.train_samples[1800:]).all()
        assert (labels == dataset.train_labels[1800:]).all()


class TestPublishedYinYang:
    # SHA-256 of the arrays that github.com/lkriener/yin_yang_data_set has in publication_data/:
    # samples x, y, 1 - x, 1 - y in float64 and labels in int64.
    PUBLISHED: ClassVar = {
        "train": (
            "f5a4054d56f2a058f8250fba7ff9720458e1625db7af78a295e45701745b2228",
            "534d12acda4f9dbc7208a99d3646115a4aa7d74ca31d6d23f822079a568559b7",
        ),
        "validation": (
            "5eac358bdf2122763dce3703a79f3005e56e46a4db25ec329a07333d0f7b8093",
            "5a4c2f605814a620f514c1091f10441ce562cd81e902ce701b3cf94ae7576f7d",
        ),
        "test": (
            "7bab3ed668ed4992679cff6339fe21bfe7d0c921ddc6187eaa3bc6ef34b888d7",
            "daa0f8f4e3b37b1ddec2afee22f09afb768f0e575f3f568e7469f1ebc6af73c1",
        ),
    }

    @pytest.mark.parametrize("part", PUBLISHED)
    def test_points_are_those_that_were_published(self, part: str) -> None:
        points, labels = yin_yang.published_points(part)
        samples = np.column_stack([points, 1 - points]).astype("<f8")
        digests = (hashlib.sha256(a.tobytes()).hexdigest() for a in (samples, labels.astype("<i8")))
        assert tuple(digests) == self.PUBLISHED[part]

    def test_parts_are_the_publications(self) -> None:
        dataset = load({"name": "yin-yang-published"}, layers=(21,))
        sizes = [len(dataset.train_labels), dataset.n_validation, len(dataset.test_labels)]
        assert sizes == [6000, 1000, 1000]
        points, labels = yin_yang.published_points("validation")
        assert (dataset.validation[0] == points * 4096 // 1).all()
        assert (dataset.validation[1] == labels).all()
        assert dataset.class_names == ("yin", "yang", "dot")


class TestEncoding:
    def test_fixed_point_width_keeps_the_most_significant_bits(self) -> None:
        words = np.arange(4096, dtype=np.uint16)[:, None]
        feature = Feature("x", 12)
        low, high = np.array([0]), np.array([4095])
        whole = build_encoder(FixedPoint(), [feature], low, high, words).encode(words)
        leading = build_encoder(FixedPoint(width=5), [feature], low, high, words).encode(words)
        assert (leading == whole[:5]).all()
        assert (whole[0] == (words[:, 0] >= 2048)).all()

    def test_thermometer_lies_above_the_fraction_of_the_range(self) -> None:
        pixels = np.arange(256, dtype=np.uint8)[:, None]
        encoder = build_encoder(
            Thermometer(thresholds=(0.75, 0.25, 0.5)),
            [Feature("pixel", 8)],
            np.array([0]),
            np.array([255]),
            pixels,
        )
        brightness = pixels.T / 255
        assert (encoder.encode(pixels) == (brightness > [[0.25], [0.5], [0.75]])).all()

    @given(
        st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=4),
        st.integers(-(2**31), 2**31 - 1),
        st.integers(0, 2**31),
    )
    def test_thermometer_of_any_range_is_a_valid_encoder(
        self, thresholds: list[float], low: int, extent: int
    ) -> None:
        high = min(low + extent, 2**31 - 1)
        encoder = build_encoder(
            Thermometer(thresholds=tuple(thresholds)),
            [Feature("x", 32, signed=True)],
            np.array([low]),
            np.array([high]),
            np.array([[low]]),
        )
        assert encoder.n_rows == len(thresholds)

    def test_raw_takes_bits_only(self) -> None:
        low, high = np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.int64)
        bits = np.array([[0, 1], [1, 1]])
        encoder = build_encoder(Raw(), [Feature("a", 1), Feature("b", 1)], low, high, bits)
        assert (encoder.encode(bits) == bits.T).all()
        with pytest.raises(InputError, match="'raw', but feature b has 2 bits: use 'fixed-point'"):
            build_encoder(Raw(), [Feature("a", 1), Feature("b", 2)], low, high, bits)

    def test_fixed_point_gives_the_bits_of_twos_complement(self) -> None:
        words = np.arange(-8, 8)[:, None]
        feature, low, high = Feature("x", 4, signed=True), np.array([-8]), np.array([7])
        encoder = build_encoder(FixedPoint(), [feature], low, high, words)
        assert (encoder.encode(words) == (words.T >> np.array([[3], [2], [1], [0]]) & 1)).all()

    @given(st.lists(st.integers(-8, 7), min_size=1), st.floats(0, 1, exclude_max=True))
    def test_quantile_is_the_least_word_that_so_many_points_do_not_exceed(
        self, points: list[int], fraction: float
    ) -> None:
        words = np.array(points)[:, None]
        feature, bound = Feature("x", 4, signed=True), np.array([0])
        encoding = Thermometer(thresholds=(fraction,), of="points")
        (threshold,) = build_encoder(encoding, [feature], bound, bound, words).value
        enough = fraction * len(words)
        below = [word for word in range(-8, 8) if (words <= word).sum() >= enough]
        assert threshold == min(max(min(below), words.min()) + 1, words.max())


class TestLayersFit:
    def test_more_candidates_than_input_bits_are_refused(self) -> None:
        network = {"layers": [20], "candidates": 25}
        with pytest.raises(InputError, match=r"layer 0 is 25, more than the 24 input bits of Yin"):
            load(yin_yang_data(), network=network)

    def test_last_layer_must_be_divisible_by_the_classes(self) -> None:
        with pytest.raises(
            InputError, match=r"ends with 22, .* not divisible by the 4 classes .*: make it 24"
        ):
            load(yin_yang_data(), layers=(20, 22))


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    random = np.random.default_rng(0)
    arrays = {
        "train_samples": random.integers(0, 17, (40, 5)),
        "train_labels": np.arange(40) % 4,
        "test_samples": random.integers(0, 17, (8, 5)),
        "test_labels": np.arange(8) % 4,
    }
    return tmp_path / "mine.npz", arrays


class TestArchive:
    def load(self, path: Path, arrays: dict[str, np.ndarray]) -> Dataset:
        np.savez(path, allow_pickle=True, **arrays)
        return load({"name": "npz", "path": str(path)})

    def test_arrays_become_a_data_set(self, archive: tuple[Path, dict[str, np.ndarray]]) -> None:
        path, arrays = archive
        dataset = self.load(path, arrays)
        given = np.column_stack([arrays["train_samples"], arrays["train_labels"]])
        taken = np.column_stack([dataset.train_samples, dataset.train_labels])
        assert sorted(given.tolist()) == sorted(taken.tolist())
        assert np.bincount(dataset.validation[1]).tolist() == [1, 1, 1, 1]
        assert (dataset.test_labels == arrays["test_labels"]).all()
        assert dataset.encoder.payload_width == 5 * 5
        assert dataset.class_names == ("0", "1", "2", "3")
        assert dataset.description == "mine.npz"

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"test_labels": None}, "has no array 'test_labels': it needs train_samples, "),
            ({"train_samples": np.ones((40, 5))}, "train_samples is float64 of shape (40, 5)"),
            ({"train_samples": np.ones(40, dtype=int)}, "train_samples is int64 of shape (40,)"),
            ({"train_labels": np.arange(39) % 4}, "train_labels has 39 entries for the 40 rows"),
            ({"test_labels": np.arange(8) % 4 - 1}, "test_labels holds -1 to 2: classes are"),
            ({"test_labels": np.arange(8) % 5}, "test_labels holds 0 to 4: classes are"),
            ({"test_samples": np.ones((8, 6), dtype=int)}, "test_samples has 6 features and"),
            ({"test_labels": np.array([{}] * 8)}, "is not an archive of plain arrays"),
            (
                {"train_labels": np.repeat(range(5), (12, 12, 12, 0, 4))},
                "has no training point of class 3: give some",
            ),
        ],
    )
    def test_unfit_archive_is_one_sentence(
        self,
        archive: tuple[Path, dict[str, np.ndarray]],
        change: dict[str, np.ndarray | None],
        sentence: str,
    ) -> None:
        path, arrays = archive
        changed = {name: array for name, array in (arrays | change).items() if array is not None}
        with pytest.raises(InputError) as error:
            self.load(path, changed)
        assert sentence in str(error.value)
        assert "mine.npz" in str(error.value)

    def test_foreign_or_missing_file_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.npz"
        with pytest.raises(InputError, match=r"mine.npz does not exist: correct data.path"):
            load({"name": "npz", "path": str(path)})
        path.write_bytes(b"no archive")
        with pytest.raises(InputError, match=r"mine.npz is not an archive of plain arrays"):
            load({"name": "npz", "path": str(path)})

    @given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=5))
    def test_features_are_the_narrowest_that_hold_the_values(self, values: list[int]) -> None:
        (feature,) = features_of(np.array(values)[:, None])
        assert feature.low <= min(values)
        assert max(values) <= feature.high
        narrower = replace(feature, width=max(feature.width - 1, 1))
        assert feature.width == 1 or min(values) < narrower.low or max(values) > narrower.high
