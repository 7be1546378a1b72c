"""Whole cores with a limit of the fan-out of their registers: how fast they are, and what it costs.

One level a stage, placed for a clock that is out of reach.
"""

from pathlib import Path

from benchmarks.place_and_route import CHIPS
from benchmarks.placed import achieved
from benchmarks.rows import Row
from benchmarks.simplification import trained
from connective import Network
from connective.design import Target
from connective.simplify import simplify
from hwgen.request import Request

KEPT = Path("build") / "fanout"
CASES: tuple[tuple[Target, str], ...] = (
    ("ice40", "yin_yang 2×100"),
    ("ecp5", "yin_yang 2×100"),
)
LIMITS = (32, 16, 8, 4)


def measure() -> list[Row]:
    """Cores that an earlier run measured are taken from build/fanout."""
    rows = []
    for target, case in CASES:
        network = simplify(trained(case)).network
        bits = Request(target=target).schedule(network).register_bits
        plain = _achieved(network, target, None, case)
        for limit in LIMITS:
            name = f"{target}, {case}, at most {limit} readers"
            limited = Request(target=target, max_fanout=limit).schedule(network)
            if not limited.copies.source:
                continue
            found = _achieved(network, target, limit, case)
            rows += [
                Row(name, "million cycles/s", found, plain, "no limit"),
                Row(name, "register bits", limited.register_bits, bits, "no limit"),
            ]
    return rows


def _achieved(network: Network, target: Target, limit: int | None, case: str) -> float:
    """MHz of the core between registers."""
    kept = KEPT / target / f"{case.replace(' ', '_')}_{limit}.json"
    request = Request(target=target, max_fanout=limit)
    return achieved(network, request, CHIPS[target].asked, kept)
