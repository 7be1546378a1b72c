"""What some bits of a circuit depend on, register by register back in time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from sim.proof.lemma import Loop
from sim.proof.verilog import ONE, ZERO, Bit, Circuit

Aged = tuple[Bit, int]
"""A bit, and how many cycles ago."""

T = TypeVar("T")
NO_CUTS: Mapping[Bit, int] = MappingProxyType({})


@dataclass(frozen=True)
class Cone:
    """The function of some bits in a cycle, of what the circuit read in that and earlier cycles.

    A register is what it took a cycle before, so a pipeline becomes gates: what holds of them holds
    in every cycle that is late enough, whatever the registers held at first.

    Members
    -------
    leaves: what the bits are a function of: inputs, cut bits, and registers where `memory` ends
    steps: all others with what they take, each after these: a table and inputs
    """

    leaves: list[Aged]
    steps: dict[Aged, tuple[int, tuple[Aged, ...]]]

    def evaluate(
        self, values: Mapping[Aged, T], gate: Callable[[int, list[T]], T]
    ) -> dict[Aged, T]:
        """The value of each step, where leaves have `values` and `gate` applies a table."""
        known = dict(values)
        for aged, (table, inputs) in self.steps.items():
            known[aged] = gate(table, [known[i] for i in inputs])
        return known


def cone(
    circuit: Circuit,
    targets: Iterable[Aged],
    *,
    cuts: Mapping[Bit, int] = NO_CUTS,
    memory: int | None = None,
) -> Cone:
    """The cone of some bits down to inputs, to cut bits, and to registers `memory` cycles ago.

    `cuts` says of a bit how many cycles ago, and before, it is cut.

    Raises `Loop` where it has no end.
    """
    most = len(circuit.registers)  # a longer way through registers meets one twice
    leaves: list[Aged] = []
    steps: dict[Aged, tuple[int, tuple[Aged, ...]]] = {}
    done: set[Aged] = set()
    open_: set[Aged] = set()
    waiting = list(targets)
    while waiting:
        aged = waiting[-1]
        if aged in done:
            waiting.pop()
            continue
        bit, age = aged
        step = None if bit in cuts and age >= cuts[bit] else _step(circuit, bit, age, memory)
        missing = [i for i in step[1] if i not in done] if step else []
        if missing:
            if aged in open_ or age > most:
                raise Loop(bit)
            open_.add(aged)
            waiting += missing
            continue
        if step:
            steps[aged] = step
        else:
            leaves.append(aged)
        done.add(waiting.pop())
    return Cone(leaves, steps)


def _step(
    circuit: Circuit, bit: Bit, age: int, memory: int | None
) -> tuple[int, tuple[Aged, ...]] | None:
    if bit in (ZERO, ONE):
        return bit, ()
    if bit in circuit.gates:
        gate = circuit.gates[bit]
        return gate.table, tuple((i, age) for i in gate.inputs)
    if bit in circuit.registers and (memory is None or age < memory):
        return 0b10, ((circuit.registers[bit], age + 1),)
    return None
