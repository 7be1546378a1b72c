"""Where the words of a sample and of its result lie in the bytes that software moves."""

from dataclasses import dataclass

from connective.design import AxiLiteProtocol, AxiStreamProtocol, Design, PacketField


@dataclass(frozen=True)
class Field:
    """Words of `width` bits, the first from bit `offset` of a port on, each `stride` further.

    The registers of a result count as one port.
    """

    port: str
    port_width: int
    offset: int
    width: int
    stride: int
    signed: bool = False

    @property
    def n_bytes(self) -> int:
        return -(-self.port_width // 8)


@dataclass(frozen=True)
class Layout:
    """Bits of a sample, and the fields of a result that there are.

    Members
    -------
    sample_width: bits of a sample: of the payload, or of all bytes of its packet
    offsets: of each feature's word in these
    label, scores, margin, reject, best, bits: of the result; `scores` has a word a class, `best`
        one a place, `bits` one bit a word
    """

    sample_width: int
    offsets: tuple[int, ...]
    label: Field | None
    scores: Field | None
    margin: Field | None
    reject: Field | None
    best: Field | None
    bits: Field | None


def layout(design: Design) -> Layout:
    """The layout that a design's interface has."""
    if isinstance(design.protocol, AxiStreamProtocol):
        return _packets(design.protocol, "m_axis_tdata")
    if isinstance(design.protocol, AxiLiteProtocol):
        return _packets(design.protocol, "the result")
    widths = {port.name: port.width for port in design.ports}

    def port(name: str, width: int, *, signed: bool = False) -> Field | None:
        return Field(name, widths[name], 0, width, width, signed) if name in widths else None

    return Layout(
        widths.get("i_payload", 0),
        tuple(feature.offset for feature in design.features),
        port("o_label", widths.get("o_label", 0)),
        port("o_scores", design.scores.width, signed=design.scores.signed)
        if design.scores
        else None,
        port("o_margin", widths.get("o_margin", 0)),
        port("o_reject", 1),
        port("o_best", widths.get("o_label", 0)),
        port("o_bits", 1),
    )


def _packets(protocol: AxiStreamProtocol | AxiLiteProtocol, port: str) -> Layout:
    """All fields of a result are of one port."""
    results = {field.name: field for field in protocol.results}

    def field(first: PacketField | None, stride: int | None = None) -> Field | None:
        if first is None:
            return None
        width = 1 if stride == 1 else first.width
        step = stride or first.container
        return Field(port, protocol.result_width, first.offset, width, step, first.signed)

    return Layout(
        8 * protocol.bytes,
        tuple(f.beat * protocol.tdata_width + f.offset for f in protocol.features),
        field(results.get("label")),
        field(results.get("score_0")),
        field(results.get("margin")),
        field(results.get("reject")),
        field(results.get("best_0")),
        field(results.get("bits"), 1),
    )
