"""A person's table: how files are read, how rows become words, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from connective import Feature, InputError, Network, canonicalize, one_hot
from connective.cli.encode import encode
from connective.cli.evaluate import evaluate
from connective.network_file import write_network
from connective.samples import Block, open_samples, write_samples
from connective.table import (
    CategoryColumn,
    NumberColumn,
    Rows,
    Table,
    has_columns,
    open_rows,
    open_table,
    table_of,
)
from fuzz.loaders import mutated
from tests.test_hostile_files import damaged

FEATURES = (Feature("colour", 2), Feature("price", 8, signed=True, scale=0.25))
TABLE = Table(
    columns=(
        CategoryColumn(name="colour", categories=("", "blue", "red")),
        NumberColumn(name="price", fill=6),
    ),
    target="kind",
    classes=("cheap", "dear"),
    missing=("?",),
)
NETWORK = Network(  # says what the colour is not
    one_hot(FEATURES, [[1, 2, 3], [0]]),
    *canonicalize([[0, 0]], [1]),
    [4, 1],
    [1, 1],
    [0, 1, 2],
    [0, 0],
)
PROVENANCE = {"data": {"table": TABLE.model_dump(mode="json")}}
TEXT = "kind,price,colour\ncheap,1.3,red\ndear,-7.99,green\ncheap,?,\ndear,1e9,blue\n"
WORDS = [[3, 5], [0, -32], [1, 6], [2, 127]]
LABELS = [0, 1, 0, 1]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> dict[str, list[Any]]:
    with open_table(path) as file:
        rows = Rows.joined(file.blocks(file.names))
    return {name: column.tolist() for name, column in rows.columns.items()}


def words_and_labels(path: Path) -> tuple[list[Any], list[Any]]:
    with open_rows(path, TABLE, NETWORK) as samples:
        (block,) = samples.blocks
    return block.words.tolist(), [] if block.labels is None else block.labels.tolist()


class TestWords:
    def test_cells_become_codes_and_numbers_round_down_into_range(self, tmp_path: Path) -> None:
        assert words_and_labels(write(tmp_path / "a.csv", TEXT)) == (WORDS, LABELS)

    def test_the_same_table_in_every_kind_of_file_gives_the_same_words(
        self, tmp_path: Path
    ) -> None:
        columns = {
            "colour": ["red", "green", None, "blue"],
            "price": [1.3, -7.99, None, 1e9],
            "kind": ["cheap", "dear", "cheap", "dear"],
            "more": [1, 2, 3, 4],
        }
        table = pa.table(columns)
        parquet.write_table(table, tmp_path / "a.parquet")
        coded = table.set_column(0, "colour", table["colour"].dictionary_encode())
        parquet.write_table(coded, tmp_path / "b.parquet")
        np.savez(
            tmp_path / "c.npz",
            price=np.array([1.3, -7.99, np.nan, 1e9]),
            colour=np.array(["red", "green", "", "blue"]),
            kind=np.array(["cheap", "dear", "cheap", "dear"]),
        )
        write(tmp_path / "d.csv", TEXT.replace(",", ";"))
        write(tmp_path / "e.csv", "\ufeff" + TEXT.replace(",", " \t ").replace("red", '"red"'))
        write(tmp_path / "f.csv", TEXT.replace("\n", "\r\n\r\n"))
        for path in tmp_path.iterdir():
            assert words_and_labels(path) == (WORDS, LABELS), path

    def test_rows_without_the_target_have_no_labels(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "colour,price\nred,1\n")
        assert words_and_labels(path) == ([[3, 4]], [])

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("colour,price\nred,x\n", "line 2, column 'price': 'x' is not a number: correct it"),
            ("colour,price\n\nred,inf\n", "line 3, column 'price': 'inf' is infinite or too large"),
            ("colour,price,kind\nred,1,new\n", "line 2, column 'kind': 'new' is not a class that"),
            ("colour,Price\nred,1\n", "has no column 'price', which the network was trained on: "),
            ("colour,price\nred\n", "line 2 has 1 cells for the 2 columns that the first line"),
            ('colour,price\n"red,1\n', "line 2: unexpected end of data: correct its quotation"),
            ("colour,price,price\n", "columns 2 and 3 are both named 'price': rename one"),
            ("colour,,price\n", "column 2 is named '': give it a name on one line"),
            ('colour,"a\nb",price\n', "column 2 is named 'a\\nb': give it a name on one line"),
            ("", "is empty: its first line must name the columns"),
            ("colour,price\n" + "x" * (1 << 20), "line 2 has 1048576 characters or more"),
        ],
    )
    def test_mistake_is_one_sentence_with_its_place(
        self, tmp_path: Path, text: str, sentence: str
    ) -> None:
        path = write(tmp_path / "a.csv", text)
        with pytest.raises(InputError) as error:
            words_and_labels(path)
        assert str(error.value).startswith(f"{path}: {sentence}")
        assert "\n" not in str(error.value)

    def test_missing_number_is_refused_where_training_had_no_rule(self, tmp_path: Path) -> None:
        column = NumberColumn(name="price")
        table = TABLE.model_copy(update={"columns": (TABLE.columns[0], column)})
        path = write(tmp_path / "a.csv", TEXT)
        with open_rows(path, table, NETWORK) as samples, pytest.raises(InputError) as error:
            list(samples.blocks)
        assert str(error.value).startswith(f"{path}: line 4, column 'price': '?' is missing: fill")

    @given(st.lists(st.sampled_from(["", "red", "blue", "green", "?"])))
    def test_codes_are_positions_from_1_and_0_for_others(self, texts: list[str]) -> None:
        column = CategoryColumn(name="colour", categories=("red", "", "blue"))
        codes = column.codes(np.array(texts, dtype=np.dtypes.StringDType()))
        assert codes.tolist() == [{"red": 1, "": 2, "blue": 3}.get(text, 0) for text in texts]


class TestFiles:
    def test_cells_keep_their_kind(self, tmp_path: Path) -> None:
        table = pa.table(
            {
                "whole": pa.array([1, 2], pa.uint8()),
                "holes": pa.array([None, 2], pa.int32()),
                "flag": [True, None],
                "money": pa.array([1, 2], pa.decimal128(5, 2)),
            }
        )
        parquet.write_table(table, tmp_path / "a.parquet")
        found = read(tmp_path / "a.parquet")
        assert found["whole"] == [1, 2]
        assert np.isnan(found["holes"][0])
        assert found["holes"][1] == 2.0
        assert found["flag"] == ["true", ""]
        assert found["money"] == [1.0, 2.0]
        np.savez(tmp_path / "b.npz", flag=np.array([True, False]), big=np.array([1, 2**63], "u8"))
        assert read(tmp_path / "b.npz") == {"flag": ["true", "false"], "big": [1.0, 2.0**63]}

    def test_lines_are_counted_over_blocks_and_quoted_line_ends(self, tmp_path: Path) -> None:
        rows = 40_000
        path = write(tmp_path / "a.csv", 'a,b\n"x\ny",1\n' + "x,2\n" * rows + "x,oops\n")
        with open_table(path) as file:
            blocks = list(file.blocks(["b"]))
        assert len(blocks) > 1
        with pytest.raises(InputError, match=rf"line {rows + 4}, column 'b': 'oops' is not a numb"):
            Rows.joined(blocks).numbers("b", ())

    def test_numbers_that_are_whole_are_the_same_texts_in_every_kind_of_file(self) -> None:
        columns = {"a": np.array([3.0, 2.5, np.nan]), "b": np.array([3, 2, 1])}
        rows = Rows("x", columns, np.arange(3), "row")
        assert rows.texts("a", ()).tolist() == ["3", "2.5", ""]
        assert rows.texts("b", ["1"]).tolist() == ["3", "2", ""]

    def test_what_is_no_table_is_one_sentence(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "long.npz", a=np.arange(3), b=np.arange(4))
        np.savez(tmp_path / "wide.npz", a=np.zeros((3, 2)))
        np.savez(tmp_path / "object.npz", allow_pickle=True, a=np.array([{}]))
        np.savez(tmp_path / "none.npz")
        (tmp_path / "bad.npz").write_bytes(b"no archive")
        (tmp_path / "bad.parquet").write_bytes(b"PAR1 no table PAR1")
        (tmp_path / "bad.csv").write_bytes(b"a,b\n\xff,1\n")
        (tmp_path / "a.xlsx").touch()
        dates = pa.table({"day": pa.array([0], pa.date32())})
        parquet.write_table(dates, tmp_path / "dates.parquet")
        content = (tmp_path / "dates.parquet").read_bytes()
        (tmp_path / "short.parquet").write_bytes(content[:-20])
        for name, sentence in {
            "long.npz": "a has 3 entries and b 4: give every column one for each row",
            "wide.npz": "a: is float64 of shape (3, 2), not numbers or texts in 1 dimension",
            "object.npz": "a: is object of shape (1,), not numbers or texts",
            "none.npz": "has no array: write an array a column",
            "bad.npz": "is damaged (File is not a zip file)",
            "bad.parquet": "is no Parquet file, or damaged (",
            "short.parquet": "is no Parquet file, or damaged (",
            "bad.csv": "is not UTF-8 text: save it as UTF-8",
            "a.xlsx": "a table is read from .csv, .parquet, .npz",
            "dates.parquet": "column 'day' holds date32[day], not numbers, booleans or texts",
            "absent.csv": "cannot be read: No such file or directory",
        }.items():
            with pytest.raises(InputError) as error:
                read(tmp_path / name)
            assert str(error.value).startswith(f"{tmp_path / name}: {sentence}")


def files_to_damage(folder: Path) -> list[Path]:
    columns = {"a": np.arange(20.0), "b": np.array(["x", "é"] * 10), "c": np.arange(20) % 2 == 0}
    np.savez(folder / "a.npz", **columns)
    parquet.write_table(pa.table(columns), folder / "a.parquet")
    write(folder / "a.csv", 'a,b,c\n1,"x,y",3\n2,"q""z",4\n,é,\n5,6,nan\n')
    return sorted(folder.iterdir())


def test_damaged_file_is_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    rng, refused = np.random.default_rng(0), 0
    for path in files_to_damage(tmp_path):
        original = path.read_bytes()
        for _ in range(300):
            choice = int(rng.integers(1 << 16))
            path.write_bytes(mutated(original, choice, lambda part: damaged(rng, part)))
            try:
                with open_table(path) as file:
                    for rows in file.blocks(file.names):
                        for name in file.names:
                            rows.texts(name, ())
                            rows.numbers(name, ["x"])
            except InputError as error:
                assert "\n" not in str(error)
                assert str(path) in str(error)
                refused += 1
    assert refused > 450


class TestSchema:
    def test_table_of_a_network_reads_back(self) -> None:
        provenance = json.loads(json.dumps(PROVENANCE))
        assert table_of(provenance, NETWORK, Path("n.npz")) == TABLE
        assert table_of({}, NETWORK, Path("n.npz")) is None

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"classes": []}, "data.table.classes: tuple should have at least 1 item"),
            ({"classes": ["a", "b", "c"]}, "data.table has 3 classes, but the network 2"),
            ({"columns": []}, "its table has other columns than its encoder has features"),
            ({"target": 3}, "data.table.target: input should be a valid string, not 3"),
        ],
    )
    def test_table_that_does_not_fit_is_refused(
        self, change: dict[str, Any], sentence: str
    ) -> None:
        table = TABLE.model_dump(mode="json") | change
        with pytest.raises(InputError, match=f"^n.npz: {sentence}"):
            table_of({"data": {"table": table}}, NETWORK, Path("n.npz"))

    @pytest.mark.parametrize(
        ("column", "change"), [(0, {"categories": list("abcd")}), (1, {"fill": 128})]
    )
    def test_words_that_a_feature_cannot_hold_are_refused(
        self, column: int, change: dict[str, Any]
    ) -> None:
        table = TABLE.model_dump(mode="json")
        table["columns"][column] |= change
        with pytest.raises(InputError, match=r"n.npz: data.table has .* whose feature takes"):
            table_of({"data": {"table": table}}, NETWORK, Path("n.npz"))


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.npz"
    write_network(path, NETWORK, PROVENANCE)
    return path


def run(command: Any, *arguments: object) -> dict[str, Any]:
    plain = CliRunner().invoke(command, [*map(str, arguments)], catch_exceptions=False)
    assert plain.exit_code == 0
    result = CliRunner().invoke(command, [*map(str, arguments), "--json"], catch_exceptions=False)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


class TestVerbs:
    @pytest.mark.parametrize("suffix", [".csv", ".npz"])
    def test_encoded_rows_are_what_evaluate_and_the_core_take(
        self, tmp_path: Path, network: Path, suffix: str
    ) -> None:
        rows, out = write(tmp_path / "rows.csv", TEXT), tmp_path / f"words{suffix}"
        result = run(encode, network, rows, "--out", out)
        assert result["samples"] == 4
        assert [feature["name"] for feature in result["features"]] == ["colour", "price"]
        with open_samples(out, NETWORK, real=False) as samples:
            (block,) = samples.blocks
        assert block.words.tolist() == WORDS
        assert block.labels is not None
        assert block.labels.tolist() == LABELS
        assert has_columns(rows, TABLE.names)
        assert not has_columns(out, TABLE.names)
        of_words, of_rows = (run(evaluate, network, "--data", path) for path in (out, rows))
        assert of_rows["confusion"] == of_words["confusion"]
        assert of_rows["samples"] == 4

    def test_words_without_names_are_words(self, tmp_path: Path, network: Path) -> None:
        words = write(tmp_path / "words.csv", "1,1\n2,-30\n")
        result = run(evaluate, network, "--data", words)
        assert (
            result["predicted"]
            == np.bincount(NETWORK.predict(np.array([[1, 1], [2, -30]])), minlength=2).tolist()
        )

    def test_real_values_of_other_networks_are_rounded_by_the_encoder(self, tmp_path: Path) -> None:
        write_network(tmp_path / "network.npz", NETWORK, {})
        rows, out = write(tmp_path / "rows.csv", "1,2.6\n0,-3.1\n"), tmp_path / "words.csv"
        run(encode, tmp_path / "network.npz", rows, "--out", out)
        assert out.read_text() == "word of colour,word of price\n1,10\n0,-13\n"

    def test_network_of_bits_takes_rows_but_no_classes(self, tmp_path: Path) -> None:
        gates = NETWORK.fanin, NETWORK.table
        bits = Network(NETWORK.encoder, *gates, [4, 1], [1, 1], [0], [], head="bits")
        write_network(tmp_path / "network.npz", bits, PROVENANCE)
        rows, out = write(tmp_path / "rows.csv", TEXT), tmp_path / "bits.csv"
        run(evaluate, tmp_path / "network.npz", "--data", rows, "--out", out)
        expected = bits.output_bits(np.array(WORDS)).astype(int)
        assert np.loadtxt(out, delimiter=",", skiprows=1).tolist() == expected.tolist()

    def test_nothing_is_written_where_a_row_is_wrong(self, tmp_path: Path, network: Path) -> None:
        rows = write(tmp_path / "rows.csv", TEXT + "cheap,x,red\n")
        before = sorted(tmp_path.iterdir())
        for name in ("words.csv", "words.npz", "words.txt"):
            with pytest.raises(InputError, match=r"'x' is not a number|words are written as .csv"):
                run(encode, network, rows, "--out", tmp_path / name)
        assert sorted(tmp_path.iterdir()) == before

    def test_all_blocks_are_written(self, tmp_path: Path) -> None:
        blocks = [Block(np.array([[i, -i]]), None) for i in range(3)]
        for suffix in (".csv", ".npz"):
            path = tmp_path / f"words{suffix}"
            assert write_samples(path, FEATURES, blocks) == 3
            with open_samples(path, NETWORK, real=False) as samples:
                assert [b.words.tolist() for b in samples.blocks] == [[[0, 0], [1, -1], [2, -2]]]
