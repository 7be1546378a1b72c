"""Whether values fit a network, and where they do not."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.network import Network
from connective.samples.block import Block


class MisfitError(ValueError):
    """A value that does not fit, by its row among those that were given and its column.

    Columns are the features', and after them the labels'.
    """

    def __init__(self, row: int, column: int, sentence: str) -> None:
        super().__init__(sentence)
        self.row = row
        self.column = column


def fit(
    network: Network, values: NDArray[Any], labels: NDArray[Any] | None, *, real: bool
) -> Block:
    """The block of values (samples, features), which are words, or real and to be quantized.

    Raises `MisfitError` for a word outside its feature's range, a value that is not a number, and
    a label that is not the number of a class; a network of bits takes no labels.
    """
    encoder, features = network.encoder, network.encoder.features
    if real:
        _refuse(~np.isfinite(values), values, "is not a number")
        values = encoder.quantize(values)
    try:
        encoder.words(values)
    except InputError:  # it says which word of the block, and the file has other numbers
        low, high = np.array([(f.low, f.high) for f in features]).T
        outside = (values < low) | (values > high)
        column = np.argwhere(outside)[0][1]
        words = f"the words of {features[column].name!r}, {low[column]} to {high[column]}"
        _refuse(outside, values, f"is outside {words}")
    if labels is None or network.head == "bits":
        return Block(values, None)
    wrong = (labels < 0) | (labels >= network.n_classes) | (labels != np.floor(labels))
    classes = f"is not a class: they are numbered 0 to {network.n_classes - 1}"
    _refuse(wrong[:, None], labels[:, None], classes, column=len(features))
    return Block(values, labels.astype(np.int64))


def _refuse(
    wrong: NDArray[np.bool_], values: NDArray[Any], sentence: str, *, column: int = 0
) -> None:
    if wrong.any():
        row, offset = (int(i) for i in np.argwhere(wrong)[0])
        raise MisfitError(row, column + offset, f"{values[row, offset]} {sentence}")
