"""A person's table as a data set: what its columns become, its parts, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connective.errors import InputError
from connective.table import CategoryColumn, NumberColumn, open_rows
from tests.networks import random_network
from train.config_file import parse_config
from train.data import Dataset, load_dataset
from train.data.columns import number_feature
from train.data.split import stratified_split

ROWS = 200


def table(**columns: list[object]) -> dict[str, list[object]]:
    """Columns of which some are replaced, or left out where they are None."""
    random = np.random.default_rng(0)
    whole: dict[str, list[object]] = {
        "age": random.integers(18, 90, ROWS).tolist(),
        "income": np.round(np.exp(random.normal(8, 1, ROWS)), 2).tolist(),
        "town": random.choice(["Bern", "Oslo", "Rome", ""], ROWS).tolist(),
        "unit": ["EUR"] * ROWS,
        "paid": ["no" if i % 10 == 0 else "yes" for i in range(ROWS)],
    }
    return {name: cells for name, cells in (whole | columns).items() if cells is not None}


def write(path: Path, columns: dict[str, list[object]]) -> Path:
    lines = [",".join(columns)]
    lines += [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path


def load(path: Path, encoder: dict[str, object] | None = None, **settings: object) -> Dataset:
    values: dict[str, object] = {
        "data": {"name": "table", "path": str(path), "target": "paid"} | settings,
        "network": {"layers": [20], "candidates": 2},
        "training": {"epochs": 1, "tau": 1},
    }
    return load_dataset(parse_config(values | ({"encoder": encoder} if encoder else {}), "x.toml"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "a.csv", table())


def cells(**changes: object) -> dict[str, list[object]]:
    """The table with one cell of each named column changed."""
    columns = table()
    for name, value in changes.items():
        columns[name][40] = value
    return columns


class TestColumns:
    def test_columns_are_what_they_look_like(self, path: Path) -> None:
        dataset = load(path)
        assert dataset.table is not None
        assert [(c.kind, c.name) for c in dataset.table.columns] == [
            ("number", "age"),
            ("number", "income"),
            ("category", "town"),
        ]
        assert dataset.table.columns[2] == CategoryColumn(
            name="town", categories=("", "Bern", "Oslo", "Rome")
        )
        assert dataset.class_names == dataset.table.classes == ("no", "yes")
        assert dataset.table.notes == (
            "left out, as they do not change in the training rows: unit",
            "90.0% of the test rows are yes, the largest class",
        )
        assert dataset.provenance["table"] == dataset.table.model_dump(mode="json")

    def test_whole_numbers_are_words_as_they_are(self, path: Path) -> None:
        dataset = load(path)
        age = dataset.encoder.features[0]
        assert (age.width, age.signed, age.scale, age.zero) == (7, False, 1.0, 0)
        words = np.concatenate([dataset.train_samples[:, 0], dataset.test_samples[:, 0]])
        assert sorted(words.tolist()) == sorted(table()["age"])

    @given(
        st.lists(
            st.one_of(st.floats(-1e9, 1e9, width=32), st.integers(-(2**40), 2**40).map(float)),
            min_size=1,
        )
    )
    def test_numbers_fit_their_feature_and_are_rounded_down_by_its_scale(
        self, values: list[float]
    ) -> None:
        feature = number_feature("x", np.array(values))
        words = [value // feature.scale for value in values]  # exact: a power of two
        assert feature.low <= min(words)
        assert max(words) <= feature.high
        assert np.log2(feature.scale) == np.floor(np.log2(feature.scale))
        if len(set(values)) > 1 and any(value != int(value) for value in values):
            extent = (max(values) - min(values)) / feature.scale
            assert 2**15 <= extent <= 2**16 or feature.width == 32
        if all(value == int(value) and abs(value) < 2**31 for value in values):
            assert feature.scale == 1
        elif all(value == int(value) for value in values):
            assert feature.width == 32

    def test_a_small_range_far_from_zero_is_still_divided(self) -> None:
        feature = number_feature("x", np.array([1000.0, 1000.25]))
        assert feature.scale == 2.0**-17
        assert feature.width == 27

    def test_declared_category_has_a_code_for_each_number(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", table(age=[i % 3 + 9 for i in range(ROWS)]))
        dataset = load(path, kinds={"age": "category"})
        assert dataset.table is not None
        assert dataset.table.columns[0].model_dump()["categories"] == ("10", "11", "9")
        assert (dataset.encoder.op[:3] == 1).all()  # word = code

    def test_missing_numbers_are_refused_or_the_median_of_the_training_rows(
        self, tmp_path: Path
    ) -> None:
        path = write(tmp_path / "a.csv", cells(age="?"))
        with pytest.raises(InputError, match=r"line 42, column 'age': '\?' is missing: fill it in"):
            load(path, missing_texts=["?"])
        dataset = load(path, missing_texts=["?"], missing_numbers="median")
        assert dataset.table is not None
        column = dataset.table.columns[0]
        assert isinstance(column, NumberColumn)
        training = dataset.train_samples[: -dataset.n_validation, 0]
        assert abs((training <= column.fill).mean() - 0.5) < 0.05
        assert dataset.table.missing == ("?",)

    def test_targets_of_numbers_are_in_their_order(self, tmp_path: Path) -> None:
        columns = table(paid=[[10, 9, 100, -1][i % 4] for i in range(ROWS)])
        assert load(write(tmp_path / "a.csv", columns)).class_names == ("-1", "9", "10", "100")


class TestEncoder:
    def test_quantiles_of_the_training_rows_are_the_default(self, path: Path) -> None:
        dataset = load(path)
        training = dataset.train_samples[: -dataset.n_validation]
        bits = dataset.encoder.encode(training)
        income = np.flatnonzero(dataset.encoder.feature == 1)
        expected = 1 - np.arange(1, 16) / 16
        assert np.abs(bits[income].mean(axis=1) - expected).max() < 0.02

    @pytest.mark.parametrize(
        "encoder",
        [
            {"kind": "thermometer", "thresholds": 9},
            {"kind": "thermometer", "thresholds": 200, "of": "points"},
            {"kind": "fixed-point"},
            {"kind": "fixed-point", "width": 3},
        ],
    )
    def test_every_row_tells_training_rows_apart_and_no_two_are_the_same(
        self, tmp_path: Path, encoder: dict[str, object]
    ) -> None:
        columns = table(
            debt=[i % 7 - 3 for i in range(ROWS)], year=[2000 + i % 20 for i in range(ROWS)]
        )
        dataset = load(write(tmp_path / "a.csv", columns), encoder)
        bits = dataset.encoder.encode(dataset.train_samples[: -dataset.n_validation])
        assert bits.any(axis=1).all()
        assert not bits.all(axis=1).any()
        rows = zip(dataset.encoder.feature, dataset.encoder.op, dataset.encoder.value, strict=True)
        assert len(set(rows)) == len(bits)
        if encoder.get("width"):
            assert np.bincount(dataset.encoder.feature)[[0, 1, 3, 4]].tolist() == [3] * 4


class TestParts:
    def test_every_class_has_its_share_in_every_part(self, path: Path) -> None:
        dataset = load(path)
        train = dataset.train_labels[: -dataset.n_validation]
        parts = [train, dataset.validation[1], dataset.test_labels]
        assert [np.bincount(part).tolist() for part in parts] == [[14, 130], [2, 14], [4, 36]]

    def test_seed_decides_the_parts(self, path: Path) -> None:
        first, again, other = (load(path, seed=seed) for seed in (3, 3, 4))
        assert first.digest == again.digest != other.digest

    @given(
        st.lists(st.integers(0, 4), min_size=1, max_size=60),
        st.floats(0.01, 0.99),
        st.integers(0, 9),
    )
    def test_split_is_proportional_and_leaves_one_of_each_class(
        self, labels: list[int], fraction: float, seed: int
    ) -> None:
        array = np.array(labels)
        stay, go = stratified_split(array, fraction, np.random.default_rng(seed))
        assert sorted([*stay, *go]) == list(range(len(labels)))
        for label in set(labels):
            count, gone = labels.count(label), int((array[go] == label).sum())
            assert gone < count
            assert abs(gone - fraction * count) < 1 or gone == count - 1

    def test_test_file_is_read_as_the_training_file(self, tmp_path: Path, path: Path) -> None:
        other = {"paid": ["no", "yes"], "town": ["Oslo", "Paris"], "age": [20, 999]}
        test = write(tmp_path / "b.csv", other | {"income": [1, -5]})
        dataset = load(path, test_path=str(test), drop=["unit"])
        assert dataset.test_samples.tolist() == [[20, dataset.test_samples[0, 1], 3], [127, 0, 0]]
        assert dataset.test_labels.tolist() == [0, 1]
        assert len(dataset.train_labels) == ROWS
        assert dataset.table is not None
        assert dataset.table.notes[0] == (
            "test rows with a category of town that no training row has: 1"
        )

    def test_words_of_the_network_are_those_of_training(self, path: Path) -> None:
        dataset = load(path)
        assert dataset.table is not None
        network = random_network(np.random.default_rng(0), layers=[4], classes=2)
        network = network.__class__(
            **{name: getattr(network, name) for name in network.__dataclass_fields__}
            | {"encoder": dataset.encoder, "fanin": network.fanin[:0], "table": network.table[:0]}
            | {"outputs": [0, 1], "weights": [1, 1], "groups": [0, 1, 2]}
        )
        with open_rows(path, dataset.table, network) as samples:
            (block,) = samples.blocks
        given = np.column_stack([block.words, block.labels])
        samples = np.concatenate([dataset.train_samples, dataset.test_samples])
        labels = np.concatenate([dataset.train_labels, dataset.test_labels])
        assert sorted(given.tolist()) == sorted(np.column_stack([samples, labels]).tolist())


@pytest.mark.parametrize(
    ("columns", "settings", "sentence"),
    [
        (table(paid=["yes"] * ROWS), {}, "column 'paid' is 'yes' in every row: a target needs two"),
        (cells(paid=""), {}, "line 42, column 'paid': '' is missing: fill in the class, or"),
        (
            table(),
            {"target": "payed"},
            "has no column 'payed', which data.target names: did you mean ",
        ),
        (table(), {"drop": ["x"]}, "has no column 'x', which data.drop names: it has 'age', "),
        (table(), {"kinds": {"Age": "number"}}, "has no column 'Age', which data.kinds names: did"),
        (
            table(),
            {"kinds": {"paid": "number"}},
            "data.kinds says what column 'paid' is, but it is the target: remove it there",
        ),
        (cells(age="x"), {"kinds": {"age": "number"}}, "line 42, column 'age': 'x' is not a numbe"),
        (cells(income="12,5"), {}, "line 42 has 6 cells for the 5 columns that the first line"),
        (cells(income="inf"), {}, "line 42, column 'income': 'inf' is infinite or too large"),
        (cells(income="nan"), {}, "line 42, column 'income': 'nan' is missing: fill it in, or"),
        (table(), {"drop": ["age", "income", "town", "unit"]}, "has no column beside the target"),
        (table(), {"drop": ["age", "income", "town"]}, "no column changes in the training rows"),
        (
            table(),
            {"test_fraction": 0.001},
            "data.test_fraction is 0.001, which gives no test row of 200: raise it, or name a",
        ),
        ({"age": [], "paid": []}, {}, "has no rows"),
        (
            {"name": [f"P{i}" for i in range(400)], "paid": [i % 2 for i in range(400)]},
            {},
            "column 'name' has 288 different texts, such as 'P99', but a category at most 256: lea",
        ),
        (
            {"size": [*range(399), "big"], "paid": [i % 2 for i in range(400)]},
            {},
            "line 401, column 'size': 'big' is not a number: correct it, name it in data.missing",
        ),
        (
            {"size": list(range(400)), "paid": [i / 10 for i in range(400)]},
            {},
            "column 'paid' has 400 different values, but a target at most 256 classes: name anoth",
        ),
    ],
)
def test_unfit_table_is_one_sentence_with_its_place(
    tmp_path: Path,
    columns: dict[str, list[object]],
    settings: dict[str, object],
    sentence: str,
) -> None:
    path = write(tmp_path / "a.csv", columns)
    with pytest.raises(InputError) as error:
        load(path, **settings)
    assert str(error.value).startswith(f"{path}: {sentence}")
    assert "\n" not in str(error.value)
