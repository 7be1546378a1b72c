"""Paths through operations in stages."""

import numpy as np

from hwgen.retiming import Dataflow


def fits(flow: Dataflow, stage: np.ndarray, budget: int) -> bool:
    """Whether no path within a stage exceeds the budget, by going along all of them."""
    arrival = np.zeros(len(flow.delay), dtype=int)
    for op in range(len(flow.delay)):
        for source in flow.driver[flow.net[flow.reader == op]]:
            if stage[source] > stage[op]:
                return False
            if stage[source] == stage[op]:
                arrival[op] = max(arrival[op], arrival[source])
        arrival[op] += flow.delay[op]
    return not budget or bool((arrival <= budget).all())
