"""The whole core: samples in, labels, scores or bits out, all between two streams."""

import numpy as np
from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.argmax import Argmax, extended, label_width
from hwgen.block import Block, place
from hwgen.encoder import InputEncoder, select
from hwgen.flow import Flow
from hwgen.logic import LogicLevel
from hwgen.pipe import Part, Timed, bits, join
from hwgen.popcount import Popcount
from hwgen.schedule import Schedule
from hwgen.wiring import Wiring

Board = dict[Timed, Part]
"""What is read from a block, by node and stage."""


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
        schedule, wiring = self.schedule, Wiring(self.schedule)
        board = self._encoder(m, platform, wiring)
        for number in range(len(schedule.levels)):
            board |= self._level(m, platform, wiring, number, board)
        if schedule.network.head == "bits":
            results = [join(board[timed] for timed in wiring.result)]
        else:
            results = self._classes(m, platform, wiring, board)
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

    def _encoder(self, m: Module, platform: object, wiring: Wiring) -> Board:
        encoder, gives = self.schedule.network.encoder, wiring.encoder_gives
        if not self.schedule.encodes and all(stage == 0 for _, stage in gives):
            rows = np.array([row for row, _ in gives], dtype=np.int64)
            return dict(zip(gives, select(encoder, rows, self.i_payload), strict=True))
        stage = {row: int(self.schedule.node_stage[row]) for row, _ in gives}
        outputs = Signal(len(gives), name="encoded")
        block = InputEncoder(encoder, stage, gives=gives)
        name = "encoder" if self.schedule.encodes else "inputs"
        place(m, platform, name, block, {"payload": self.i_payload, "o": outputs})
        return dict(zip(gives, bits(outputs), strict=True))

    def _level(
        self, m: Module, platform: object, wiring: Wiring, number: int, board: Board
    ) -> Board:
        network, gates = self.schedule.network, self.schedule.levels[number]
        reads, gives = wiring.level_reads[number], wiring.level_gives[number]
        index = gates - network.n_inputs
        block = LogicLevel(
            gates,
            self.schedule.node_stage[gates],
            self.schedule.operations.same[network.fanin[index]],
            network.table[index],
            reads=reads,
            gives=gives,
        )
        outputs = Signal(len(gives), name=f"level{number}")
        ports = {"i": join(board[timed] for timed in reads), "o": outputs}
        place(m, platform, f"level_{number}", block, ports)
        return dict(zip(gives, bits(outputs), strict=True))

    def _classes(self, m: Module, platform: object, wiring: Wiring, board: Board) -> list[Value]:
        """Label and, if asked for, scores."""
        schedule, operations = self.schedule, self.schedule.operations
        sums: list[Value] = []
        for c, (staged, reads) in enumerate(
            zip(schedule.trees, wiring.popcount_reads, strict=True)
        ):
            block = Popcount(staged)
            score = Signal(len(block.o), name=f"score{c}")
            ports = {"i": join(board[timed] for timed in reads), "o": score}
            place(m, platform, f"popcount_{c}", block, ports)
            sums.append(score)
        if not operations.matches:
            return [Const(0, label_width(1)), *self._padded(sums)]
        argmax = Argmax(
            operations.scores,
            operations.matches,
            [int(schedule.stage[match.operation]) for match in operations.matches],
            end=schedule.last_stage,
            keep_scores=schedule.scores,
        )
        label = Signal(len(argmax.label), name="label")
        ports = {"i": Cat(sums), "label": label}
        if schedule.scores:
            scores = Signal(len(argmax.i), name="scores")
            ports["scores"] = scores
            place_, sums = 0, []
            for entrant in operations.scores:
                sums.append(scores[place_ : place_ + entrant.score_width])
                place_ += entrant.score_width
        place(m, platform, "argmax", argmax, ports)
        return [label, *(self._padded(sums) if schedule.scores else [])]

    def _padded(self, sums: list[Value]) -> list[Value]:
        """The scores, each as wide as the widest."""
        entrants, width = self.schedule.operations.scores, self.schedule.score_width
        return [extended(s, entrant, width) for s, entrant in zip(sums, entrants, strict=True)]
