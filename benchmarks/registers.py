"""Register bits of pipelines: the fewest, beside operations that come as early as they can."""

from benchmarks.rows import Row
from benchmarks.simplification import CASES, trained
from connective.simplify import simplify
from hwgen.schedule import Schedule

LEVELS = (1, 2, 3, 4, 6)


def measure() -> list[Row]:
    """Rows for each trained network, simplified, and each number of levels per stage."""
    rows = []
    for case in CASES:
        network = simplify(trained(case)).network
        for levels in LEVELS:
            schedule = Schedule(network, levels)
            assert schedule.register_bits == schedule.least_register_bits
            flow = schedule.operations.dataflow
            early = flow.register_bits(flow.earliest(levels)) + schedule.last_stage
            name = f"{case}, {levels} a stage, {schedule.latency} stages"
            rows.append(Row(name, "register bits", schedule.register_bits, early, "early"))
    return rows
