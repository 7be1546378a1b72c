"""Samples as words in transfers of whole bytes; the bits that the core reads are stored."""

from collections.abc import Iterator

from connective.design import AxiLiteProtocol, AxiStreamProtocol
from sim.proof.interfaces import packing
from sim.proof.interfaces.boundary import Boundary
from sim.proof.transfers import Storage
from sim.proof.verilog import ZERO, Bit


class Packed(Boundary):
    """A core behind registers for the bits of a packet.

    Members
    -------
    port: on which the transfers come
    in_order: whether they come in their order
    """

    port: str
    in_order: bool

    @property
    def protocol(self) -> AxiStreamProtocol | AxiLiteProtocol:
        protocol = self.design.protocol
        assert isinstance(protocol, AxiStreamProtocol | AxiLiteProtocol)
        return protocol

    @property
    def core_latency(self) -> int:
        return self.design.latency - 1  # the packet is stored for a cycle

    @property
    def widths(self) -> list[int]:
        """Of the words of a sample."""
        return [feature.width for feature in self.network.encoder.features]

    @property
    def beat(self) -> list[Bit]:
        """The number of a transfer, where it is told to the registers."""
        return self.top.flat.nets.get("packet.beat", [])

    def storage(self) -> Storage:
        top, n = self.top.flat, self.protocol.beats
        (takes,) = top.net("packet.take")
        known = [
            (bit, sum((beat >> place & 1) << beat for beat in range(n)))
            for place, bit in enumerate(self.beat)
        ]
        return Storage(top, top.net(self.port), takes, known, n, in_order=self.in_order)

    def words(self, transfers: list[list[Bit]]) -> list[Bit]:
        bits = [bit for transfer in transfers for bit in transfer]
        starts = packing.places(self.widths, self.protocol.tdata_width)
        return [
            bit
            for start, width in zip(starts, self.widths, strict=True)
            for bit in bits[start : start + width]
        ]

    def packed_results(self) -> list[Bit]:
        """The results of the core, each in whole bytes, in their order."""
        return [bit for field in self._fields() for bit in field]

    def _fields(self) -> Iterator[list[Bit]]:
        for name, bits in self.results.items():
            width, signed = len(bits), False
            if name == "scores":
                width //= self.network.n_classes
                signed = int(self.network.score_range[0].min()) < 0
            elif name == "best":
                width = len(self.results["label"])
            for start in range(0, len(bits), width):
                word = bits[start : start + width]
                above = word[-1] if signed else ZERO
                yield word + [above] * (packing.BYTE * packing.bytes_of(width) - width)
