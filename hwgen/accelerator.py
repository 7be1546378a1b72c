"""The whole core: samples in, labels, scores or bits out, all between two streams."""

import numpy as np
from amaranth.hdl import Cat, Module, Shape, Signal, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from hwgen.argmax import Argmax, label_width
from hwgen.block import Block, place
from hwgen.encoder import InputEncoder, select
from hwgen.flow import Flow
from hwgen.logic import LogicLevel
from hwgen.popcount import Popcount
from hwgen.schedule import Schedule


class Accelerator(Block):
    """A network as a pipeline; its software twin is `Network`.

    Members
    -------
    i_payload: feature words, feature 0 in the lowest bits
    i_valid, i_ready: a sample is taken in each cycle in which both are 1
    o_label: the class; with head `class` or `scores`
    o_scores: class 0 in the lowest bits, `Schedule.score_width` each; if the schedule has scores
    o_bits: the output bits, bit 0 lowest; with head `bits`
    o_valid, o_ready: a result is taken in each cycle in which both are 1; until then it holds
    """

    summary = "Logic gate network between two streams."
    clocked = True
    resets = True

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        network = schedule.network
        results: dict[str, int] = {}
        if network.head == "bits":
            results["o_bits"] = len(network.outputs)
        else:
            results["o_label"] = label_width(network.n_classes)
            if schedule.scores:
                results["o_scores"] = network.n_classes * schedule.score_width
        self.results = results
        super().__init__(
            {
                "i_payload": In(network.encoder.payload_width),
                "i_valid": In(1),
                "i_ready": Out(1),
                **{name: Out(width) for name, width in results.items()},
                "o_valid": Out(1),
                "o_ready": In(1),
            }
        )

    @property
    def latency(self) -> int:
        return self.schedule.latency

    def elaborate(self, platform: object) -> Module:
        m = Module()
        bits = self._logic(m, platform, self._encoder(m, platform))
        if self.schedule.network.head == "bits":
            position = {node: p for p, node in enumerate(self.schedule.buses[-1].tolist())}
            results = [Cat(bits[position[n]] for n in self.schedule.network.outputs.tolist())]
        else:
            results = self._classes(m, platform, bits)
        data = Signal(sum(self.results.values()), name="data")
        payload = Signal.like(data, name="payload")
        flow = Flow(len(data), latency=self.latency)
        streams = {
            name: getattr(self, name) for name in ("i_valid", "i_ready", "o_valid", "o_ready")
        }
        place(m, platform, "flow", flow, {**streams, "data": data, "o_payload": payload})
        m.d.comb += [
            data.eq(Cat(results)),
            Cat(getattr(self, name) for name in self.results).eq(payload),
        ]
        return m

    def _encoder(self, m: Module, platform: object) -> Value:
        schedule = self.schedule
        encoder, rows = schedule.network.encoder, schedule.buses[0]
        if not schedule.encodes:
            return select(encoder, rows, self.i_payload)
        bits = Signal(len(rows), name="encoded")
        block = InputEncoder(encoder, rows, registered=schedule.encoder_registered)
        place(m, platform, "encoder", block, {"payload": self.i_payload, "o": bits})
        return bits

    def _logic(self, m: Module, platform: object, bits: Value) -> Value:
        schedule, network = self.schedule, self.schedule.network
        for number, registered in enumerate(schedule.logic_registered):
            before, after = schedule.buses[number : number + 2]
            gates = after[network.level[after] == number + 1] - network.n_inputs
            index = np.zeros(network.n_nodes, dtype=np.int64)
            index[before] = np.arange(len(before))
            index[gates + network.n_inputs] = len(before) + np.arange(len(gates))
            block = LogicLevel(
                len(before),
                index[network.fanin[gates]],
                network.table[gates],
                index[after],
                registered=registered,
            )
            level = Signal(len(after), name=f"level{number}")
            place(m, platform, f"level_{number}", block, {"i": bits, "o": level})
            bits = level
        return bits

    def _classes(self, m: Module, platform: object, bits: Value) -> list[Value]:
        """Label and, if asked for, scores of the bits after the last logic level."""
        schedule = self.schedule
        shape = Shape(schedule.score_width, signed=schedule.score_range[0] < 0)
        sums: list[Value] = []
        for c, (positions, tree) in enumerate(zip(schedule.summands, schedule.trees, strict=True)):
            block = Popcount(tree, shape, registered=schedule.adder_registered)
            score = Signal(shape, name=f"score{c}")
            place(m, platform, f"popcount_{c}", block, {"i": _pick(bits, positions), "o": score})
            sums.append(score)
        label = Signal(label_width(schedule.network.n_classes), name="label")
        scores = Signal(len(sums) * shape.width * schedule.scores, name="scores")
        if schedule.argmax_rounds:
            block = Argmax(
                len(sums),
                shape,
                keep_scores=schedule.scores,
                registered=schedule.argmax_registered,
            )
            ports = {"i": Cat(sums), "label": label}
            if schedule.scores:
                ports["scores"] = scores
            place(m, platform, "argmax", block, ports)
        elif schedule.scores:
            m.d.comb += scores.eq(Cat(sums))
        return [label, scores]


def _pick(bits: Value, positions: NDArray[np.int64]) -> Value:
    return Cat(bits[p] for p in positions.tolist())
