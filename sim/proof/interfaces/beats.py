"""Samples in several transfers of a narrow port."""

from collections.abc import Iterator

from sim.proof.interfaces.boundary import Boundary
from sim.proof.lemma import Lemma
from sim.proof.transfers import Storage
from sim.proof.verilog import Bit

CLAIM = "the core is offered a sample with its last beat, and takes it with that"


class Beats(Boundary):
    """A core behind `i_payload` of fewer bits than a sample has, the lowest bits first."""

    def storage(self) -> Storage:
        top, n = self.top.flat, self.design.protocol.beats
        (takes,), (last,) = top.net("beats.takes"), top.net("beats.last")
        known = [(last, 1 << n - 1)]
        return Storage(top, top.net("i_payload"), takes, known, n, is_shown=True)

    def words(self, transfers: list[list[Bit]]) -> list[Bit]:
        bits = [bit for transfer in transfers for bit in transfer]
        return bits[: self.network.encoder.payload_width]

    def lemmas(self) -> Iterator[Lemma]:
        top, core, n = self.top.flat, self.core.flat, self.design.protocol.beats
        seen = {name: top.net(name) for name in ("i_valid", "i_ready")}
        seen |= {"takes": top.net("beats.takes"), "last": top.net("beats.last")}
        seen |= {"sample_valid": core.net("i_valid"), "sample_ready": core.net("i_ready")}
        seen["number"] = top.net("beats.beat")
        yield self.rules(CLAIM, "beats_rules", seen, {"N": n, "K": n.bit_length()})
        outputs = [port.name for port in self.design.ports if port.name.startswith("o_")]
        tags = ["i_tag"] if self.tag_width else []
        yield self.joined({name: name for name in [*outputs, *tags]})
        yield from super().lemmas()
