"""A core's two streams as bytes: what goes in beat by beat, and what each result must show."""

from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from connective.design import AxiStreamProtocol, Design
from connective.errors import InputError, ToolError
from connective.network import Network
from connective.packing import Packing, Place
from connective.vectors import packing_of, port_bytes

Rows = NDArray[np.uint8]
"""Bytes (beats or results, bytes): port after port, each with its low byte first."""


@dataclass(frozen=True)
class CoreAnswers:
    """What a core gave for each sample, as far as its ports show it; `None` where they do not.

    Members
    -------
    labels: (samples,), with head `class` or `scores`
    scores: (samples, classes), with head `scores`, or if the design was exported with scores
    margins: (samples,), if it was exported with margins
    rejected: (samples,), if it was exported with a margin below which samples are rejected
    best: (samples, places), if it was exported with the best classes
    bits: (samples, outputs), with head `bits`
    """

    labels: NDArray[np.int64] | None = None
    scores: NDArray[np.int64] | None = None
    margins: NDArray[np.int64] | None = None
    rejected: NDArray[np.bool_] | None = None
    best: NDArray[np.int64] | None = None
    bits: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Pins:
    """Names of the ports that move the streams."""

    clock: str
    reset: str
    i_valid: str
    i_ready: str
    o_valid: str
    o_ready: str


class Streams(Protocol):
    """The streams of one design.

    Samples are numbered from `first` on, where numbers decide about tags.

    Members
    -------
    pins, reset_level: what moves the streams, and the level that resets
    inputs, outputs: the ports with data and their widths in bits
    beats: transfers of a sample
    """

    pins: Pins
    reset_level: int
    inputs: dict[str, int]
    outputs: dict[str, int]
    beats: int

    def beat_rows(self, samples: NDArray[np.integer], first: int) -> Rows:
        """What the inputs show for words (samples, features), a row a beat."""

    def result_rows(self, samples: NDArray[np.integer], first: int) -> Rows:
        """What the outputs must show, a row a sample."""

    def answers(self, rows: Rows) -> CoreAnswers:
        """What the outputs showed, a row a sample, says."""


class NativeStreams:
    """Valid/ready streams; the tag of a sample, if there is one, is its number."""

    def __init__(self, design: Design, network: Network) -> None:
        self._design, self._network = design, network
        low = bool(_widths(design, "rst_n"))
        reset, self.reset_level = ("rst_n", 0) if low else ("rst", 1)
        self.pins = Pins("clk", reset, "i_valid", "i_ready", "o_valid", "o_ready")
        self.inputs = _widths(design, "i_payload", "i_tag")
        names = ("label", "scores", "margin", "reject", "best", "bits", "tag")
        self.outputs = _widths(design, *(f"o_{name}" for name in names))
        self.beats = design.protocol.beats

    def beat_rows(self, samples: NDArray[np.integer], first: int) -> Rows:
        rows = port_bytes("i_payload", self._network, self._design, samples)
        if self.beats > 1:
            width = self.inputs["i_payload"]
            bits = np.unpackbits(rows, axis=1, bitorder="little")
            spare = self.beats * width - bits.shape[1]
            bits = np.pad(bits, ((0, 0), (0, max(spare, 0))))[:, : self.beats * width]
            rows = _packed(bits.reshape(-1, width))
        tags = self._tags(len(samples), first).repeat(self.beats, axis=0)
        return np.hstack([rows, tags])

    def result_rows(self, samples: NDArray[np.integer], first: int) -> Rows:
        names = (name for name in self.outputs if name != "o_tag")
        columns = [port_bytes(n, self._network, self._design, samples) for n in names]
        return np.hstack([*columns, self._tags(len(samples), first)])

    def _tags(self, count: int, first: int) -> Rows:
        return _packed(_numbers(count, first, self.outputs.get("o_tag", 0)))

    def answers(self, rows: Rows) -> CoreAnswers:
        found = _cut(rows, self.outputs)
        if "o_bits" in found:
            return CoreAnswers(bits=_bits(found["o_bits"], self.outputs["o_bits"]))

        def word(name: str) -> NDArray[np.int64] | None:
            if name not in found:
                return None
            return _words(found[name], 1, self.outputs[name], signed=False)[:, 0]

        layout, scores = self._design.scores, None
        if layout is not None:
            scores = _words(found["o_scores"], layout.classes, layout.width, signed=layout.signed)
        rejected, count, best = word("o_reject"), self._design.options.best, None
        if count is not None:
            width = self.outputs["o_best"] // count
            best = _words(found["o_best"], count, width, signed=False)
        return CoreAnswers(
            word("o_label"),
            scores,
            word("o_margin"),
            None if rejected is None else rejected.astype(np.bool_),
            best,
        )


class AxiStreams:
    """AXI4-Streams, a packet a sample, whose tag is its number."""

    pins = Pins(
        "aclk", "aresetn", "s_axis_tvalid", "s_axis_tready", "m_axis_tvalid", "m_axis_tready"
    )
    reset_level = 0

    def __init__(self, design: Design, network: Network, protocol: AxiStreamProtocol) -> None:
        self._design, self._network, self._protocol = design, network, protocol
        names = (f"s_axis_{name}" for name in ("tdata", "tkeep", "tlast", "tuser"))
        self.inputs = _widths(design, *names)
        self.outputs = _widths(design, "m_axis_tdata", "m_axis_tuser", "m_axis_tlast")
        self.beats = protocol.beats

    def beat_rows(self, samples: NDArray[np.integer], first: int) -> Rows:
        packets = port_bytes("s_axis_tdata", self._network, self._design, samples)
        shape, size = (len(samples), self.beats, -1), self.beats * self._protocol.tdata_width // 8
        data = np.pad(packets, ((0, 0), (0, size - packets.shape[1]))).reshape(shape)
        keep = np.zeros((self.beats, data.shape[2]), dtype=np.uint8)
        keep.reshape(-1)[: self._protocol.bytes] = 1
        last = np.arange(self.beats)[:, None] == self.beats - 1
        tags = _packed(_numbers(len(samples), first, self._protocol.tag_width))
        columns = [_packed(keep), last, tags[:, None]]  # the tag may stand in all beats
        wide = [np.broadcast_to(c, (*shape[:2], c.shape[-1])) for c in columns]
        return np.concatenate([data, *wide], axis=2).reshape(len(samples) * self.beats, -1)

    def result_rows(self, samples: NDArray[np.integer], first: int) -> Rows:
        data = port_bytes("m_axis_tdata", self._network, self._design, samples)
        tags = _numbers(len(samples), first, self._protocol.tag_width)
        user = np.zeros((len(samples), self.outputs["m_axis_tuser"]), dtype=np.uint8)
        user[:, self._protocol.tag_offset :] = tags
        last = np.ones((len(samples), 1), dtype=np.uint8)
        return np.hstack([data, _packed(user), last])

    def answers(self, rows: Rows) -> CoreAnswers:
        found = _cut(rows, self.outputs)
        wrong = found["m_axis_tuser"][:, 0] >> self._protocol.error_bit & 1
        if wrong.any():
            raise ToolError(f"the core takes sample {wrong.argmax()} for a packet of wrong length")
        data, results = found["m_axis_tdata"], self._protocol.results
        if self._design.head == "bits":
            return CoreAnswers(bits=_bits(data, results[0].width))
        words = packing_of(results, self._protocol.result_width).unpack(data)
        column = {field.name: words[:, place] for place, field in enumerate(results)}
        scores, best = (
            [own for name, own in column.items() if name.startswith(prefix)]
            for prefix in ("score_", "best_")
        )
        rejected = column.get("reject")
        return CoreAnswers(
            column["label"],
            np.column_stack(scores) if scores else None,
            column.get("margin"),
            None if rejected is None else rejected.astype(np.bool_),
            np.column_stack(best) if best else None,
        )


def streams_of(design: Design, network: Network) -> Streams:
    """How to drive a design; `InputError` for one whose ports are others than these."""
    streams: Streams
    if design.protocol.kind == "axi-stream":
        streams = AxiStreams(design, network, design.protocol)
    elif design.protocol.kind != "native":
        which = "a combinational core" if design.protocol.kind == "combinational" else "AXI4-Lite"
        raise InputError(
            f"{which} has no stream to pass samples through: simulate it with --harness cocotb"
        )
    else:
        streams = NativeStreams(design, network)
    pins = asdict(streams.pins).values()
    inputs = [port.name for port in design.ports if port.direction == "in"]
    ports = {port.name for port in design.ports}
    if missing := [name for name in pins if name not in ports]:
        raise InputError(f"the core has no port {missing[0]!r}, without which it cannot be driven")
    if foreign := [name for name in inputs if name not in pins and name not in streams.inputs]:
        raise InputError(f"the core has a port {foreign[0]!r}, which has no driver here")
    return streams


def _widths(design: Design, *names: str) -> dict[str, int]:
    """Those of the ports that the design has."""
    widths = {port.name: port.width for port in design.ports}
    return {name: widths[name] for name in names if name in widths}


def bytes_of(width: int) -> int:
    """The fewest that hold a port."""
    return -(-width // 8)


def _cut(rows: Rows, widths: dict[str, int]) -> dict[str, Rows]:
    ends = np.cumsum([bytes_of(width) for width in widths.values()])
    return dict(zip(widths, np.split(rows, ends[:-1], axis=1), strict=True))


def _numbers(count: int, first: int, width: int) -> Rows:
    """Bits (samples, width) of the samples' numbers."""
    numbers = np.arange(first, first + count, dtype="<u8").view(np.uint8).reshape(-1, 8)
    bits = np.unpackbits(numbers, axis=1, bitorder="little")
    return np.pad(bits, ((0, 0), (0, max(0, width - bits.shape[1]))))[:, :width]


def _words(rows: Rows, count: int, width: int, *, signed: bool) -> NDArray[np.int64]:
    """Words (samples, count) that follow one another, the first lowest."""
    places = (Place("", 0, i * width, width, width, signed) for i in range(count))
    return Packing(count * width, tuple(places)).unpack(rows)


def _bits(rows: Rows, count: int) -> NDArray[np.bool_]:
    return np.unpackbits(rows, axis=1, count=count, bitorder="little").astype(np.bool_)


def _packed(bits: NDArray[np.uint8]) -> Rows:
    return np.packbits(bits, axis=1, bitorder="little")
