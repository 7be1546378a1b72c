"""A search for samples of which a circuit says something else than the network."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from connective.bitblast import bitblast
from connective.formats.and_graph import AndGraph
from connective.network import Network
from connective.turns import turning_samples
from sim.proof.cone import cone
from sim.proof.data_path import DataPath
from sim.proof.golden import Word, output_literals, padded
from sim.proof.results import expected_bits
from sim.proof.solver import satisfy, simulate

NEAR, TURNS = 2048, 4
PATTERNS = (256, 4096, 16384, 16384)  # in turn: most faults show early
CONFLICTS = 20_000  # a minute on 1×8000 gates


def counterexample(path: DataPath, network: Network) -> NDArray[np.int64] | None:
    """Samples (samples, features) with a wrong result, by simulation and then by SAT, or `None`.

    They are more than one, in the order of time, where results depend on others than their own.
    """
    targets = path.targets
    # registers of long ago are anything, so that one which depends on itself is no loop
    found = cone(path.verilog.flat, targets, memory=2 * path.age + 2)
    bits = set(path.payload)
    read = {age for bit, age in found.leaves if bit in bits} | {path.age}
    ages = range(min(read), max(read) + 1)
    leaves = [(bit, age) for age in ages for bit in path.payload]
    leaves += [leaf for leaf in found.leaves if leaf[0] not in bits]
    graph = AndGraph(len(leaves))
    values = {leaf: 2 * (place + 1) for place, leaf in enumerate(leaves)}
    literals = found.evaluate(values, graph.function)
    expected = golden_results(path, network, graph, [values[b, path.age] for b in path.payload])
    wrong = 0
    for target, right in zip(targets, expected, strict=True):
        differs = graph.function(0b0110, [literals[target], right])
        wrong = graph.function(0b1110, [wrong, differs])
    inputs = (
        _simulated(graph, wrong, network, len(ages))
        or satisfy(graph, wrong, conflicts=CONFLICTS)[1]
    )
    if inputs is None:
        return None
    given = dict(zip(leaves, inputs, strict=True))
    rows = [_words([given[bit, age] for bit in path.payload], network) for age in ages]
    return np.array(rows[::-1], dtype=np.int64)


def golden_results(path: DataPath, network: Network, graph: AndGraph, sample: Word) -> Word:
    """What the network's results are for a sample, bit by bit as in `DataPath.targets`."""
    if list(path.results) in (["bits"], ["label"]):
        expected = output_literals(graph, bitblast(network), sample)
        return padded(expected, len(path.targets))
    bits = output_literals(graph, bitblast(network, scores=True), sample)
    width = len(bits) // network.n_classes
    words = [bits[start : start + width] for start in range(0, len(bits), width)]
    missing = max(0, (path.score_width or 0) - width)
    return expected_bits(graph, path, [word + word[-1:] * missing for word in words])  # by its sign


def _simulated(graph: AndGraph, wrong: int, network: Network, n_ages: int) -> list[bool] | None:
    """Inputs that make a literal 1, of many samples."""
    rng = np.random.default_rng(0)
    for samples in _tried(rng, network):
        orders = [rng.permutation(len(samples)) for _ in range(n_ages)]
        bits = [_payload_bits(samples[order], network) for order in orders]
        columns = np.packbits(np.concatenate(bits, axis=1).T, axis=1, bitorder="little")
        words = [int.from_bytes(column.tobytes(), "little") for column in columns]
        words += [0] * (graph.n_inputs - len(words))
        if found := simulate(graph, words, width=len(samples))[wrong]:
            place = (found & -found).bit_length() - 1
            return [bool(word >> place & 1) for word in words]
    return None


def _tried(rng: np.random.Generator, network: Network) -> Iterator[NDArray[np.int64]]:
    """Samples near the thresholds; then, of these, where the label hangs by a bit of the sums."""
    for n in PATTERNS:
        yield random_samples(rng, network, n)
    if network.head != "bits":
        near = random_samples(rng, network, 2 * NEAR)[::2]
        for _ in range(TURNS):
            turns = turning_samples(network, near, rng, NEAR)
            if len(turns):
                yield turns


def random_samples(rng: np.random.Generator, network: Network, n: int) -> NDArray[np.int64]:
    """Samples (n, features): every other one random, the rest at thresholds and just below."""
    encoder = network.encoder
    low = [feature.low for feature in encoder.features]
    high = [feature.high for feature in encoder.features]
    samples = rng.integers(low, np.array(high) + 1, (n, len(low)))
    thresholds: list[list[int]] = [[] for _ in low]
    for feature, value in zip(encoder.feature.tolist(), encoder.value.tolist(), strict=True):
        thresholds[feature].append(value)
    for column, choices in enumerate(thresholds):
        if choices:
            near = rng.choice(choices, n) - rng.integers(0, 2, n)
            samples[::2, column] = np.clip(near, low[column], high[column])[::2]
    return samples


def _payload_bits(samples: NDArray[np.int64], network: Network) -> NDArray[np.uint8]:
    """Samples as the bits of their words, (n, bits)."""
    octets = network.encoder.payload_bytes(samples)
    return np.unpackbits(octets, axis=1, count=network.encoder.payload_width, bitorder="little")


def _words(bits: list[bool], network: Network) -> list[int]:
    """The features' words of a payload."""
    words, start = [], 0
    for feature in network.encoder.features:
        own = bits[start : start + feature.width]
        word = sum(bit << place for place, bit in enumerate(own))
        words.append(word - (1 << feature.width) if word > feature.high else word)
        start += feature.width
    return words
