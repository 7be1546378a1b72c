"""A core that takes a sample in several transfers."""

from amaranth.hdl import Module, Signal

from hwgen.beats import Beats, n_beats
from hwgen.block import place
from hwgen.core import Core


class NarrowInput(Core):
    """`core` behind a port of `width` bits, which is narrower than a sample."""

    summary = "Logic gate network between two streams, of which the first has samples in beats."

    def __init__(self, core: Core, width: int) -> None:
        whole = len(core.i_payload)
        assert 1 <= width < whole
        super().__init__(core.schedule, beat_width=width, tag_width=core.tag_width)
        self.core = core
        self.beats = n_beats(width, whole)
        self.latency = core.latency
        self.initiation_interval = self.beats - 1 + core.initiation_interval
        kept = (self.beats - 1) * width
        self.register_bits = kept + core.register_bits
        self.least_register_bits = kept + core.least_register_bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        beats = Beats(len(self.i_payload), len(self.core.i_payload))
        sample = Signal(len(self.core.i_payload), name="sample")
        valid, ready = Signal(name="sample_valid"), Signal(name="sample_ready")
        ports = {
            "i_beat": self.i_payload,
            "i_valid": self.i_valid,
            "i_ready": self.i_ready,
            "payload": sample,
            "valid": valid,
            "ready": ready,
        }
        place(m, platform, "beats", beats, ports)
        tags = ("i_tag", "o_tag") if self.tag_width else ()
        results = {
            name: getattr(self, name) for name in (*self.results, *tags, "o_valid", "o_ready")
        }
        ports = {"i_payload": sample, "i_valid": valid, "i_ready": ready, **results}
        place(m, platform, "core", self.core, ports)
        return m
