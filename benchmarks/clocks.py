"""Whole cores for several clocks: what was asked for, and what their placement gives."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.delays import circuit
from benchmarks.place_and_route import CHIPS
from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective import Network
from connective.design import Target
from connective.folder import write_atomic
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
                achieved = _achieved(network, target, mhz, case)
                rows.append(Row(name, "million cycles/s", achieved, mhz, "asked"))
    return rows


def _achieved(network: Network, target: Target, mhz: int, case: str) -> float:
    """MHz of the core between registers, placed for the clock that was asked for."""
    kept = KEPT / target / f"{case.replace(' ', '_')}_{mhz}.json"
    if kept.exists():
        return float(json.loads(kept.read_text(encoding="utf-8")))
    core = Request(clock=mhz, target=target).component(network, digest=network.sha256)
    with TemporaryDirectory() as folder:
        source = Path(folder, "top.v")
        source.write_text(circuit(core, reads=1), encoding="ascii")
        achieved = PS / CHIPS[target].period(source, mhz=mhz)
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(kept, json.dumps(achieved).encode())
    return achieved
