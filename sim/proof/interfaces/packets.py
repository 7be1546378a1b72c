"""Samples as packets of an AXI4-Stream, and results as beats of another."""

from collections.abc import Iterator

from connective.design import AxiStreamProtocol
from sim.proof.interfaces import packing
from sim.proof.interfaces.packed import Packed
from sim.proof.lemma import Lemma, timed
from sim.proof.verilog import ONE

RECEIVED = "the core is offered a sample for each packet, and what is beside it says what came"
SHOWN = "m_axis has the results, packed, or 0 for a packet of a wrong length"


class Packets(Packed):
    """A core between two AXI4-Streams, whose ports have the names of the standard."""

    port = "s_axis_tdata"
    in_order = True

    def lemmas(self) -> Iterator[Lemma]:
        yield self._received()
        yield self.beside(self.top, "sideband.i", "m_axis_tuser")
        yield self._shown()
        inputs = [p.name for p in self.design.ports if p.name.startswith("s_axis_t")]
        inputs.remove("s_axis_tready")
        yield self.registered("s_axis_tready", "m_axis_tvalid", inputs=[*inputs, "m_axis_tready"])

    def _received(self) -> Lemma:
        top, core, protocol = self.top.flat, self.core.flat, self.protocol
        assert isinstance(protocol, AxiStreamProtocol)
        seen = {name: top.net(f"s_axis_{name}") for name in ("tvalid", "tready", "tlast", "tkeep")}
        seen["tuser"] = top.nets.get("s_axis_tuser", [])
        beside = top.net("sideband.i")
        seen |= {"take": top.net("packet.take"), "beat": self.beat}
        seen |= {"sample_valid": core.net("i_valid"), "sample_ready": core.net("i_ready")}
        seen |= {"wrong": beside[:1], "tag": beside[1:]}
        # a packet of one beat needs no number
        seen["number"] = top.nets.get("receiver.number", self.beat)
        seen["spoilt"] = top.net("receiver.spoilt")
        octets = protocol.tdata_width // packing.BYTE
        data = packing.data_bytes(self.widths, protocol.tdata_width)
        parameters: dict[str, int | str] = {
            "N": protocol.beats,
            "B": octets,
            "U": max(protocol.tag_width, 1),
            "K": protocol.beats.bit_length() + 1,
            "HAS_BEAT": int(bool(self.beat)),
            "DATA": f"{protocol.beats * octets}'h{data:x}",
        }
        return self.rules(RECEIVED, "packet_rules", seen, parameters)

    def _shown(self) -> Lemma:
        top, core = self.top.flat, self.core.flat
        with timed(Lemma(SHOWN, "equivalence by ABC")) as lemma:
            alike = {"m_axis_tvalid": "o_valid", "m_axis_tready": "o_ready"}
            pairs = [(*top.net(name), *core.net(other)) for name, other in alike.items()]
            pairs.append((*top.net("m_axis_tlast"), ONE))
            (wrong, *_), shown = top.net("m_axis_tuser"), top.net("m_axis_tdata")
            packed = self.packed_results()
            if len(packed) != len(shown):
                lemma.holds, lemma.why = False, f"TDATA has {len(shown)} bits, not {len(packed)}"
                return lemma
            bits = [bit for pair in pairs for bit in pair]
            graph, literals = self.values([*bits, wrong, *shown, *packed])
            right = literals[wrong] ^ 1
            claims = [(literals[a], literals[b]) for a, b in pairs]
            claims += [
                (literals[bit], graph.conjunction(right, literals[of]))
                for bit, of in zip(shown, packed, strict=True)
            ]
            self.decide(lemma, graph, claims)
        return lemma
