"""The timing diagram of a core, as WaveDrom draws it."""

from typing import Any

from connective.design import Design
from hwgen.handover.interface import Interface

STALLED = 1
"""Cycles for which the second result waits for its consumer."""


def timing_diagram(design: Design, ports: Interface, foot: str) -> dict[str, Any]:
    """Two samples, A and B, through an empty core; B's result is not fetched at once.

    A column is a cycle, and each signal stands as the rising edge that ends the cycle finds it.
    """
    first = 1  # the cycle that offers A
    second = first + design.initiation_interval
    results = first + design.latency, second + design.latency
    fetched = results[1] + STALLED
    columns = range(fetched + 2)

    def high(*cycles: int) -> str:
        return _wave(["1" if column in cycles else "0" for column in columns])

    def words(a: range, b: range) -> str:
        return _wave(["=a" if c in a else "=b" if c in b else "x" for c in columns])

    waiting = range(results[1], fetched)
    taken = range(first, first + 1), range(second, second + 1)
    given = range(results[0], results[0] + 1), range(results[1], fetched + 1)
    sink = ports.sink.data[0].name
    return {
        "signal": [
            {"name": ports.clock, "wave": "p" + "." * (len(columns) - 1)},
            {"name": ports.sink.valid, "wave": high(first, second)},
            {"name": ports.sink.ready, "wave": high(*columns)},
            {"name": sink, "wave": words(*taken), "data": ["A", "B"]},
            {},
            {"name": ports.source.valid, "wave": high(*given[0], *given[1])},
            {"name": ports.source.ready, "wave": high(*set(columns) - set(waiting))},
            *(
                {"name": port.name, "wave": words(*given), "data": ["of A", "of B"]}
                for port in ports.source.data
            ),
        ],
        "head": {"text": f"{design.top}: latency {design.latency}", "tick": 0},
        "foot": {"text": foot},
    }


def _wave(states: list[str]) -> str:
    """States of one cycle each, a dot for one that goes on, two words side by side apart."""
    pairs = zip(["", *states[:-1]], states, strict=True)
    return "".join("." if state == last else state[0] for last, state in pairs)
