from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.formats.aiger import read_aiger, write_aiger
from tests.networks import networks, plain_scores, random_network, random_samples

SUFFIXES = (".aig", ".aag")


@settings(deadline=None, max_examples=40)
@given(networks(), st.sampled_from(SUFFIXES))
def test_an_equivalent_network_comes_back(
    tmp_path_factory: pytest.TempPathFactory, network: Network, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("aiger") / f"network{suffix}"
    write_aiger(path, network, {"seed": 3})
    back, provenance = read_aiger(path)
    assert provenance == {"seed": 3}
    assert back.encoder.features == network.encoder.features
    assert (back.head, back.tau, back.k) == (network.head, network.tau, 2)
    assert (back.groups == network.groups).all()
    samples = random_samples(np.random.default_rng(0), network, 20)
    expected = [plain_scores(network, sample) for sample in samples.tolist()]
    assert back.scores(samples).tolist() == expected


@settings(deadline=None, max_examples=30)
@given(networks(heads=("class", "bits")), st.sampled_from(SUFFIXES))
def test_what_was_read_is_written_as_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, network: Network, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("aiger") / f"network{suffix}"
    write_aiger(path, network, {"b": 1, "a": None})
    written = path.read_bytes()
    write_aiger(path, *read_aiger(path))
    assert path.read_bytes() == written


def test_both_kinds_are_one_circuit(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=[60, 60], k=4)
    digests = set()
    for suffix in SUFFIXES:
        write_aiger(tmp_path / f"x{suffix}", network, {})
        digests.add(read_aiger(tmp_path / f"x{suffix}")[0].sha256)
    assert len(digests) == 1


@pytest.mark.parametrize(("inputs", "table"), [(2, 0x6), (3, 0x96), (4, 0x6996)])
def test_an_exclusive_or_is_three_ands_an_input(tmp_path: Path, inputs: int, table: int) -> None:
    encoder = random_network(np.random.default_rng(0), layers=[], n_inputs=inputs).encoder
    gate = np.array([table], dtype=np.uint64)
    network = Network(encoder, np.arange(inputs)[None], gate, [inputs], [1], [0], [], "bits")
    write_aiger(tmp_path / "x.aag", network, {})
    ands = 3 * (inputs - 1)
    assert (tmp_path / "x.aag").read_text().startswith(f"aag {inputs + ands} {inputs} 0 1 {ands}\n")


# A half adder with its gates in reverse, one output more that is a
# constant, one that is an inverted input, and a literal that nobody uses.
FOREIGN = """\
aag 9 2 0 4 3
2
4
6
12
1
3
6 13 15
12 2 4
14 3 5
i0 x
i1 y
o0 s
o1 c
c
half adder
"""


def read(folder: Path, text: str | bytes, suffix: str = ".aag") -> Network:
    path = folder / f"foreign{suffix}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_aiger(path)[0]


def test_another_programs_circuit_is_read(tmp_path: Path) -> None:
    network = read(tmp_path, FOREIGN)
    assert [feature.name for feature in network.encoder.features] == ["x", "y"]
    samples = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    expected = [[x ^ y, x & y, 1, 1 - x] for x, y in samples.tolist()]
    assert network.output_bits(samples).tolist() == expected


def test_constants_and_repeats_as_inputs_of_ands(tmp_path: Path) -> None:
    ands = ["6 2 0", "8 3 1", "10 4 4", "12 5 4", "14 1 0", "16 1 1"]
    text = "aag 8 2 0 6 6\n2\n4\n6\n8\n10\n12\n14\n16\n" + "\n".join(ands) + "\n"
    samples = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    expected = [[0, 1 - x, y, 0, 0, 1] for x, y in samples.tolist()]
    assert read(tmp_path, text).output_bits(samples).tolist() == expected


@pytest.mark.parametrize(
    ("line", "replacement", "sentence"),
    [
        ("aag 9 2 0 4 3", "aag 9 2 0 4", "line 1: is no AIGER header"),
        ("aag 9 2 0 4 3", "aag 9 2 1 4 3", "line 1: announces latches or properties"),
        ("aag 9 2 0 4 3", "aag 9 2 0 4 3 1", "line 1: announces latches or properties"),
        ("aag 9 2 0 4 3", "aag 4 2 0 4 3", "line 1: the greatest variable is 4, not 5"),
        ("aag 9 2 0 4 3", "aag 9 2 0 4 999999999", "line 1: announces 999999999 ANDs"),
        ("aag 9 2 0 4 3", "aag 99 2 0 4 90", "ends in line 17, before all"),
        ("\n2\n", "\n3\n", "different even literals from 2"),
        ("\n2\n", "\n4\n", "different even literals from 2"),
        ("\n2\n", "\n2 2\n", "line 2: must be 1 literals, not b'2 2'"),
        ("\n2\n", "\n-2\n", "line 2: must be 1 literals"),
        ("\n2\n", "\n20\n", "line 2: literal 20 is above the greatest, 19"),
        ("6 13 15", "6 13 16", "literal 16 is of a variable that nothing defines"),
        ("12 2 4", "12 2 6", "AND (6|12) depends on itself"),
        ("i0 x", "i2 x", "b'i2 x.*' names what the file does not have"),
        ("i0 x", "l0 x", "b'l0 x.*' names what the file does not have"),
        ("i0 x", "what", "neither a symbol nor a comment"),
        ("half adder", 'connective {"version": 9}', "version 9 is newer than 1"),
        ("half adder", "connective {}", "its comment: version: is missing"),
    ],
)
def test_ascii_that_is_not_right_is_refused(
    tmp_path: Path, line: str, replacement: str, sentence: str
) -> None:
    assert line in FOREIGN
    with pytest.raises(InputError, match=rf"foreign\.aag: .*({sentence})") as caught:
        read(tmp_path, FOREIGN.replace(line, replacement, 1))
    assert "\n" not in str(caught.value)


# The half adder in binary: differences of each AND's literals, 6 from 4 from 2 and so on.
BINARY = b"aig 5 2 0 2 3\n10\n6\n\x02\x02\x03\x02\x01\x02c\n"


def test_binary_is_read(tmp_path: Path) -> None:
    network = read(tmp_path, BINARY, ".aig")
    samples = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert network.output_bits(samples).tolist() == [[0, 0], [1, 0], [1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"aig 6 2 0 0 3\n", "line 1: the greatest variable is 6, not 5"),
        (BINARY[:-5], "AND 1 of 3 is cut off"),
        (
            BINARY.replace(b"\x02\x02\x03", b"\x00\x02\x03"),
            "AND 0 reads literals 6 and 4, not 0 to 5",
        ),
        (BINARY.replace(b"\x02\x02\x03", b"\x02\x05\x03"), "AND 0 reads literals 4 and -1"),
        (
            BINARY.replace(b"\x02\x02\x03", b"\x02" + b"\x80" * 5 + b"\x00\x03"),
            "a number of 6 bytes",
        ),
        (BINARY.replace(b"\n10\n", b"\n12\n"), "line 2: literal 12 is above the greatest, 11"),
        (b"", "is no AIGER header"),
    ],
)
def test_binary_that_is_not_right_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=rf"foreign\.aig: .*{sentence}"):
        read(tmp_path, content, ".aig")
