"""What a network answers to each sample, as comma-separated values."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from connective.folder import make_parent
from connective.network import Network


@contextmanager
def write_predictions(
    path: Path, network: Network
) -> Iterator[Callable[[NDArray[np.integer]], None]]:
    """Yield a function that writes rows; the file appears whole when the block ends well.

    A row has the label and the scores, or the output bits of a network of bits; the first line
    names the columns.
    """
    if network.head == "bits":
        names = [f"bit_{i}" for i in range(len(network.outputs))]
    else:
        names = ["label", *(f"score_{c}" for c in range(network.n_classes))]
    make_parent(path)
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        new = Path(folder) / path.name
        with new.open("w", encoding="ascii") as file:
            file.write(",".join(names) + "\n")
            yield lambda rows: np.savetxt(file, rows, fmt="%d", delimiter=",")
        new.replace(path)
