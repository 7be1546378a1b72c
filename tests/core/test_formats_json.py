import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from connective import InputError, Network
from connective.formats.json_text import read_json, write_json
from connective.json_record import MAX_NESTED
from tests.networks import networks, random_network

Document = dict[str, Any]


@settings(deadline=None, max_examples=40)
@given(networks(heads=("class", "scores", "bits")))
def test_a_network_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, network: Network
) -> None:
    path = tmp_path_factory.mktemp("json") / "network.json"
    write_json(path, network, {"seed": 3})
    back, provenance = read_json(path)
    assert back.sha256 == network.sha256
    assert provenance == {"seed": 3}


def test_six_inputs_come_back_exactly(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(2), layers=[40, 40], k=6)
    write_json(tmp_path / "network.json", network, {})
    assert read_json(tmp_path / "network.json")[0].sha256 == network.sha256


def by_hand() -> Document:
    """x > 2 and x != 5, for a class of weight 2 against a constant 1."""
    return {
        "format": "connective.network",
        "version": 1,
        "head": "class",
        "encoder": {
            "features": [{"name": "x", "width": 3}],
            "rows": [[0, "ge", 3], [0, "eq", 5]],
        },
        "gates": [{"fanin": [1], "table": 1}, {"fanin": [0, 2], "table": "0x8"}],
        "classes": [{"bias": 1, "outputs": []}, {"outputs": [3], "weights": [2]}],
    }


def read(folder: Path, document: Document) -> Network:
    (folder / "hand.json").write_text(json.dumps(document))
    return read_json(folder / "hand.json")[0]


def test_a_network_by_hand_needs_only_what_it_means(tmp_path: Path) -> None:
    network = read(tmp_path, by_hand())
    words = np.arange(8)[:, None]
    assert network.predict(words).tolist() == [0, 0, 0, 1, 1, 0, 1, 1]
    assert network.k == 2


@pytest.mark.parametrize("as_text", [False, True])
def test_a_table_of_twelve_inputs_becomes_gates_of_six(tmp_path: Path, as_text: bool) -> None:
    rng = np.random.default_rng(4)
    table = int.from_bytes(rng.bytes(512), "little")
    document = by_hand()
    document["encoder"] = {
        "features": [{"name": "x", "width": 12}],
        "rows": [[0, "bit", b] for b in range(12)],
    }
    document["gates"] = [{"fanin": list(range(12)), "table": hex(table) if as_text else table}]
    document["gates"].append({"fanin": [12], "table": 1})  # reads the last of the parts
    if not as_text:
        document["gates"][0]["fanin"] = [*range(10), 3, 3]
        document["gates"][0]["table"] = table & (1 << 4096) - 1
    document |= {"head": "bits", "outputs": [12, 13]}
    del document["classes"]
    network = read(tmp_path, document)
    words = rng.integers(0, 1 << 12, 500)
    minterm = words if as_text else words & 0x3FF | (words >> 3 & 1) * 0xC00
    expected = np.array([table >> int(m) & 1 for m in minterm])
    bits = network.output_bits(words[:, None])
    assert (bits[:, 0] == expected).all()
    assert (bits[:, 1] != expected).all()


def put(path: str, value: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *parents, last = (int(p) if p.isdigit() else p for p in path.split("."))
        place: Any = document
        for parent in parents:
            place = place[parent]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (put("version", 2), "version 2 is newer than 1"),
        (put("format", "other"), "format: input should be 'connective.network', not \"other\""),
        (put("surprise", 1), "surprise: there is no such field"),
        (put("two\nlines\x1b[2J", 1), r"two\\nlines\\x1b\[2J: there is no such field"),
        (put("encoder.rows.0", [0, "lt", 3]), "encoder.rows.0.1: "),
        (put("encoder.rows.0", [1, "ge", 3]), "a row reads feature 1"),
        (put("encoder.rows", []), "an encoder needs rows"),
        (put("gates.1.table", 16), "gates.1: table 0x10 has more than the 4 bits of 2 inputs"),
        (put("gates.1.table", -1), "gates.1: table -0x1 has more"),
        (put("gates.1.table", "8"), "gates.1: table '8' must be a number or hexadecimal"),
        (put("gates.1.table", "0x" + "f" * 2000), "gates.1: table '0xf+' must be"),
        (put("gates.1.table", 1.5), "gates.1.table.int: "),
        (put("gates.1.fanin", [0, 3]), "gates.1: node 3 must be 0 to 2 here"),
        (put("gates.1.fanin", [0, -1]), "gates.1: node -1 must be 0 to 2 here"),
        (put("gates.1.fanin", [0] * 13), "gates.1: has 13 inputs, more than 12"),
        (put("gates.1.name", "and"), "gates.1.name: there is no such field"),
        (put("k", 1), "a gate has 2 inputs, but the network's k is 1"),
        (put("k", 7), "k: input should be less than or equal to 6, not 7"),
        (put("classes.1.outputs", [4]), "node 4 must be 0 to 3 here"),
        (put("classes.1.weights", [1, 1]), "a class has 1 outputs, but 2 weights"),
        (put("classes.1.weights", [2**70]), "weights must be integers in 1 dimension"),
        (put("classes", []), "a network has classes, or outputs if"),
        (put("head", "bits"), "a network has classes, or outputs if"),
        (put("tau", 0), "tau must be a positive number"),
    ],
)
def test_what_is_not_right_is_refused_with_its_place(
    tmp_path: Path, change: Callable[[Document], None], sentence: str
) -> None:
    document = by_hand()
    change(document)
    with pytest.raises(InputError, match=rf"hand\.json: ({sentence})") as caught:
        read(tmp_path, document)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "invalid JSON"),
        (b"{", "invalid JSON"),
        (b"[" * 10_000, "invalid JSON"),
        (b"[]", "input should be an object"),
        (b"\xff", "invalid JSON"),
        (b'{"version": 1}', "format: is missing"),
        (b"[" * (MAX_NESTED + 1), "1048577 bytes with 1048577 objects"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InputError, match=rf"x\.json: {sentence}"):
        read_json(tmp_path / "x.json")


def test_the_example_in_the_documentation_is_the_network_by_hand(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert read(tmp_path, example).sha256 == read(tmp_path, by_hand()).sha256
