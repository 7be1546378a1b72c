"""Samples at full rate, as bits side by side: which of them see a fault of a data path."""

from collections.abc import Mapping
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from connective.design import Design
from connective.formats.and_graph import AndGraph
from connective.network import Network
from connective.vectors import port_bytes
from sim.proof.cone import Aged, cone
from sim.proof.data_path import DataPath
from sim.proof.solver import simulate


class Stimuli:
    """Sets of samples (samples, features) by name, one sample a cycle, and what is right for each.

    They come in a ring: before the first one comes the last. What a register held long ago, and
    what nothing drives, is random.
    """

    def __init__(
        self, network: Network, design: Design, sets: Mapping[str, NDArray[np.integer]]
    ) -> None:
        samples = np.concatenate(list(sets.values()))
        self._width = len(samples)
        ends = list(accumulate(map(len, sets.values())))
        self._sets = dict(zip(sets, zip([0, *ends], ends, strict=False), strict=True))
        self._payload = _columns(
            network.encoder.payload_bytes(samples), network.encoder.payload_width
        )
        self._right = {
            port.name.removeprefix("o_"): _columns(
                port_bytes(port.name, network, design, samples), port.width
            )
            for port in design.ports
            if port.name in ("o_label", "o_scores", "o_bits")
        }

    def seen(self, path: DataPath) -> dict[str, bool]:
        """By set of samples, whether one of its results is wrong."""
        found = cone(path.verilog.flat, path.targets, memory=2 * path.age + 2)
        payload = dict(zip(path.payload, self._payload, strict=True))
        rng = np.random.default_rng(0)
        inputs = [
            self._earlier(payload[bit], age - path.age) if bit in payload else self._random(rng)
            for bit, age in found.leaves
        ]
        graph = AndGraph(len(inputs))
        literals = found.evaluate(_literals(found.leaves), graph.function)
        values = simulate(graph, inputs, width=self._width)
        wrong = 0
        for name, bits in path.results.items():
            for bit, right in zip(bits, self._right[name], strict=True):
                wrong |= values[literals[bit, 0]] ^ right
        return {
            name: bool(wrong >> start & (1 << end - start) - 1)
            for name, (start, end) in self._sets.items()
        }

    def _earlier(self, word: int, cycles: int) -> int:
        """What a bit was some cycles before, where `word` has a bit for each sample in turn."""
        cycles %= self._width
        return (word << cycles | word >> self._width - cycles) & (1 << self._width) - 1

    def _random(self, rng: np.random.Generator) -> int:
        octets = rng.bytes(-(-self._width // 8))
        return int.from_bytes(octets, "little") & (1 << self._width) - 1


def _literals(leaves: list[Aged]) -> dict[Aged, int]:
    return {leaf: 2 * number for number, leaf in enumerate(leaves, 1)}


def _columns(octets: NDArray[np.uint8], width: int) -> list[int]:
    """Bits of rows of bytes, each as an integer with a bit for each row."""
    bits = np.unpackbits(octets, axis=1, count=width, bitorder="little")
    columns = np.packbits(bits.T, axis=1, bitorder="little")
    return [int.from_bytes(column.tobytes(), "little") for column in columns]
