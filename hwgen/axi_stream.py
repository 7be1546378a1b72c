"""The whole core between two AXI4-Streams: a packet in for a sample, a beat out for its result."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from amaranth.hdl import Cat, ClockDomain, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from connective.axi_stream import AxiStream
from connective.encoder import OPS, raw
from connective.network import Network
from connective.packing import Field, pack_features, pack_result
from connective.simplify.prune import prune
from hwgen.accelerator import Accelerator
from hwgen.block import Block, place
from hwgen.encoder import InputEncoder, select
from hwgen.lanes import Lanes
from hwgen.packet_bits import PacketBits
from hwgen.packet_receiver import PacketReceiver
from hwgen.schedule import Schedule
from hwgen.sideband import Sideband

CORE = "core"
ERROR_BIT = 0


class AxiStreamAccelerator(Block):
    """A network between two AXI4-Streams; docs/hardware.md says how its ports behave.

    The words of a packet are compared as their beats come, and only the bits that the network
    reads are kept. They are the sample of an `Accelerator` of the same network without encoder.

    Members
    -------
    aclk, aresetn: clock, and synchronous reset, active low
    s_axis_*: the samples, a packet each, packed as `packing` says
    m_axis_*: the results, a beat each, packed as `result_packing` says, 0 if the packet was wrong;
        bit 0 of TUSER says whether it was, the tag stands above it
    """

    summary = "Logic gate network between two AXI4-Streams."

    def __init__(
        self, network: Network, stream: AxiStream, *, levels_per_stage: int, scores: bool
    ) -> None:
        read = prune(network).after
        self.stream = stream
        self.packing = pack_features(network.encoder.features, stream.tdata_width)
        self.lanes = Lanes.of(read.encoder, self.packing)
        self.bits = PacketBits(self.lanes)
        behind = replace(read, encoder=raw(read.n_inputs))
        self.core = Accelerator(Schedule(behind, levels_per_stage, scores))
        self.result_packing = pack_result(self._result_fields())
        super().__init__(
            {
                "aclk": In(1),
                "aresetn": In(1),
                "s_axis_tdata": In(stream.tdata_width),
                "s_axis_tkeep": In(stream.tdata_width // 8),
                "s_axis_tlast": In(1),
                **({"s_axis_tuser": In(stream.tag_width)} if stream.tag_width else {}),
                "s_axis_tvalid": In(1),
                "s_axis_tready": Out(1),
                "m_axis_tdata": Out(self.result_packing.tdata_width),
                "m_axis_tlast": Out(1),
                "m_axis_tuser": Out(1 + stream.tag_width),
                "m_axis_tvalid": Out(1),
                "m_axis_tready": In(1),
            }
        )

    @property
    def schedule(self) -> Schedule:
        return self.core.schedule

    @property
    def latency(self) -> int:
        """Cycles from the transfer of a packet's last beat to its result, through an idle core."""
        return 1 + self.core.latency

    @property
    def initiation_interval(self) -> int:
        return self.packing.n_beats

    @property
    def register_bits(self) -> int:
        """Registers of the pipeline, the bits of the packet among them."""
        return self.bits.register_bits + self.schedule.register_bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.domains.sync = sync = ClockDomain()
        sync.clk = self.aclk
        m.d.comb += sync.rst.eq(~self.aresetn)
        answers = self._encoder(m, platform)
        receiver = PacketReceiver(self.packing, tag_width=self.stream.tag_width)
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
        if self.stream.tag_width:
            ports["tuser"] = self.s_axis_tuser
        place(m, platform, "receiver", receiver, ports)
        sample = Signal(len(self.bits.o), name="sample")
        ports = {"i": answers, "take": take, "o": sample}
        if self.bits.decodes:
            ports["beat"] = beat
        place(m, platform, "packet", self.bits, ports)
        results = {name: Signal(width, name=name) for name, width in self.core.results.items()}
        ports = {
            "i_payload": sample,
            "i_valid": sample_valid,
            "i_ready": sample_ready,
            **results,
            "o_valid": self.m_axis_tvalid,
            "o_ready": self.m_axis_tready,
        }
        place(m, platform, CORE, self.core, ports)
        sideband = Sideband(len(self.m_axis_tuser), places=self.core.latency + 1)
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
        rows = np.arange(encoder.n_rows)
        if (encoder.op == OPS.index("bit")).all():
            return select(encoder, rows, words)
        block = InputEncoder(encoder, rows, registered=False)
        answers = Signal(len(rows), name="answers")
        place(m, platform, "encoder", block, {"payload": words, "o": answers})
        return answers

    def _result_fields(self) -> Iterator[Field]:
        schedule = self.schedule
        if schedule.network.head == "bits":
            yield Field("bits", self.core.results["o_bits"], False)
            return
        yield Field("label", self.core.results["o_label"], False)
        if schedule.scores:
            for c in range(schedule.network.n_classes):
                yield Field(f"score_{c}", schedule.score_width, schedule.score_range[0] < 0)

    def _extended(self, results: dict[str, Signal]) -> Iterator[Value]:
        """The core's results, each as wide as its container."""
        whole = Cat(results.values())
        start = 0
        for field in self.result_packing.places:
            value: Value = whole[start : start + field.width]
            start += field.width
            sign = value[-1] if field.signed else 0
            yield Cat(value, (sign for _ in range(field.container - field.width)))
