"""The whole core: samples in, labels, scores or bits out, all between two streams."""

from amaranth.hdl import Cat, Module, Signal

from hwgen.block import place
from hwgen.core import Core
from hwgen.flow import Flow
from hwgen.results import place_network
from hwgen.schedule import Schedule
from hwgen.sideband import place_tags


class Accelerator(Core):
    """A network as a pipeline, which takes a sample a cycle.

    If it is `gated`, its data registers load only where a sample moves.
    """

    summary = "Logic gate network between two streams."
    initiation_interval = 1

    def __init__(self, schedule: Schedule, *, tag_width: int = 0, gated: bool = False) -> None:
        super().__init__(schedule, tag_width=tag_width)
        self.gated = gated and schedule.last_stage > 0
        self.latency = schedule.latency
        self.register_bits = schedule.register_bits
        self.least_register_bits = schedule.least_register_bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        moves = Signal(self.schedule.last_stage, name="moves") if self.gated else None
        results = place_network(m, platform, self.schedule, self.i_payload, moves=moves)
        data = Signal(sum(self.results.values()), name="data")
        payload = Signal.like(data, name="payload")
        flow = Flow(len(data), latency=self.latency, tells_moves=self.gated)
        streams = {
            name: getattr(self, name) for name in ("i_valid", "i_ready", "o_valid", "o_ready")
        }
        ports = {**streams, "data": data, "o_payload": payload}
        if moves is not None:
            ports["moves"] = moves
        place(m, platform, "flow", flow, ports)
        place_tags(m, platform, self)
        m.d.comb += [
            data.eq(Cat(results)),
            Cat(getattr(self, name) for name in self.results).eq(payload),
        ]
        return m
