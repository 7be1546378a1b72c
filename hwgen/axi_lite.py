"""The whole core behind AXI4-Lite: software writes a sample's words and reads its result."""

from amaranth.hdl import ClockDomain, Module, Signal
from amaranth.lib.wiring import In, Out

from connective.packing import Packing
from hwgen.axi_lite_bus import AxiLiteBus
from hwgen.axi_stream import CORE
from hwgen.block import Block, place
from hwgen.core import Core
from hwgen.lane_encoder import place_lanes
from hwgen.lanes import Lanes
from hwgen.packed_results import pack_results, packed
from hwgen.packet_bits import PacketBits
from hwgen.register_map import WORD_BYTES, WORD_WIDTH, RegisterMap
from hwgen.registers import Registers

PREFIX = "s_axi_"
ANSWERED = (
    *("awvalid", "awready", "wvalid", "wready", "bresp", "bvalid", "bready"),
    *("arvalid", "arready", "rdata", "rresp", "rvalid", "rready"),
)
"""What is left to the bus: all but the address and the data of a write, and what is read."""


class AxiLiteAccelerator(Block):
    """A network with registers on AXI4-Lite; docs/hardware.md says what they do.

    The words of a sample are compared as they are written, in any order but for the last, and
    only the bits that the network reads are kept. They are the sample of `core`.

    Members
    -------
    aclk, aresetn: clock, and reset, active low
    s_axi_*: the channels of AXI4-Lite, with the addresses of `words`
    irq: interrupt, a result is on offer
    """

    summary = "Logic gate network with registers on AXI4-Lite."

    def __init__(
        self,
        core: Core,
        lanes: Lanes,
        packing: Packing,
        *,
        digest: str,
        asynchronous: bool = False,
    ) -> None:
        self.core, self.schedule = core, core.schedule
        self.lanes, self.packing, self.digest = lanes, packing, digest
        self.asynchronous = asynchronous
        self.result_packing = pack_results(core)
        result_words = -(-self.result_packing.tdata_width // WORD_WIDTH)
        self.words = RegisterMap(packing.n_beats, result_words)
        address = In(self.words.address_width)
        channels = {
            "awaddr": address,
            "awvalid": In(1),
            "awready": Out(1),
            "wdata": In(WORD_WIDTH),
            "wstrb": In(WORD_BYTES),
            "wvalid": In(1),
            "wready": Out(1),
            "bresp": Out(2),
            "bvalid": Out(1),
            "bready": In(1),
            "araddr": address,
            "arvalid": In(1),
            "arready": Out(1),
            "rdata": Out(WORD_WIDTH),
            "rresp": Out(2),
            "rvalid": Out(1),
            "rready": In(1),
        }
        super().__init__(
            {
                "aclk": In(1),
                "aresetn": In(1),
                **{f"{PREFIX}{name}": port for name, port in channels.items()},
                "irq": Out(1),
            }
        )

    @property
    def latency(self) -> int:
        """Cycles from the write of the last word to the result, through an idle core."""
        return 1 + self.core.latency

    @property
    def initiation_interval(self) -> int:
        """Each word takes two cycles, and none is taken until the core has the sample before."""
        return 2 * self.packing.n_beats - 1 + self.core.initiation_interval

    @property
    def register_bits(self) -> int:
        return self.lanes.register_bits + self.core.register_bits

    @property
    def least_register_bits(self) -> int:
        return self.lanes.register_bits + self.core.least_register_bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.domains.sync = sync = ClockDomain(async_reset=self.asynchronous)
        sync.clk = self.aclk
        m.d.comb += sync.rst.eq(~self.aresetn)
        uses = {
            "write": Signal(name="write"),
            "write_refused": Signal(name="write_refused"),
            "read_data": Signal(WORD_WIDTH, name="read_data"),
            "read_refused": Signal(name="read_refused"),
        }
        bus = {name: getattr(self, PREFIX + name) for name in ANSWERED}
        place(m, platform, "bus", AxiLiteBus(WORD_WIDTH), {**bus, **uses})
        self._samples_and_results(m, platform, uses)
        return m

    def _samples_and_results(self, m: Module, platform: object, uses: dict[str, Signal]) -> None:
        core, answers = self.core, place_lanes(m, platform, self.lanes, self.s_axi_wdata)
        registers = Registers(
            self.words,
            network=int(self.digest[:8], 16),
            result_width=self.result_packing.tdata_width,
        )
        streams = {
            name: Signal(name=name)
            for name in ("sample_valid", "sample_ready", "result_valid", "result_ready")
        }
        whole = Signal(name="write_whole")
        m.d.comb += whole.eq(self.s_axi_wstrb.all())
        take, beat = Signal(name="take"), Signal.like(registers.beat, name="beat")
        result = Signal(len(registers.result), name="result")
        ports = {
            **uses,
            **streams,
            "write_word": self.s_axi_awaddr[2:],
            "write_whole": whole,
            "read_word": self.s_axi_araddr[2:],
            "take": take,
            "beat": beat,
            "result": result,
        }
        place(m, platform, "registers", registers, ports)
        bits = PacketBits(self.lanes)
        sample = Signal(len(bits.o), name="sample")
        place(m, platform, "packet", bits, {"i": answers, "take": take, "beat": beat, "o": sample})
        results = {name: Signal(width, name=name) for name, width in core.results.items()}
        ports = {
            "i_payload": sample,
            "i_valid": streams["sample_valid"],
            "i_ready": streams["sample_ready"],
            **results,
            "o_valid": streams["result_valid"],
            "o_ready": streams["result_ready"],
        }
        place(m, platform, CORE, core, ports)
        m.d.comb += [
            result.eq(packed(self.result_packing, results)),
            self.irq.eq(streams["result_valid"]),
        ]
