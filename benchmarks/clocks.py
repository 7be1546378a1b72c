"""Whole cores for several clocks: what was asked for, and what their placement gives."""

from dataclasses import replace
from pathlib import Path

from benchmarks.placed import achieved
from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective import Network
from connective.axi_stream import AxiStream
from connective.design import Target
from connective.simplify import simplify
from hwgen.clock import PS, Clock
from hwgen.request import Request
from hwgen.surroundings import NATIVE, Surroundings

KEPT = Path("build") / "clocks"
CASES: dict[str, tuple[Target, ...]] = {
    "yin_yang 2×100": ("ice40", "ecp5", "gowin", "sky130", "sg13g2"),
    "mnist 1×1000": ("ecp5", "sky130", "sg13g2"),
}
AXI_CASES: dict[str, tuple[Target, ...]] = {
    "yin_yang 2×100": ("ice40", "ecp5", "gowin"),
    "mnist 1×1000": ("ice40", "ecp5"),
}
SHARES = {"yin_yang 2×100": (1.0, 0.75, 0.5), "mnist 1×1000": (1.0, 0.6)}
"""Of the fastest clock that there can be."""
AXI = {
    "AXI4-Stream of 32 bits": Request(stream=AxiStream(32)),
    "AXI4-Lite": Request(axi_lite=True),
}


def measure() -> list[Row]:
    """Cores that an earlier run measured are taken from build/clocks."""
    rows = []
    for case, targets in CASES.items():
        network = simplify(trained(case)).network
        for target in targets:
            request = Request(target=target)
            rows += [_row(case, network, request, share) for share in SHARES[case]]
    for case, targets in AXI_CASES.items():
        network = simplify(trained(case)).network
        for target in targets:
            for interface, request in AXI.items():
                name = f"{case}, {interface}"
                rows.append(_row(name, network, replace(request, target=target), 1.0))
    return rows


def _row(case: str, network: Network, request: Request, share: float) -> Row:
    around, behind, kept_bits = NATIVE, network, 0
    if request.is_axi:
        packing, lanes, behind = request.received(network)
        around = Surroundings.of(lanes, packing, axi_lite=request.axi_lite)
        kept_bits = lanes.register_bits
    levels = Request(target=request.target).schedule(behind)
    mhz = int(share * PS / Clock(1, request.target).least_period(levels, around)[0])
    timed = replace(request, clock=mhz)
    schedule = timed.schedule(behind, around)
    name = f"{request.target}, {case}, latency {request.is_axi + schedule.latency}"
    name += f", {kept_bits + schedule.register_bits} register bits"
    kept = KEPT / request.target / f"{case.replace(' ', '_')}_{mhz}.json"
    return Row(name, "million cycles/s", achieved(network, timed, mhz, kept), mhz, "asked")
