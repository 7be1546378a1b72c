"""Test vectors of a design, from the network alone: what goes in, what must come out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.design import Design
from connective.network import Network

HEADER = "# One sample a line, in hexadecimal: the word on i_payload, then what each output shows."
BLOCK_SAMPLES = 1024  # bounds the memory of wide payloads as text


def write_vectors(
    path: Path,
    network: Network,
    design: Design,
    samples: NDArray[np.integer],
    *,
    comment: str = "",
) -> None:
    """Write samples (samples, features) and the network's answers in the format of `sim.bench`.

    `comment` is of whole lines that start with `#`; they come first.
    """
    outputs = [port.name for port in design.ports if port.direction == "out"]
    outputs = [name for name in outputs if name not in ("i_ready", "o_valid")]
    with path.open("w") as file:
        file.write(f"{comment}{HEADER}\n{' '.join(('i_payload', *outputs))}\n")
        for start in range(0, len(samples), BLOCK_SAMPLES):
            block = samples[start : start + BLOCK_SAMPLES]
            columns = [network.encoder.payloads(block)]
            columns += [EXPECTED[name](network, design, block) for name in outputs]
            file.writelines(f"{line}\n" for line in _lines(columns))


def _lines(columns: list[list[int]]) -> Iterator[str]:
    for row in zip(*columns, strict=True):
        yield " ".join(f"{word:x}" for word in row)


def _label(network: Network, design: Design, samples: NDArray[np.integer]) -> list[int]:
    labels: list[int] = network.predict(samples).tolist()
    return labels


def _scores(network: Network, design: Design, samples: NDArray[np.integer]) -> list[int]:
    """Class c in bits c·width … c·width + width − 1, in two's complement."""
    assert design.scores is not None
    shifts = np.arange(design.scores.width)
    bits = network.scores(samples)[:, :, None] >> shifts & 1  # (samples, classes, bits)
    return _words(bits.reshape(len(samples), -1))


def _bits(network: Network, design: Design, samples: NDArray[np.integer]) -> list[int]:
    return _words(network.output_bits(samples))


EXPECTED: dict[str, Callable[[Network, Design, NDArray[np.integer]], list[int]]] = {
    "o_label": _label,
    "o_scores": _scores,
    "o_bits": _bits,
}


def _words(bits: NDArray[np.integer] | NDArray[np.bool_]) -> list[int]:
    """Rows of bits (samples, bits), bit 0 first, as integers."""
    packed = np.packbits(bits.astype(np.uint8), axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]
