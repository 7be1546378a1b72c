"""The whole core between two AXI4-Streams: a packet in for a sample, a beat out for its result."""

from amaranth.hdl import Cat, ClockDomain, Module, Mux, Signal
from amaranth.lib.wiring import In, Out

from connective.packing import Packing
from hwgen.block import Block, place
from hwgen.core import Core
from hwgen.lane_encoder import place_lanes
from hwgen.lanes import Lanes
from hwgen.packed_results import pack_results, packed
from hwgen.packet_bits import PacketBits
from hwgen.packet_receiver import PacketReceiver
from hwgen.sideband import Sideband

CORE = "core"
ERROR_BIT = 0


class AxiStreamAccelerator(Block):
    """A network between two AXI4-Streams; docs/hardware.md says how its ports behave.

    The words of a packet are compared as their beats come, and only the bits that the network
    reads are kept. They are the sample of `core`; `split` makes its network.

    Members
    -------
    aclk, aresetn: clock, and reset, active low
    s_axis_*: the samples, a packet each, packed as `packing` says
    m_axis_*: the results, a beat each, packed as `result_packing` says, 0 if the packet was wrong;
        bit 0 of TUSER says whether it was, the tag stands above it
    """

    summary = "Logic gate network between two AXI4-Streams."

    def __init__(
        self,
        core: Core,
        lanes: Lanes,
        packing: Packing,
        *,
        tag_width: int,
        asynchronous: bool = False,
    ) -> None:
        self.core, self.schedule = core, core.schedule
        self.lanes, self.packing = lanes, packing
        self.tag_width, self.asynchronous = tag_width, asynchronous
        self.result_packing = pack_results(core)
        super().__init__(
            {
                "aclk": In(1),
                "aresetn": In(1),
                "s_axis_tdata": In(packing.tdata_width),
                "s_axis_tkeep": In(packing.tdata_width // 8),
                "s_axis_tlast": In(1),
                **({"s_axis_tuser": In(tag_width)} if tag_width else {}),
                "s_axis_tvalid": In(1),
                "s_axis_tready": Out(1),
                "m_axis_tdata": Out(self.result_packing.tdata_width),
                "m_axis_tlast": Out(1),
                "m_axis_tuser": Out(1 + tag_width),
                "m_axis_tvalid": Out(1),
                "m_axis_tready": In(1),
            }
        )

    @property
    def latency(self) -> int:
        """Cycles from the transfer of a packet's last beat to its result, through an idle core."""
        return 1 + self.core.latency

    @property
    def initiation_interval(self) -> int:
        return self.packing.n_beats - 1 + self.core.initiation_interval

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
        core, bits = self.core, PacketBits(self.lanes)
        answers = place_lanes(m, platform, self.lanes, self.s_axis_tdata)
        receiver = PacketReceiver(
            self.packing, tag_width=self.tag_width, tells_beat=bool(self.lanes.decoded)
        )
        take, wrong = Signal(name="take"), Signal(name="wrong")
        sample_valid, sample_ready = Signal(name="sample_valid"), Signal(name="sample_ready")
        beat, tag = Signal.like(receiver.beat, name="beat"), Signal.like(receiver.tag, name="tag")
        ports = {
            "tkeep": self.s_axis_tkeep,
            "tlast": self.s_axis_tlast,
            "tvalid": self.s_axis_tvalid,
            "tready": self.s_axis_tready,
            "take": take,
            "beat": beat,
            "sample_valid": sample_valid,
            "sample_ready": sample_ready,
            "wrong": wrong,
            "tag": tag,
        }
        if self.tag_width:
            ports["tuser"] = self.s_axis_tuser
        place(m, platform, "receiver", receiver, ports)
        sample = Signal(len(bits.o), name="sample")
        ports = {"i": answers, "take": take, "beat": beat, "o": sample}
        place(m, platform, "packet", bits, ports)
        results = {name: Signal(width, name=name) for name, width in core.results.items()}
        ports = {
            "i_payload": sample,
            "i_valid": sample_valid,
            "i_ready": sample_ready,
            **results,
            "o_valid": self.m_axis_tvalid,
            "o_ready": self.m_axis_tready,
        }
        place(m, platform, CORE, core, ports)
        sideband = Sideband(len(self.m_axis_tuser), places=1 + core.depth)
        put, get = Signal(name="put"), Signal(name="get")
        ports = {"i": Cat(wrong, tag), "put": put, "o": self.m_axis_tuser, "get": get}
        place(m, platform, "sideband", sideband, ports)
        m.d.comb += [
            put.eq(sample_valid & sample_ready),
            get.eq(self.m_axis_tvalid & self.m_axis_tready),
            self.m_axis_tlast.eq(1),
            self.m_axis_tdata.eq(
                Mux(self.m_axis_tuser[ERROR_BIT], 0, packed(self.result_packing, results))
            ),
        ]
        return m
