import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from connective.archive import MAX_BYTES, open_archive
from connective.errors import InputError


def write(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def npy_with_header(header: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


def test_arrays_of_savez_come_back_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    arrays = {"0.weights": np.eye(3, dtype=np.float32), "k": np.array(5), "on": np.array([True])}
    np.savez(path, **arrays)
    with open_archive(path, what="state", remedy="save it again") as archive:
        assert archive.array_names == list(arrays)
        for name, array in arrays.items():
            back = archive.array(name, kinds="biuf")
            assert back.dtype == array.dtype
            assert (back == array).all()
        with pytest.raises(InputError, match=r"0\.weights\.npy holds float32, not integers$"):
            archive.array("0.weights")


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<u4', 'fortran_order': False, 'shape': (-1, -4), }",
        "{'descr': '<u4', 'fortran_order': False, 'shape': (99999999999,), }",
        "{'descr': '<u4', 'fortran_order': False, 'shape': (2,)",
        "{'descr': 'quatsch', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<u4', 'fortran_order': False, 'shape': (2L,), }",  # NumPy would warn
        "(" * 3000,
        "'''",
    ],
)
def test_a_header_that_is_not_right_is_refused(tmp_path: Path, header: str) -> None:
    path = write(tmp_path / "a.npz", x=npy_with_header(header) + bytes(8))
    with (
        pytest.raises(InputError, match=r"a\.npz: x\.npy is "),
        open_archive(path, what="state", remedy="save it again") as archive,
    ):
        archive.array("x")


def test_all_that_is_read_is_bounded_together(tmp_path: Path) -> None:
    arrays = {}
    for name, array in (
        ("floats", np.zeros(MAX_BYTES // 16, dtype=np.float64)),
        ("octets", np.zeros(MAX_BYTES // 30, dtype=np.uint8)),
    ):
        file = io.BytesIO()
        np.save(file, array)
        arrays[name] = file.getvalue()
    path = write(tmp_path / "a.npz", **arrays)
    with open_archive(path, what="state", remedy="save it again") as archive:
        archive.array("octets")
        with pytest.raises(InputError, match="floats.npy takes 134217856 bytes, and no more than"):
            archive.array("floats", kinds="f")
    with open_archive(path, what="state", remedy="save it again") as archive:
        archive.array("floats", kinds="f")
        with pytest.raises(InputError, match="octets.npy takes 143165568 bytes, and no more than"):
            archive.array("octets")


def test_a_name_that_would_break_the_sentence_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", **{"two\nlines": b""})
    with (
        pytest.raises(InputError, match=r"a\.npz: holds a member of the name 'two\\nlines\.npy'$"),
        open_archive(path, what="state", remedy="save it again"),
    ):
        pass


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", x=bytes(range(256)) * 9)
    content = bytearray(path.read_bytes())
    content[40:60] = bytes(20)
    path.write_bytes(content)
    with (
        pytest.raises(InputError, match="not a state, or damaged .*: save it again$"),
        open_archive(path, what="state", remedy="save it again") as archive,
    ):
        archive.read("x.npy")
