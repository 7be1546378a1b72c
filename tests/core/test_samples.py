"""A user's files as streams: what they hold, what is refused, and how much memory it takes."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connective import Feature, InputError, Network, canonicalize, fixed_point
from connective.predictions import write_predictions
from connective.samples import open_samples, samples_of
from connective.samples.text import read_text
from connective.tally import Tally
from tests.networks import random_network, random_samples

FEATURES = (Feature("a", 4), Feature("b", 12, scale=0.5, zero=100))
NETWORK = Network(
    fixed_point(FEATURES), *canonicalize([[0, 1]], [8]), [16, 0], [1, 1], [0, 1, 2], [0, 0]
)
WORDS = np.array([[1, 200], [15, 4095], [0, 0]])
LABELS = np.array([1, 0, 1])


def read(path: Path, *, real: bool = False, network: Network = NETWORK) -> tuple[Any, Any]:
    """All words and labels of a file."""
    with open_samples(path, network, real=real) as samples:
        blocks = list(samples.blocks)
    words = np.concatenate([block.words for block in blocks])
    known = [block.labels for block in blocks if block.labels is not None]
    assert samples.count in (None, len(words))
    return words.tolist(), np.concatenate(known).tolist() if known else None


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("dtype", ["u2", ">i4", "<i8"])
def test_all_kinds_of_files_hold_the_same_samples(tmp_path: Path, dtype: str) -> None:
    words, labels = WORDS.astype(dtype), LABELS.astype(dtype)
    both = np.column_stack([words, labels])
    np.savez(tmp_path / "a.npz", samples=words, labels=labels)
    np.savez_compressed(tmp_path / "b.npz", test_samples=words, test_labels=labels)
    np.save(tmp_path / "c.npy", both)
    np.savetxt(tmp_path / "d.csv", both, fmt="%d", delimiter=",")
    for file in tmp_path.iterdir():
        assert read(file) == (WORDS.tolist(), LABELS.tolist())
    np.savez(tmp_path / "a.npz", samples=words)
    np.save(tmp_path / "c.npy", words)
    np.savetxt(tmp_path / "d.csv", words, fmt="%d", delimiter=",")
    for name in ("a.npz", "c.npy", "d.csv"):
        assert read(tmp_path / name) == (WORDS.tolist(), None)


def test_columns_that_are_named_stand_in_any_order(tmp_path: Path) -> None:
    for text in (
        "label,b,a\n1,200,1\n0,4095,15\n1,0,0\n",
        '"b" , a , label\n\n200, 1, 1\n4095,"15",0\r\n0,0,1',
        "\ufeffx,y,z\n1,200,1\n15,4095,0\n0,0,1\n",
        "label,x,y\n1,1,200\n0,15,4095\n1,0,0\n",
    ):
        assert read(write(tmp_path / "a.csv", text)) == (WORDS.tolist(), LABELS.tolist())


def test_real_values_are_quantized_by_the_encoder(tmp_path: Path) -> None:
    real = np.array([[1.9, -50.0], [99.0, 0.26]])
    expected = NETWORK.encoder.quantize(real).tolist()
    np.save(tmp_path / "a.npy", real)
    np.savetxt(tmp_path / "b.csv", np.column_stack([real, [0, 1]]), delimiter=",")
    assert read(tmp_path / "a.npy", real=True) == (expected, None)
    assert read(tmp_path / "b.csv", real=True) == (expected, [0, 1])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2,0\n1,2\n", "line 2 has 2 columns, not 3"),
        ("1\n", "line 1 has 1 columns, but the network has 2 features"),
        ("a,b,c,d\n", "line 1 has 4 columns"),
        ("1,2,0\n\n1,x,0\n", "line 3, column 2: 'x' is not a number"),
        ("1,2,0\n1,,0\n", "line 2, column 2: '' is not a number"),
        ("label,b,a\n0,1,16\n", "line 2, column 3: 16 is outside the words of 'a', 0 to 15"),
        ("1,-1\n", "line 1, column 2: -1 is outside the words of 'b', 0 to 4095"),
        ("1,0.5\n", "line 1, column 2: '0.5' is not a whole number.*--quantize"),
        ("1,99999999999999999999\n", "line 1, column 2: '99999999999999999999' is too large"),
        ("1,2,2\n", "line 1, column 3: 2 is not a class: they are numbered 0 to 1"),
        ("1,2,-1\n", "line 1, column 3: -1 is not a class"),
        ("1," + "2" * 500, "line 1 has more than"),
        (b"1,2\n\xff\n", "is not UTF-8 text"),
    ],
)
def test_what_is_wrong_with_a_text_is_named(
    tmp_path: Path, text: str | bytes, sentence: str
) -> None:
    with pytest.raises(InputError, match=rf"a\.csv: {sentence}"):
        read(write(tmp_path / "a.csv", text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,nan\n", "line 1, column 2: nan is not a number"),
        ("1,inf\n", "line 1, column 2: inf is not a number"),
        ("1,2,0.5\n", "line 1, column 3: 0.5 is not a class"),
        ("1,2,nan\n", "line 1, column 3: nan is not a class"),
    ],
)
def test_real_values_that_are_no_numbers_are_refused(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        read(write(tmp_path / "a.csv", text), real=True)


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.zeros((2, 2)), "holds float64, not words: pass --quantize"),
        (np.zeros(4, dtype=int), "is int64 of shape .4,., not numbers in 2 dimensions"),
        (np.zeros((2, 4), dtype=int), "has 4 columns, but the network has 2 features"),
        (np.zeros((2, 2), dtype="c8"), "is complex64"),
        (np.zeros((3, 2), dtype=int, order="F"), "is in Fortran order"),
        (np.array([[0, 0], [0, 4096]]), "row 1, column 1: 4096 is outside the words of 'b'"),
        (np.array([[0, 0, 2]]), "row 0, column 2: 2 is not a class"),
    ],
)
def test_what_is_wrong_with_an_array_is_named(
    tmp_path: Path, array: np.ndarray, sentence: str
) -> None:
    with pytest.raises(InputError, match=rf"a\.npy: {sentence}"):
        read(write(tmp_path / "a.npy", npy(array)))


def test_damaged_and_hostile_files_are_refused(tmp_path: Path) -> None:
    whole = npy(WORDS)
    huge = whole.replace(b"(3, 2), ", b"(99999999999999, 2), ")[: len(whole)]
    pickled = io.BytesIO()
    np.save(pickled, np.array([{}]), allow_pickle=True)
    for content, sentence in (
        (whole[:-1], "ends before its 3 rows"),
        (b"", "no array, or damaged"),
        (b"\x93NUMPY\x01\x00\xff\xff", "no array, or damaged"),
        (huge, "ends before|no array"),
        (pickled.getvalue(), "is object of shape"),
    ):
        with pytest.raises(InputError, match=sentence):
            read(write(tmp_path / "a.npy", content))
    np.savez(tmp_path / "a.npz", samples=WORDS, labels=LABELS[:2])
    with pytest.raises(InputError, match="labels has 2 entries for 3 samples"):
        read(tmp_path / "a.npz")
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("samples.npy", whole[:-1])
    with pytest.raises(InputError, match=r"b\.npz: samples: ends before"):
        read(tmp_path / "b.npz")
    np.savez(tmp_path / "c.npz", other=WORDS)
    with pytest.raises(InputError, match=r"c\.npz: has no array 'samples'"):
        read(tmp_path / "c.npz")
    with pytest.raises(InputError, match="is damaged"):
        read(write(tmp_path / "d.npz", "no archive"))
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.csv")
    with pytest.raises(InputError, match=r"read from \.npz"):
        read(write(tmp_path / "a.txt", "1,2"))


class Endless(io.TextIOBase):
    """A pipe of so many lines, which are never all there."""

    def __init__(self, lines: int) -> None:
        self.lines: Iterator[str] = (f"{i % 16},{i % 4096},{i % 2}\n" for i in range(lines))

    def readline(self, size: int = -1, /) -> str:
        return next(self.lines, "")


def test_a_longer_stream_takes_no_more_memory() -> None:
    peaks = []
    for lines in (40_000, 160_000):
        tracemalloc.start()
        blocks = read_text("pipe", Endless(lines), NETWORK, real=False)
        assert sum(len(block.words) for block in blocks) == lines
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_predictions_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "folder" / "out.csv"
    answers = NETWORK(WORDS)
    rows = np.column_stack([answers.labels, answers.scores])
    with write_predictions(out, NETWORK) as write_rows:
        write_rows(rows[:1])
        write_rows(rows[1:])
        assert not out.exists()
    lines = out.read_text().splitlines()
    assert lines[0] == "label,score_0,score_1"
    assert lines[1:] == [",".join(map(str, row)) for row in rows.tolist()]
    with pytest.raises(ZeroDivisionError), write_predictions(out, NETWORK) as write_rows:
        write_rows(rows)
        raise ZeroDivisionError
    assert out.read_text().splitlines() == lines
    assert list(out.parent.iterdir()) == [out]


def test_a_tally_counts_classes_and_what_is_unknown() -> None:
    tally = Tally(3)
    tally.add(3, 0.5, np.array([0, 1, 1]), np.array([0, 0, 1]))
    tally.add(1, 0.5, np.array([2]), None)
    assert tally.summary() == {
        "samples": 4,
        "accuracy": 2 / 3,
        "recall": [0.5, 1.0, None],
        "confusion": [[1, 1, 0], [0, 1, 0], [0, 0, 0]],
        "predicted": [1, 2, 1],
        "samples_per_second": 4.0,
    }


def test_samples_in_memory_come_in_blocks_and_are_checked() -> None:
    network = random_network(np.random.default_rng(0), layers=[4], n_inputs=4)
    words = random_samples(np.random.default_rng(1), network, 40_000)
    labels = np.zeros(40_000, dtype=np.int64)
    blocks = list(samples_of("set", words, labels, network).blocks)
    assert len(blocks) > 1
    assert (np.concatenate([block.words for block in blocks]) == words).all()
    labels[30_000] = 3
    with pytest.raises(InputError, match="set: row 30000, .*: 3 is not a class"):
        list(samples_of("set", words, labels, network).blocks)
