"""LUTs of a pipelined core by rules of thumb, without running a tool."""

import numpy as np
from numpy.typing import NDArray

from connective.encoder import OPS
from connective.network import Network

# LUTs an adder of three bits, and a bit of a comparison with its choice: fitted to what Yosys 0.70
# gave for trained networks of 100 to 1900 summands, built for the same number of inputs.
ADDER_LUTS = {4: 2.1, 6: 1.05}
CHOICE_LUTS = 1.5

THREE = 3
"""Gates of two inputs whose count, of two bits, takes two LUTs of six inputs and they none."""


def estimate_luts(network: Network, lut_inputs: int) -> dict[str, int]:
    """LUTs of 4 or 6 inputs by block, for a register after each level and no more gates merged.

    Streams and the output FIFO are not counted. On trained networks the sum was within a tenth of
    what synthesis gave.
    """
    k = lut_inputs
    read = np.zeros(network.n_nodes, dtype=bool)
    read[network.fanin.ravel()] = True
    read[network.outputs] = True
    luts = {"encoder": int(_wide(_compared_bits(network), k)[read[: network.n_inputs]].sum())}
    inputs = 1 + (network.fanin[:, 1:] != network.fanin[:, :-1]).sum(axis=1)
    level = network.level[network.n_inputs :]
    counts = k == 2 * THREE and network.n_classes > 1
    counted = _counted_in_threes(network, inputs) if counts else np.zeros(0, dtype=np.int64)
    own = np.setdiff1d(np.arange(network.n_gates), counted)
    for number in range(1, network.depth + 1):
        # A table too wide for one LUT is split by Shannon's expansion.
        halvings = np.maximum(inputs[own[level[own] == number]] - k, 0)
        luts[f"level_{number - 1}"] = int((2 ** (halvings + 1) - 1).sum())
    if network.n_classes < 2:
        return luts
    low, high = network.score_range
    width = int(high.max() - min(low.min(), 0)).bit_length()
    summed = int(np.bitwise_count(np.abs(network.weights)).sum())
    threes = len(counted) // THREE
    adders = max(summed - network.n_classes * width - threes, 0)
    label = (network.n_classes - 1).bit_length()
    luts["popcount"] = round(adders * ADDER_LUTS[k]) + 2 * threes
    luts["argmax"] = round((network.n_classes - 1) * (width * CHOICE_LUTS + label / 2))
    return luts


def _counted_in_threes(network: Network, inputs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The gates of two inputs that one class sums in one column, as many as make threes."""
    outputs, weights = network.outputs.astype(np.int64), np.abs(network.weights)
    readers = np.bincount(
        np.concatenate([network.fanin.ravel(), outputs]), minlength=network.n_nodes
    )
    gates = outputs - network.n_inputs
    fits = (gates >= 0) & (readers[outputs] == 1) & (np.bitwise_count(weights) == 1)
    fits[fits] = inputs[gates[fits]] == 2
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups))
    columns = np.stack([owner, weights], axis=1)[fits]
    _, column, size = np.unique(columns, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(column.ravel(), kind="stable")
    place = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
    return np.asarray(gates[fits][order[place < np.repeat(size // THREE * THREE, size)]])


def _compared_bits(network: Network) -> NDArray[np.int64]:
    """How many bits of its word decide each row, (rows,): one where it is a bit."""
    encoder = network.encoder
    width = np.array([f.width for f in encoder.features])[encoder.feature]
    offset = encoder.value - np.array([f.low for f in encoder.features])[encoder.feature]
    lowest = offset & -offset  # below the lowest bit of a threshold nothing decides
    trailing = np.bitwise_count(np.where(lowest > 0, lowest - 1, 0))
    bits = np.select(
        [encoder.op == OPS.index("ge"), encoder.op == OPS.index("eq")], [width - trailing, width], 1
    )
    return np.asarray(bits, dtype=np.int64)


def _wide(bits: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """LUTs of a function of so many bits that is a chain, as comparisons are."""
    return np.where(bits > 1, -(-(bits - 1) // (k - 1)), 0)
