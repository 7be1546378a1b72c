"""Test vectors of a design, from the network alone: what goes in, what must come out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.design import Design, PacketField
from connective.network import Network
from connective.packing import Packing, Place

HEADER = "# One sample a line, in hexadecimal: what goes in, then what each output shows."
BLOCK_SAMPLES = 1024  # bounds the memory of wide payloads as text


def write_vectors(
    path: Path,
    network: Network,
    design: Design,
    samples: NDArray[np.integer],
    *,
    comment: str = "",
) -> None:
    """Write samples (samples, features) and the network's answers as `sim.monitor` reads them.

    `comment` is of whole lines that start with `#`; they come first.
    """
    outputs = [port.name for port in design.ports if port.direction == "out"]
    names = [INPUT[design.protocol.kind], *(name for name in outputs if name in COLUMNS)]
    with path.open("w") as file:
        file.write(f"{comment}{HEADER}\n{' '.join(names)}\n")
        for start in range(0, len(samples), BLOCK_SAMPLES):
            block = samples[start : start + BLOCK_SAMPLES]
            columns = [COLUMNS[name](network, design, block) for name in names]
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


def _payload(network: Network, design: Design, samples: NDArray[np.integer]) -> list[int]:
    return network.encoder.payloads(samples)


def _packet(network: Network, design: Design, samples: NDArray[np.integer]) -> list[int]:
    """All bytes of a packet, the first lowest."""
    assert design.protocol.kind == "axi-stream"
    packing = _packing(design.protocol.features, design.protocol.tdata_width)
    return _numbers(packing.pack(samples))


def _result(network: Network, design: Design, samples: NDArray[np.integer]) -> list[int]:
    """The beat of a result, its fields in the order of the design."""
    assert design.protocol.kind == "axi-stream"
    if network.head == "bits":
        return _bits(network, design, samples)
    packing = _packing(design.protocol.results, design.protocol.result_width)
    answers = network(samples)
    scores = answers.scores[:, : len(packing.places) - 1]  # all of them or none
    return _numbers(packing.pack(np.column_stack([answers.labels, scores])))


def _packing(fields: list[PacketField], tdata_width: int) -> Packing:
    return Packing(tdata_width, tuple(Place(**field.model_dump()) for field in fields))


INPUT = {"native": "i_payload", "axi-stream": "s_axis_tdata"}
COLUMNS: dict[str, Callable[[Network, Design, NDArray[np.integer]], list[int]]] = {
    "i_payload": _payload,
    "s_axis_tdata": _packet,
    "m_axis_tdata": _result,
    "o_label": _label,
    "o_scores": _scores,
    "o_bits": _bits,
}


def _words(bits: NDArray[np.integer] | NDArray[np.bool_]) -> list[int]:
    """Rows of bits (samples, bits), bit 0 first, as integers."""
    return _numbers(np.packbits(bits.astype(np.uint8), axis=1, bitorder="little"))


def _numbers(rows: NDArray[np.uint8]) -> list[int]:
    """Rows of bytes, the lowest first, as integers."""
    return [int.from_bytes(row.tobytes(), "little") for row in rows]
