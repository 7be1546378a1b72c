"""Samples and results as words that software writes and reads through AXI4-Lite."""

from collections.abc import Iterator

from connective.design import AxiLiteProtocol
from sim.proof.interfaces.packed import Packed
from sim.proof.lemma import Lemma
from sim.proof.verilog import Bit

CLAIM = "reads and writes are answered, and do, what the map of the registers says"
WORD_BYTES, WORD_BITS = 4, 32
IDENTITY = 0x434E5601  # the letters CNV, and the version of the map
BUS = (
    *("awvalid", "awready", "wvalid", "wready", "wstrb", "bvalid", "bready", "bresp"),
    *("arvalid", "arready", "rvalid", "rready", "rdata", "rresp"),
)


class Software(Packed):
    """A core behind registers on AXI4-Lite, which docs/hardware.md maps."""

    port = "s_axi_wdata"
    in_order = False

    def lemmas(self) -> Iterator[Lemma]:
        top, core, protocol = self.top.flat, self.core.flat, self.protocol
        assert isinstance(protocol, AxiLiteProtocol)
        seen = {name: top.net(f"s_axi_{name}") for name in BUS}
        seen["write_word"] = _number(top.net("s_axi_awaddr"))
        seen["read_word"] = _number(top.net("s_axi_araddr"))
        seen["irq"] = top.net("irq")
        seen |= {"take": top.net("packet.take"), "beat": self.beat}
        seen |= {"sample_valid": core.net("i_valid"), "sample_ready": core.net("i_ready")}
        seen |= {"result_valid": core.net("o_valid"), "result_ready": core.net("o_ready")}
        seen["result"] = self.packed_results()
        words = {name: place // WORD_BYTES for name, place in protocol.registers.items()}
        parameters: dict[str, int | str] = {
            "A": len(seen["write_word"]),
            "N": protocol.beats,
            "R": -(-len(seen["result"]) // WORD_BITS),
            "K": max(len(self.beat), 1),
            "HAS_BEAT": int(bool(self.beat)),
            **{name.upper(): number for name, number in words.items()},
            "IDENTITY": f"{WORD_BITS}'h{IDENTITY:x}",
            "DIGEST": f"{WORD_BITS}'h{self.design.network.sha256[:8]}",
        }
        yield self.rules(CLAIM, "register_rules", seen, parameters)
        answers = [
            *("s_axi_awready", "s_axi_wready", "s_axi_bvalid", "s_axi_bresp"),
            *("s_axi_arready", "s_axi_rvalid", "s_axi_rdata", "s_axi_rresp", "irq"),
        ]
        inputs = [p.name for p in self.design.ports if p.direction == "in" and "s_axi" in p.name]
        yield self.registered(*answers, inputs=inputs)


def _number(address: list[Bit]) -> list[Bit]:
    """The number of a word, from the address of a byte."""
    return address[2:]
