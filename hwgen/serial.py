"""The form of least area: the classes one after another through one popcount."""

import numpy as np
from amaranth.hdl import Module, Signal

from hwgen.accumulator import Accumulator
from hwgen.block import place
from hwgen.compressor_tree import CompressorTree, StagedTree
from hwgen.core import Core
from hwgen.gates import place_gates
from hwgen.pipe import bits, join
from hwgen.popcount import Popcount
from hwgen.rota import Rota
from hwgen.running_best import RunningBest
from hwgen.schedule import Schedule
from hwgen.selector import Selector
from hwgen.serial_flow import SerialFlow
from hwgen.sideband import place_tags
from hwgen.wiring import Wiring


class SerialAccelerator(Core):
    """A network whose classes take turns, as a `Rota` deals them out.

    The gates compute all the while from the sample on offer, through pipeline registers where the
    schedule's levels per stage ask for them. A sample is taken in its last cycle, so latency and
    initiation interval are one.
    """

    summary = "Logic gate network between two streams, its classes one after another."

    def __init__(self, schedule: Schedule, rota: Rota, *, tag_width: int = 0) -> None:
        super().__init__(schedule, tag_width=tag_width)
        self.rota = rota
        self.gates = Schedule(rota.gates, schedule.budget)
        self.latency = self.initiation_interval = self.gates.last_stage + rota.cycles
        kept = rota.width * (1 + (rota.cycles_per_class > 1)) + sum(self.results.values())
        kept -= self.gates.last_stage  # no `valid` goes with the stages of the gates
        self.register_bits = kept + self.gates.register_bits
        self.least_register_bits = kept + self.gates.least_register_bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        rota, schedule, wiring = self.rota, self.schedule, Wiring(self.gates)
        flow = SerialFlow(
            schedule.network.n_classes, rota.cycles_per_class, settling=self.gates.last_stage
        )
        at_class = Signal.like(flow.at_class, name="at_class")
        at_cycle = Signal.like(flow.at_cycle, name="at_cycle")
        now, ends = {"at_class": at_class, "at_cycle": at_cycle}, Signal(name="ends")
        streams = {
            name: getattr(self, name) for name in ("i_valid", "i_ready", "o_valid", "o_ready")
        }
        place(m, platform, "flow", flow, {**streams, **now, "ends": ends})
        board = place_gates(m, platform, self.gates, wiring, self.i_payload)
        gates = join(board[timed] for timed in wiring.result)
        selector = Selector(rota)
        chosen = Signal(len(selector.o), name="chosen")
        place(m, platform, "selector", selector, {"i": gates, **now, "o": chosen})
        total = self._sum(m, platform, chosen, at_cycle)
        best = RunningBest(
            rota.width,
            schedule.network.n_classes,
            base=rota.base,
            score_width=schedule.score_width if schedule.scores else 0,
        )
        ports = {"total": total, "at_class": at_class, "ends": ends, "label": self.o_label}
        if schedule.scores:
            ports["scores"] = self.o_scores
        place(m, platform, "argmax", best, ports)
        place_tags(m, platform, self)
        return m

    def _sum(self, m: Module, platform: object, chosen: Signal, at_cycle: Signal) -> Signal:
        """What was chosen up to this cycle of a class."""
        rota = self.rota
        powers, parts = rota.powers, bits(chosen)
        total, carried = (Signal(rota.width, name=name) for name in ("total", "carried"))
        if len(at_cycle):
            powers, parts = [*powers, *range(rota.width)], [*parts, *bits(carried)]
        tree = CompressorTree(
            tuple(1 << power for power in powers),
            0,
            self.schedule.family.counter,
            greatest=self.schedule.score_range[1] - rota.base,
        )
        at_once = tuple(np.zeros(len(counters.inputs), dtype=np.int64) for counters in tree.rounds)
        popcount = Popcount(StagedTree(tree, at_once, (0,) * len(tree.additions), 0))
        counted = join(parts[bit] for bit, _ in popcount.staged.reads)
        place(m, platform, "popcount", popcount, {"i": counted, "o": total})
        if len(at_cycle):
            ports = {"total": total, "at_cycle": at_cycle, "o": carried}
            place(m, platform, "accumulator", Accumulator(rota.width, len(at_cycle)), ports)
        return total
