"""Whole cores for several clocks: what was asked for, and what their placement gives."""

from pathlib import Path

from benchmarks.placed import achieved
from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective.design import Target
from connective.simplify import simplify
from hwgen.clock import PS, Clock
from hwgen.request import Request

KEPT = Path("build") / "clocks"
CASES: dict[str, tuple[Target, ...]] = {
    "yin_yang 2×100": ("ice40", "ecp5", "sky130", "sg13g2"),
    "mnist 1×1000": ("ecp5", "sky130", "sg13g2"),
}
SHARES = {"yin_yang 2×100": (1.0, 0.75, 0.5), "mnist 1×1000": (1.0, 0.6)}
"""Of the fastest clock that there can be."""


def measure() -> list[Row]:
    """Cores that an earlier run measured are taken from build/clocks."""
    rows = []
    for case, targets in CASES.items():
        network = simplify(trained(case)).network
        for target in targets:
            levels = Request(target=target).schedule(network)
            fastest = PS / Clock(1, target).least_period(levels)
            for share in SHARES[case]:
                mhz = int(share * fastest)
                schedule = Request(clock=mhz, target=target).schedule(network)
                name = f"{target}, {case}, latency {schedule.latency}"
                name += f", {schedule.register_bits} register bits"
                kept = KEPT / target / f"{case.replace(' ', '_')}_{mhz}.json"
                found = achieved(network, Request(clock=mhz, target=target), mhz, kept)
                rows.append(Row(name, "million cycles/s", found, mhz, "asked"))
    return rows
