import errno
import json
from pathlib import Path

import pytest

from connective.errors import InputError
from connective.folder import MANIFEST, replace_folder, write_atomic


def write(path: Path, text: str) -> None:
    with replace_folder(path) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "file").write_text(text)


def test_a_folder_appears_with_its_manifest_and_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path / "a" / "out", "old")
    (tmp_path / "a" / "out" / "results").mkdir()
    (tmp_path / "a" / "out" / "results" / "synth.json").write_text("{}")
    write(tmp_path / "a" / "out", "new")
    assert (tmp_path / "a" / "out" / "sub" / "file").read_text() == "new"
    assert not (tmp_path / "a" / "out" / "results").exists()
    manifest = json.loads((tmp_path / "a" / "out" / MANIFEST).read_bytes())
    assert manifest["files"] == ["sub/file"]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["mine.txt", "sub/mine.txt", "results/mine.txt"])
def test_a_file_of_the_users_is_never_removed(tmp_path: Path, name: str) -> None:
    write(tmp_path / "out", "old")
    (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "out" / name).write_text("precious")
    with pytest.raises(InputError, match=f"out holds '{name}', which Connective did not write"):
        write(tmp_path / "out", "new")
    assert (tmp_path / "out" / name).read_text() == "precious"
    assert (tmp_path / "out" / "sub" / "file").read_text() == "old"


def test_a_foreign_folder_with_a_results_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out" / "results").mkdir(parents=True)
    (tmp_path / "out" / "results" / "mine.json").write_text("{}")
    with pytest.raises(InputError, match="which Connective did not write"):
        write(tmp_path / "out", "new")


def test_an_empty_folder_is_taken_and_a_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", "new")
    (tmp_path / "file").write_text("precious")
    with pytest.raises(InputError, match="file is not a folder"):
        write(tmp_path / "file", "new")
    with pytest.raises(InputError, match="cannot be made"):
        write(tmp_path / "file" / "out", "new")


def test_a_damaged_manifest_is_not_trusted(tmp_path: Path) -> None:
    write(tmp_path / "out", "old")
    (tmp_path / "out" / MANIFEST).write_text("[]")
    with pytest.raises(InputError, match="is damaged"):
        write(tmp_path / "out", "new")


@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")]
)
def test_a_failure_leaves_the_old_folder_and_nothing_else(
    tmp_path: Path, failure: BaseException
) -> None:
    write(tmp_path / "out", "old")
    with pytest.raises(type(failure)) as caught, replace_folder(tmp_path / "out") as folder:
        (folder / "half").write_text("written")
        raise failure
    assert getattr(caught.value, "filename", "") in ("", str(tmp_path / "out"))
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "sub" / "file").read_text() == "old"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_atomic(tmp_path / "new" / "file", b"one")
    write_atomic(tmp_path / "new" / "file", b"two")
    assert (tmp_path / "new" / "file").read_bytes() == b"two"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["file"]
    with pytest.raises(TypeError):
        write_atomic(tmp_path / "new" / "file", "not bytes")
    assert (tmp_path / "new" / "file").read_bytes() == b"two"
