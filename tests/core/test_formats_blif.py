from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from connective import InputError, Network
from connective.formats.blif import read_blif, write_blif
from connective.truth_table import MAX_TABLE_INPUTS
from tests.networks import networks, random_network

HEADS = ("class", "scores", "bits")


@settings(deadline=None, max_examples=30)
@given(networks(heads=HEADS))
def test_a_network_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, network: Network
) -> None:
    path = tmp_path_factory.mktemp("blif") / "network.blif"
    write_blif(path, network, {"seed": 3})
    back, provenance = read_blif(path)
    assert back.sha256 == network.sha256
    assert provenance == {"seed": 3}


def test_six_inputs_come_back_exactly(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(2), layers=[40, 40], k=6)
    write_blif(tmp_path / "network.blif", network, {})
    assert read_blif(tmp_path / "network.blif")[0].sha256 == network.sha256


def read(folder: Path, text: str) -> Network:
    path = folder / "foreign.blif"
    path.write_text(text)
    return read_blif(path)[0]


FOREIGN = """\
# by hand
.model adder
.inputs a b \\
  carry
.outputs sum out one
# gates in the wrong order
.names x carry sum   # parity
01 1
10 1
.names a b x
00 0
11 0
.names a b carry out
11- 1
1-1 1
-11 1
.names one
1
.end
"""


def test_gates_of_another_program_may_come_in_any_order(tmp_path: Path) -> None:
    network = read(tmp_path, FOREIGN)
    assert [feature.name for feature in network.encoder.features] == ["a", "b", "carry"]
    assert network.head == "bits"
    samples = np.array([[m & 1, m >> 1 & 1, m >> 2] for m in range(8)])
    total = samples.sum(axis=1)
    expected = np.stack([total & 1, total >> 1, np.ones(8, dtype=int)], axis=1)
    assert (network.output_bits(samples) == expected).all()


def test_a_wide_table_becomes_gates_of_six_inputs(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    n = MAX_TABLE_INPUTS
    names = " ".join(f"x{i}" for i in range(n))
    cubes = ["".join(rng.choice(list("01----"), n)) for _ in range(9)]
    rows = "".join(f"{cube} 0\n" for cube in cubes)
    network = read(tmp_path, f".inputs {names}\n.outputs y\n.names {names} y\n{rows}.end\n")
    assert network.k <= 6
    samples = rng.integers(0, 2, (500, n))
    expected = [
        not any(
            all(c in ("-", str(bit)) for c, bit in zip(cube, sample, strict=True)) for cube in cubes
        )
        for sample in samples
    ]
    assert (network.output_bits(samples)[:, 0] == expected).all()
    assert 0 < sum(expected) < 500


@pytest.mark.parametrize(
    ("line", "replacement", "sentence"),
    [
        (".model adder", ".latch a b re clk 0", "line 2: '.latch' is not read"),
        (".model adder", ".subckt other a=b", "line 2: '.subckt' is not read"),
        (".model adder", "11 1", "line 2: '11 1' stands before the first directive"),
        (".names one\n1\n", ".model b\n", "line 17: only one model is read"),
        (".names one\n1\n", "", "line 5: 'one' is driven by nothing"),
        (".names one\n1\n", ".names one\n1\n0\n", "line 17: .names has rows of value 0 and of"),
        (".names a b x", ".names sum b x", "line 10: 'x' depends on itself|line 7: 'sum' depends"),
        (".names a b x", ".names a b b", "line 10: 'b' is driven twice"),
        (".names a b x", ".names a b sum", "line 10: 'sum' is driven twice"),
        (".names a b x", ".names a missing x", "line 10: 'missing' is driven by nothing"),
        (".names a b x", ".names", "line 10: .names has no output"),
        (".names a b x", f".names {'a ' * 13} x", "line 10: .names has 13 inputs"),
        ("00 0", "000 0", "line 10: .names has the row '000 0', not 2 of 0, 1 and - and a value"),
        ("00 0", "0x 0", "line 10: .names has the row '0x 0'"),
        ("00 0", "00 2", "line 10: .names has the row '00 2'"),
        ("00 0", "00 0\n" * 4096, "line 4108: .names has too many rows"),
        ("00 0", "00", "line 10: .names has the row '00'"),
        (".outputs sum out one", ".outputs", ".*needs at least one output"),
        ("# by hand", '# connective {"version": 2}', "version 2 is newer than 1"),
        ("# by hand", "# connective {", "its comment: invalid JSON"),
    ],
)
def test_what_is_not_right_is_refused_with_its_line(
    tmp_path: Path, line: str, replacement: str, sentence: str
) -> None:
    assert line in FOREIGN
    with pytest.raises(InputError, match=rf"foreign\.blif: ({sentence})") as caught:
        read(tmp_path, FOREIGN.replace(line, replacement, 1))
    assert "\n" not in str(caught.value)


def test_metadata_must_fit_the_gates(tmp_path: Path) -> None:
    path = tmp_path / "network.blif"
    network = random_network(np.random.default_rng(2), layers=[9])
    write_blif(path, network, {})
    text = path.read_text()
    path.write_text(text.replace(".inputs", ".inputs more"))
    with pytest.raises(InputError, match="there are 9 inputs, but the metadata has 8 rows"):
        read_blif(path)
    path.write_text(text.replace('"k": 2', '"k": 1'))
    with pytest.raises(InputError, match="a gate has 2 inputs, but the network's k is 1"):
        read_blif(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.blif"
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_blif(path)
    path.write_bytes(b".model \xff\xfe")
    with pytest.raises(InputError, match="byte 7 is no text"):
        read_blif(path)
