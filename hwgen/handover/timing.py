"""The timing diagram of a core, as WaveDrom draws it."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from connective.design import Design
from hwgen.handover.interface import Interface

STALLED = 1
"""Cycles for which the second result waits for its consumer."""


def timing_diagram(design: Design, ports: Interface, foot: str) -> dict[str, Any]:
    """Two samples, A and B, through an empty core; B's result is not fetched at once.

    A column is a cycle, and each signal stands as the rising edge that ends the cycle finds it.
    """
    assert ports.sink and ports.source, "a core without streams has no such diagram"
    interval, beats = design.initiation_interval, design.protocol.beats
    starts = {"A": 1, "B": 1 + interval}  # the cycles that offer their first beats
    last_beats = {name: range(s + beats - 1, s + interval) for name, s in starts.items()}
    results = {name: last.start + design.latency for name, last in last_beats.items()}
    fetched = {"A": results["A"], "B": results["B"] + STALLED}
    columns = range(fetched["B"] + 2)
    offered = {
        f"{name}.{beat}" if beats > 1 else name: cycles
        for name, s in starts.items()
        for beat, cycles in enumerate(
            [*(range(s + n, s + n + 1) for n in range(beats - 1)), last_beats[name]]
        )
    }
    tags = {f"of {name}": cycles for name, cycles in last_beats.items()}
    given = {f"of {name}": range(results[name], fetched[name] + 1) for name in starts}
    taken = [last.stop - 1 for last in last_beats.values()]
    if beats == 1 and interval > 1:  # ready only in the last cycle of a sample
        ready = taken
    else:
        ready = [c for c in columns if c in taken or all(c not in r for r in last_beats.values())]

    def high(cycles: Iterable[int]) -> str:
        chosen = set(cycles)
        return _wave(["1" if column in chosen else "0" for column in columns])

    def words(on: Mapping[str, range]) -> dict[str, Any]:
        states = ["x"] * len(columns)
        for name, cycles in on.items():
            for cycle in cycles:
                states[cycle] = f"={name}"
        return {"wave": _wave(states), "data": list(on)}

    waiting = range(results["B"], fetched["B"])
    return {
        "signal": [
            {"name": ports.clock, "wave": "p" + "." * (len(columns) - 1)},
            {"name": ports.sink.valid, "wave": high(chain(*offered.values()))},
            {"name": ports.sink.ready, "wave": high(ready)},
            {"name": ports.sink.data[0].name, **words(offered)},
            *({"name": port.name, **words(tags)} for port in ports.sink.data[1:]),
            {},
            {"name": ports.source.valid, "wave": high(chain(*given.values()))},
            {"name": ports.source.ready, "wave": high(set(columns) - set(waiting))},
            *({"name": port.name, **words(given)} for port in ports.source.data),
        ],
        "head": {"text": f"{design.top}: latency {design.latency}", "tick": 0},
        "foot": {"text": foot},
    }


def _wave(states: list[str]) -> str:
    """States of one cycle each, a dot for one that goes on, two words side by side apart."""
    pairs = zip(["", *states[:-1]], states, strict=True)
    return "".join("." if state == last else state[0] for last, state in pairs)
