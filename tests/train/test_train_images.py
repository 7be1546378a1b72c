"""Images: their files, where those come from, and how training moves them."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from connective.encoder import raw
from connective.errors import InputError
from train.data import Dataset, images
from train.data.augmentation import Augmentation
from train.data.download import download


def write_idx(path: Path, array: np.ndarray) -> str:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0))
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.fixture
def small_mnist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[images.ImageFiles, list[np.ndarray]]:
    """Files of the form of MNIST in a folder that CONNECTIVE_DATA names, and what they hold."""
    random = np.random.default_rng(0)
    arrays = [
        random.integers(0, 256, (50, 28, 28)),
        np.arange(50) % 10,
        random.integers(0, 256, (20, 28, 28)),
        np.arange(20) % 10,
    ]
    places = [tmp_path / "mnist" / name for name in images.FILES]
    a, b, c, d = map(write_idx, places, arrays)
    monkeypatch.setenv(images.VARIABLE, str(tmp_path))
    return replace(images.MNIST, md5=(a, b, c, d)), arrays


class TestImages:
    def test_files_of_the_named_folder_are_read(
        self, small_mnist: tuple[images.ImageFiles, list[np.ndarray]]
    ) -> None:
        files, arrays = small_mnist
        for loaded, written in zip(images.load_images(files), arrays, strict=True):
            assert (loaded.reshape(written.shape) == written).all()

    def test_wrong_digest_is_refused(
        self, small_mnist: tuple[images.ImageFiles, list[np.ndarray]]
    ) -> None:
        with pytest.raises(InputError, match=r"train-images-idx3-ubyte.gz has MD5 .*: replace it"):
            images.load_images(images.MNIST)

    def test_missing_file_is_named(
        self, small_mnist: tuple[images.ImageFiles, list[np.ndarray]], tmp_path: Path
    ) -> None:
        (tmp_path / "mnist" / images.FILES[3]).unlink()
        with pytest.raises(InputError, match=r"t10k-labels.* does not exist: put the file there"):
            images.load_images(small_mnist[0])


class TestAugmentation:
    def test_shift_moves_whole_pixels_and_zeros_come_in(self) -> None:
        images = np.random.default_rng(0).integers(1, 256, (50, 64)).astype(np.uint8)
        moved = Augmentation(8, shift=2, rotation=0)(images, np.random.default_rng(1))
        offsets = set()
        for before, after in zip(images.reshape(50, 8, 8), moved.reshape(50, 8, 8), strict=True):
            framed = np.pad(before, 2)
            places = [(y, x) for y in range(5) for x in range(5)]
            found = [p for p in places if (framed[p[0] : p[0] + 8, p[1] : p[1] + 8] == after).all()]
            assert len(found) == 1
            offsets |= set(found)
        assert len(offsets) > 15  # of 25

    def test_fractions_of_pixels_are_bilinear_and_zeros_come_in(self) -> None:
        y, x = np.mgrid[-14:15, -14:15]
        move = Augmentation(29, shift=2, rotation=0, fractions=True)
        grey = np.full_like(x, 200)
        down, right, even = (
            move(
                np.broadcast_to(image.astype(np.uint8).ravel(), (500, 29 * 29)),
                np.random.default_rng(1),
            ).reshape(500, 29, 29)
            for image in (128 + 8 * y, 128 + 8 * x, grey)
        )
        inside = np.s_[:, 3:-3, 3:-3]  # bilinear is exact on a plane
        shifts = [
            ((128 + 8 * plane)[3:-3, 3:-3] - moved[inside].astype(float)).mean((1, 2)) / 8
            for plane, moved in ((y, down), (x, right))
        ]
        for shift, edge in zip(shifts, (even[:, 0, 14], even[:, 14, 0]), strict=True):
            assert np.abs(shift).max() <= 2 + 1 / 16
            assert np.histogram(shift, bins=8, range=(-2.07, 2.07))[0].min() > 30  # uniform
            assert edge == pytest.approx(200 * np.clip(1 - shift, 0, 1), abs=200 / 16 + 1)
        assert abs(np.corrcoef(*shifts)[0, 1]) < 0.15

    def test_rotation_turns_about_the_centre_by_at_most_its_degrees(self) -> None:
        y, x = np.mgrid[-14:15, -14:15]
        ramp = np.broadcast_to((128 + 4 * x).astype(np.uint8).ravel(), (200, 29 * 29))
        moved = Augmentation(29, shift=0, rotation=30)(ramp, np.random.default_rng(0))
        inside = np.hypot(y, x) < 13
        greys = moved.reshape(200, 29, 29)[:, inside].astype(float) - 128
        across, down = greys @ x[inside], greys @ y[inside]
        angles = np.degrees(np.arctan2(down, across))
        assert np.abs(angles).max() <= 30.5
        assert angles.max() > 25 > -25 > angles.min()
        turn = np.radians(angles)[:, None]
        plane = 4 * (np.cos(turn) * x[inside] + np.sin(turn) * y[inside])  # bilinear is exact on it
        assert np.abs(greys - plane).max() < 1  # rounded, and so is the angle

    def test_distortion_moves_points_of_a_grid_and_what_lies_between_in_proportion(self) -> None:
        n, side = 400, 28
        ramp = np.broadcast_to(np.arange(20, 20 + 7 * side, 7).astype(np.uint8), (n, side, side))
        distort = Augmentation(side, shift=0, rotation=0, distortion=2)
        moves = [
            (image.astype(float) - moved.reshape(n, side, side)) / 7  # bilinear is exact on it
            for image, moved in (
                (its, distort(its.reshape(n, -1), np.random.default_rng(3)))
                for its in (ramp, ramp.transpose(0, 2, 1))
            )
        ]
        moves[1] = moves[1].transpose(0, 2, 1)  # so that both have what runs along the ramp last
        for move in moves:
            assert np.abs(move[:, 3:-3, 3:-3]).max() <= 2 + 1 / 7  # zeros come in at the edges
            points = move[:, 7:22:7, 7:22:7].reshape(n, -1)
            uniform = points.size / 8
            assert np.histogram(points, bins=8, range=(-2, 2))[0].min() > 0.7 * uniform
            assert np.abs(np.corrcoef(points.T) - np.eye(9)).max() < 0.25
            share = np.arange(8) / 7
            for its in (move, move.transpose(0, 2, 1)):
                row, start, end = its[:, 7, 7:15], its[:, 7, [7]], its[:, 7, [14]]
                line = (1 - share) * start + share * end
                assert np.abs(row - line).max() < 1.5 / 7  # greys are rounded
        assert np.abs(np.corrcoef(moves[0][:, 7, 7], moves[1][:, 7, 7])[0, 1]) < 0.2

    def test_epochs_differ_and_only_the_training_part_is_moved(
        self, small_mnist: tuple[images.ImageFiles, list[np.ndarray]]
    ) -> None:
        _, arrays = small_mnist
        words = arrays[0].reshape(50, 784).astype(np.uint8)
        labels = np.arange(50) % 2
        plain = Dataset(
            *(words, labels, words, labels, raw(1), ("a", "b"), "images"), n_validation=5
        )
        moved = replace(plain, augmentation=Augmentation(28, 1, 0.0))
        assert (plain.epoch_samples(0, 1) == words[:45]).all()
        first, again, epoch, seed = (
            moved.epoch_samples(*p) for p in ((0, 1), (0, 1), (0, 2), (1, 1))
        )
        assert (first == again).all()
        assert (first != epoch).any()
        assert (first != seed).any()
        assert first.shape == (45, 784)
        assert (moved.validation[0] == words[45:]).all()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a web server and the folder that it serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", folder
    server.shutdown()
    thread.join()
    server.server_close()


class TestDownload:
    def test_file_comes_from_the_first_mirror_that_has_it(
        self, mirror: tuple[str, Path], tmp_path: Path
    ) -> None:
        address, folder = mirror
        (folder / "data.gz").write_bytes(b"content")
        md5 = hashlib.md5(b"content").hexdigest()
        mirrors = [address + "absent/", address]
        place = download("data.gz", md5, mirrors=mirrors, folder=tmp_path / "cache")
        assert place.read_bytes() == b"content"
        (folder / "data.gz").unlink()
        assert download("data.gz", md5, mirrors=mirrors, folder=tmp_path / "cache") == place

    def test_wrong_content_is_refused_and_not_kept(
        self, mirror: tuple[str, Path], tmp_path: Path
    ) -> None:
        address, folder = mirror
        (folder / "data.gz").write_bytes(b"other")
        with pytest.raises(InputError, match=r"data.gz could not be downloaded .*CONNECTIVE_DATA"):
            download("data.gz", "0" * 32, mirrors=[address], folder=tmp_path / "cache")
        assert list((tmp_path / "cache").iterdir()) == []
