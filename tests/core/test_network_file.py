import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from connective import InputError, Network
from connective.json_record import MAX_NESTED
from connective.network_file import read_network, write_network
from tests.networks import networks, random_network

Members = dict[str, bytes]


@settings(deadline=None, max_examples=30)
@given(networks(heads=("class", "scores", "bits")))
def test_a_network_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, network: Network
) -> None:
    path = tmp_path_factory.mktemp("file") / "network.npz"
    write_network(path, network, {"seed": 3})
    back, provenance = read_network(path)
    assert back.sha256 == network.sha256
    assert back.encoder.features == network.encoder.features
    assert provenance == {"seed": 3}


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        network = random_network(np.random.default_rng(5), layers=[9, 9])
        write_network(tmp_path / name, network, {"b": 1, "a": [1.5]})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numpy_reads_the_arrays_without_pickle(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(5), layers=[9, 9])
    write_network(tmp_path / "network.npz", network, {})
    with np.load(tmp_path / "network.npz", allow_pickle=False) as archive:
        assert (archive["fanin"] == network.fanin).all()


def rewrite(path: Path, change: Callable[[Members], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def header(**changes: Any) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        values = json.loads(members["header.json"]) | changes
        members["header.json"] = json.dumps(values).encode()

    return change


def array(name: str, value: Any, **options: Any) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        buffer = io.BytesIO()
        np.save(buffer, value, **options)
        members[name] = buffer.getvalue()

    return change


def huge_shape(members: Members) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": "<u4", "fortran_order": False, "shape": (10**12, 2)}
    )
    members["fanin.npy"] = buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (header(version=2), "version 2 is newer than 1.*update Connective"),
        (header(format="other"), "header.json: format"),
        (header(surprise=1), "header.json: surprise: there is no such field"),
        (header(head="none"), "header.json: head"),
        (header(tau=-1.0), "tau must be a positive number"),
        (header(features=[]), "a row reads feature"),
        (lambda m: m.update({"header.json": b"[]"}), "header.json: input should be an object"),
        (lambda m: m.update({"header.json": b"{"}), "header.json: invalid JSON"),
        (lambda m: m.update({"header.json": b"[" * (MAX_NESTED + 1)}), "header.json: .*more than"),
        (lambda m: m.pop("header.json"), "has no header.json"),
        (lambda m: m.pop("table.npy"), "has no table.npy"),
        (lambda m: m.update({"table.npy": b"nonsense"}), "damaged"),
        (lambda m: m.update({"table.npy": m["table.npy"][:-3]}), "not as long as its shape"),
        (huge_shape, "fanin.npy is not as long as its shape"),
        (array("table.npy", np.zeros(9)), "table.npy holds float64, not integers"),
        (array("table.npy", np.array([{}], dtype=object)), "table.npy holds object"),
        (array("outputs.npy", np.array([10**6])), "outputs name node|weights must be"),
        (array("encoder_op.npy", np.full(8, 9)), "op must be below 3"),
    ],
)
def test_a_file_that_is_not_right_is_refused_with_its_name(
    tmp_path: Path, change: Callable[[Members], None], sentence: str
) -> None:
    path = tmp_path / "network.npz"
    write_network(path, random_network(np.random.default_rng(5), layers=[9]), {})
    rewrite(path, change)
    with pytest.raises(InputError, match=f"(?s)network.npz.*{sentence}") as caught:
        read_network(path)
    assert "\n" not in str(caught.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.npz"
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_network(path)
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match=r"not a network\.npz, or damaged"):
        read_network(path)
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_network(tmp_path)


def test_flipped_bytes_never_give_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "network.npz"
    write_network(path, random_network(np.random.default_rng(5), layers=[9]), {})
    content, rng = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for _ in range(300):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), 3):
            damaged[place] = rng.integers(256)
        path.write_bytes(bytes(damaged[: rng.integers(1, len(content) + 1)]))
        try:
            read_network(path)
        except InputError:
            refused += 1
    assert refused > 250
