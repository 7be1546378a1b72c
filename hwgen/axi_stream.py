"""The whole core between two AXI4-Streams: a packet in for a sample, a beat out for its result."""

from collections.abc import Iterator

import numpy as np
from amaranth.hdl import Cat, ClockDomain, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from connective.encoder import OPS
from connective.packing import Field, Packing, pack_result
from hwgen.argmax import label_width
from hwgen.block import Block, place
from hwgen.core import Core
from hwgen.encoder import InputEncoder, select
from hwgen.lanes import Lanes
from hwgen.packet_bits import PacketBits
from hwgen.packet_receiver import PacketReceiver
from hwgen.pipe import join
from hwgen.sideband import Sideband

CORE = "core"
ERROR_BIT = 0


class AxiStreamAccelerator(Block):
    """A network between two AXI4-Streams; docs/hardware.md says how its ports behave.

    The words of a packet are compared as their beats come, and only the bits that the network
    reads are kept. They are the sample of `core`; `split` makes its network.

    Members
    -------
    aclk, aresetn: clock, and synchronous reset, active low
    s_axis_*: the samples, a packet each, packed as `packing` says
    m_axis_*: the results, a beat each, packed as `result_packing` says, 0 if the packet was wrong;
        bit 0 of TUSER says whether it was, the tag stands above it
    """

    summary = "Logic gate network between two AXI4-Streams."

    def __init__(self, core: Core, lanes: Lanes, packing: Packing, *, tag_width: int) -> None:
        self.core, self.schedule = core, core.schedule
        self.lanes, self.packing = lanes, packing
        self.tag_width = tag_width
        self.result_packing = pack_result(self._result_fields())
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
        m.domains.sync = sync = ClockDomain()
        sync.clk = self.aclk
        m.d.comb += sync.rst.eq(~self.aresetn)
        core, bits = self.core, PacketBits(self.lanes)
        answers = self._encoder(m, platform)
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
                Mux(self.m_axis_tuser[ERROR_BIT], 0, Cat(self._extended(results)))
            ),
        ]
        return m

    def _encoder(self, m: Module, platform: object) -> Value:
        """What the lanes answer of the beat on offer."""
        encoder = self.lanes.encoder
        words = Cat(
            self.s_axis_tdata[offset : offset + lane.width]
            for offset, lane in zip(self.lanes.offsets, encoder.features, strict=True)
        )
        rows = range(encoder.n_rows)
        if (encoder.op == OPS.index("bit")).all():
            return join(select(encoder, np.array(rows), words))
        block = InputEncoder(encoder, dict.fromkeys(rows, 0), gives=[(row, 0) for row in rows])
        answers = Signal(len(rows), name="answers")
        place(m, platform, "encoder", block, {"payload": words, "o": answers})
        return answers

    def _result_fields(self) -> Iterator[Field]:
        schedule = self.schedule
        if schedule.network.head == "bits":
            yield Field("bits", len(schedule.network.outputs), False)
            return
        yield Field("label", label_width(schedule.network.n_classes), False)
        if schedule.scores:
            for c in range(schedule.network.n_classes):
                yield Field(f"score_{c}", schedule.score_width, schedule.score_range[0] < 0)
        for name in ("o_margin", "o_reject"):
            if name in self.core.results:
                yield Field(name.removeprefix("o_"), self.core.results[name], False)

    def _extended(self, results: dict[str, Signal]) -> Iterator[Value]:
        """The core's results, each as wide as its container."""
        whole = Cat(results.values())
        start = 0
        for field in self.result_packing.places:
            value: Value = whole[start : start + field.width]
            start += field.width
            sign = value[-1] if field.signed else 0
            yield Cat(value, (sign for _ in range(field.container - field.width)))
