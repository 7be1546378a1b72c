"""The whole core: samples in, labels, scores or bits out, all between two streams."""

from amaranth.hdl import Cat, Const, Module, Signal, Value

from hwgen.argmax import Argmax, extended, label_width
from hwgen.block import place
from hwgen.core import Core
from hwgen.flow import Flow
from hwgen.gates import Board, place_gates
from hwgen.pipe import join
from hwgen.popcount import Popcount
from hwgen.schedule import Schedule
from hwgen.wiring import Wiring


class Accelerator(Core):
    """A network as a pipeline, which takes a sample a cycle."""

    summary = "Logic gate network between two streams."
    initiation_interval = 1

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(schedule)
        self.latency = schedule.latency
        self.register_bits = schedule.register_bits
        self.least_register_bits = schedule.least_register_bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        schedule, wiring = self.schedule, Wiring(self.schedule)
        board = place_gates(m, platform, schedule, wiring, self.i_payload)
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

    def _classes(self, m: Module, platform: object, wiring: Wiring, board: Board) -> list[Value]:
        """Label and, if asked for, scores."""
        schedule, operations = self.schedule, self.schedule.operations
        entrants = operations.scores
        sums: list[Value] = []
        for c, (staged, reads) in enumerate(
            zip(schedule.trees, wiring.popcount_reads, strict=True)
        ):
            if entrants[c].is_constant:
                sums.append(Const(entrants[c].low, entrants[c].score_width))
                continue
            block = Popcount(staged)
            score = Signal(len(block.o), name=f"score{c}")
            ports = {"i": join(board[timed] for timed in reads), "o": score}
            place(m, platform, f"popcount_{c}", block, ports)
            sums.append(score)
        if not operations.matches:
            return [Const(0, label_width(1)), *self._padded(sums)]
        argmax = Argmax(
            entrants,
            operations.matches,
            [int(schedule.stage[match.operation]) for match in operations.matches],
            end=schedule.last_stage,
            keep_scores=schedule.scores,
        )
        label = Signal(len(argmax.label), name="label")
        varying = [s for s, e in zip(sums, entrants, strict=True) if not e.is_constant]
        ports = {"i": Cat(varying), "label": label}
        if schedule.scores:
            scores = Signal(len(argmax.scores), name="scores")
            ports["scores"] = scores
            start, sums = 0, []
            for entrant in entrants:
                sums.append(scores[start : start + entrant.score_width])
                start += entrant.score_width
        place(m, platform, "argmax", argmax, ports)
        return [label, *(self._padded(sums) if schedule.scores else [])]

    def _padded(self, sums: list[Value]) -> list[Value]:
        """The scores, each as wide as the widest."""
        entrants, width = self.schedule.operations.scores, self.schedule.score_width
        return [extended(s, entrant, width) for s, entrant in zip(sums, entrants, strict=True)]
