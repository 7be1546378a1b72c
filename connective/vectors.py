"""Test vectors of a design, from the network alone: what goes in, what must come out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.design import AxiLiteProtocol, AxiStreamProtocol, Design, PacketField
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
            columns = [port_bytes(name, network, design, block) for name in names]
            file.writelines(f"{line}\n" for line in _lines(columns))


def port_bytes(
    name: str, network: Network, design: Design, samples: NDArray[np.integer]
) -> NDArray[np.uint8]:
    """What a port of `COLUMNS` shows for each sample, the low byte first, (samples, bytes).

    That of an input is a whole sample, all beats in a row.
    """
    return COLUMNS[name](network, design, samples)


def _lines(columns: list[NDArray[np.uint8]]) -> Iterator[str]:
    for row in zip(*columns, strict=True):
        yield " ".join(f"{int.from_bytes(word.tobytes(), 'little'):x}" for word in row)


def _label(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    (width,) = (port.width for port in design.ports if port.name == "o_label")
    labels = network.predict(samples).astype("<i8")
    return labels.view(np.uint8).reshape(-1, 8)[:, : -(-width // 8)]


def _scores(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Class c in bits c·width … c·width + width − 1, in two's complement."""
    assert design.scores is not None
    shifts = np.arange(design.scores.width)
    bits = network.scores(samples)[:, :, None] >> shifts & 1  # (samples, classes, bits)
    return _packed(bits.reshape(len(samples), -1))


def _margin(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    (width,) = (port.width for port in design.ports if port.name == "o_margin")
    margins = network(samples).margins.astype("<i8")
    return margins.view(np.uint8).reshape(-1, 8)[:, : -(-width // 8)]


def _reject(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    return network(samples).rejected(design.options.reject_below).astype(np.uint8)[:, None]


def _best(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    count = design.options.best
    assert count is not None
    (width,) = (port.width // count for port in design.ports if port.name == "o_best")
    bits = network(samples).best(count)[:, :, None] >> np.arange(width) & 1
    return _packed(bits.reshape(len(samples), -1))


def _bits(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    return _packed(network.output_bits(samples))


def _payload(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    return network.encoder.payload_bytes(samples)


def _packet(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The bytes of a packet, or of words, up to the end of the last feature."""
    assert isinstance(design.protocol, AxiStreamProtocol | AxiLiteProtocol)
    packing = packing_of(design.protocol.features, design.protocol.tdata_width)
    return packing.pack(samples)


def _result(network: Network, design: Design, samples: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The bytes of a result, its fields in the order of the design."""
    assert isinstance(design.protocol, AxiStreamProtocol | AxiLiteProtocol)
    if network.head == "bits":
        return _bits(network, design, samples)
    packing = packing_of(design.protocol.results, design.protocol.result_width)
    answers, options = network(samples), design.options
    columns: list[NDArray[np.int64] | NDArray[np.bool_]] = [answers.labels]
    if options.scores:
        columns.append(answers.scores)
    if options.margin:
        columns.append(answers.margins)
    if options.reject_below is not None:
        columns.append(answers.rejected(options.reject_below))
    if options.best is not None:
        columns.append(answers.best(options.best))
    return packing.pack(np.column_stack(columns))


def packing_of(fields: list[PacketField], tdata_width: int) -> Packing:
    """Where the design says that words lie in packets."""
    return Packing(tdata_width, tuple(Place(**field.model_dump()) for field in fields))


INPUT = {
    "native": "i_payload",
    "combinational": "i_payload",
    "axi-stream": "s_axis_tdata",
    "axi-lite": "s_axi_wdata",
}
COLUMNS: dict[str, Callable[[Network, Design, NDArray[np.integer]], NDArray[np.uint8]]] = {
    "i_payload": _payload,
    "s_axis_tdata": _packet,
    "m_axis_tdata": _result,
    "s_axi_wdata": _packet,
    "s_axi_rdata": _result,
    "o_label": _label,
    "o_scores": _scores,
    "o_margin": _margin,
    "o_reject": _reject,
    "o_best": _best,
    "o_bits": _bits,
}


def _packed(bits: NDArray[np.integer] | NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Rows of bits (samples, bits), bit 0 first, as bytes."""
    return np.packbits(bits.astype(np.uint8), axis=1, bitorder="little")
