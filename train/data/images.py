"""MNIST and Fashion-MNIST in their original IDX files."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pooch
from numpy.typing import NDArray

from connective.encoder import Feature
from connective.errors import InputError
from train.data.download import download

SIDE = 28
FEATURES = tuple(Feature(f"pixel_{y}_{x}", width=8) for y in range(SIDE) for x in range(SIDE))
VARIABLE = "CONNECTIVE_DATA"


@dataclass(frozen=True)
class ImageFiles:
    """Where the four files of a data set are published, and their MD5 in the order of `FILES`."""

    folder: str
    mirrors: tuple[str, ...]
    md5: tuple[str, str, str, str]
    class_names: tuple[str, ...]


FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
MNIST = ImageFiles(
    folder="mnist",
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    md5=(
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    class_names=tuple("0123456789"),
)
FASHION_MNIST = ImageFiles(
    folder="fashion-mnist",
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    md5=(
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
    class_names=(
        *("T-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
)


def load_images(files: ImageFiles) -> tuple[NDArray[np.uint8], ...]:
    """Training images, training labels, test images, test labels; images are (images, pixels).

    The files come from the folder that CONNECTIVE_DATA names, or from the cache, into which they
    are downloaded once. Raises `InputError`.
    """
    arrays = [
        read_idx(find_file(files, name, md5)) for name, md5 in zip(FILES, files.md5, strict=True)
    ]
    return tuple(array.reshape(len(array), -1) if array.ndim == 3 else array for array in arrays)


def find_file(files: ImageFiles, name: str, md5: str) -> Path:
    """The place of a file whose digest is right, or `InputError`."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return download(
            name, md5, mirrors=files.mirrors, folder=pooch.os_cache("connective") / files.folder
        )
    path = Path(folder) / files.folder / name
    if not path.is_file():
        raise InputError(
            f"{path} does not exist: put the file there, or unset {VARIABLE} to download it"
        )
    if (found := pooch.file_hash(str(path), alg="md5")) != md5:
        raise InputError(
            f"{path} has MD5 {found}, not {md5}: replace it by the original, or unset {VARIABLE} "
            "to download it"
        )
    return path


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The bytes of a gzipped IDX file in its own shape: magic 0, 0, type 8, dimensions, sizes."""
    with gzip.open(path) as file:
        content = file.read()
    dimensions = content[3]
    header = 4 + 4 * dimensions
    shape = np.frombuffer(content[4:header], dtype=">u4")
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape.astype(int))
