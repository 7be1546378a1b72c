"""Bits of a circuit cycle by cycle, where some of them are known in each of a few cycles."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sim.proof.lemma import Gap, Loop
from sim.proof.verilog import ONE, ZERO, Bit, Circuit, Gate, halves

SAME = 0b10
At = tuple[Bit, int]
"""A bit in a cycle."""


class History:
    """What bits are in cycles, as gates over what the circuit reads in them.

    Only what decides a bit is followed, so that of a register which takes its input in one cycle
    and holds it in all others the way back is short.

    Members
    -------
    gates: of the functions that were asked for, by bits of their own
    registers: those that were followed
    """

    def __init__(
        self,
        circuit: Circuit,
        cycles: int,
        known: Mapping[Bit, int],
        inputs: Mapping[Bit, Sequence[Bit]],
        fresh: Iterator[Bit],
        *,
        follows: bool = True,
    ) -> None:
        """`known` has an integer with a bit for each of the cycles, `inputs` a bit for each.

        Bits of `inputs` and those that `fresh` gives are none of the circuit's. Where it does not
        `follow` registers, each is the same in all cycles.
        """
        self.gates: dict[Bit, Gate] = {}
        self.registers: set[Bit] = set()
        self._circuit, self._inputs, self._fresh = circuit, inputs, fresh
        self._follows = follows
        self._values = _decided(circuit, known, (1 << cycles) - 1)
        self._found: dict[At, Bit] = {}
        self._same: dict[Gate, Bit] = {}
        self._passing: dict[tuple[int, tuple[int | None, ...]], int | None] = {}

    def bit(self, bit: Bit, cycle: int, *, known: bool = False) -> Bit:
        """The bit that has the value of one in a cycle, where `known` by what is known of it too.

        Raises `Loop`.
        """
        waiting, open_ = [(bit, cycle)], set()
        known_until = cycle + known
        while waiting:
            at = waiting[-1]
            if at in self._found:
                waiting.pop()
                continue
            missing = self._step(at, known_until)
            if missing is None:
                waiting.pop()
            elif missing in open_:
                raise Loop(missing[0])
            else:
                open_.add(at)
                waiting.append(missing)
        return self._found[bit, cycle]

    def reads(self, bits: Iterable[Bit]) -> set[Bit]:
        """What functions depend on: inputs, registers that were not followed, and unknown nets."""
        seen: set[Bit] = set()
        waiting = [bit for bit in bits if bit not in (ZERO, ONE)]
        while waiting:
            bit = waiting.pop()
            if bit not in seen:
                seen.add(bit)
                waiting += self.gates[bit].inputs if bit in self.gates else ()
        return seen - set(self.gates)

    def _step(self, at: At, known_until: int) -> At | None:
        """Find a bit in a cycle, or what has to be found before."""
        bit, cycle = at
        if bit in (ZERO, ONE):
            self._found[at] = bit
        elif cycle < known_until and bit in self._values:
            self._found[at] = self._values[bit] >> cycle & 1
        elif self._is_given(bit, cycle):
            self._found[at] = self._inputs[bit][cycle]
        elif bit in self._circuit.gates:
            return self._gate(at, self._circuit.gates[bit])
        elif bit in self._circuit.registers and cycle > 0 and self._follows:
            before = self._origin(at)
            if before not in self._found:
                return before
            self._found[at] = self._found[before]
        else:
            if bit in self._circuit.registers:
                self.registers.add(bit)
            self._found[at] = bit
        return None

    def _is_given(self, bit: Bit, cycle: int) -> bool:
        return bit in self._inputs and cycle < len(self._inputs[bit])

    def _origin(self, at: At) -> At:
        """Where a register has its value from, through others, and gates that let one input pass.

        Long shift registers are made of these.
        """
        (bit, cycle), gates = at, 0
        while True:
            if bit in self._circuit.registers and cycle > 0 and not self._is_given(bit, cycle):
                self.registers.add(bit)
                bit, cycle, gates = self._circuit.registers[bit], cycle - 1, 0
                continue
            passed = self._passed(bit, cycle)
            if passed is None:
                return bit, cycle
            bit, gates = passed, gates + 1
            if gates > len(self._circuit.gates):
                raise Loop(bit)

    def _passed(self, bit: Bit, cycle: int) -> Bit | None:
        """The input of a gate that it passes on in a cycle, by what is known of others."""
        gate = self._circuit.gates.get(bit)
        if gate is None or bit in self._values or bit in self._inputs:
            return None
        values = tuple(
            self._values[i] >> cycle & 1 if i in self._values else None for i in gate.inputs
        )
        key = gate.table, values
        if key not in self._passing:
            self._passing[key] = _passing(gate.table, values)
        place = self._passing[key]
        return None if place is None else gate.inputs[place]

    def _gate(self, at: At, gate: Gate) -> At | None:
        """Inputs that do not matter, as others are constant, are not asked for."""
        table, inputs = gate.table, list(gate.inputs)
        place = len(inputs) - 1  # of a multiplexer first what it chooses by
        while place >= 0:
            low, high = halves(table, place, len(inputs))
            value = self._found.get((inputs[place], at[1]))
            if low == high or value == ZERO:
                table = low
            elif value == ONE:
                table = high
            elif value is None:
                return inputs[place], at[1]
            else:
                place -= 1
                continue
            del inputs[place]
            place = len(inputs) - 1
        bits = tuple(self._found[i, at[1]] for i in inputs)
        self._found[at] = self._built(Gate(table, bits))
        return None

    def _built(self, gate: Gate) -> Bit:
        if not gate.inputs:
            return gate.table
        if gate.table == SAME and len(gate.inputs) == 1:
            return gate.inputs[0]
        if gate not in self._same:
            self._same[gate] = next(self._fresh)
            self.gates[self._same[gate]] = gate
        return self._same[gate]


def _passing(table: int, values: Sequence[int | None]) -> int | None:
    """The place of the input that a table gives on, where others have values."""
    places = list(range(len(values)))
    for place in reversed(range(len(values))):
        low, high = halves(table, place, len(places))
        if values[place] is None and low != high:
            continue
        table = high if values[place] else low
        places.remove(place)
    return places[0] if table == SAME and len(places) == 1 else None


def _decided(circuit: Circuit, known: Mapping[Bit, int], ones: int) -> dict[Bit, int]:
    """All bits that known ones decide within a cycle, with a bit for each cycle, as `ones` has."""
    values = {bit: value for bit, value in known.items() if bit not in (ZERO, ONE)}
    readers: defaultdict[Bit, list[Bit]] = defaultdict(list)
    left: dict[Bit, int] = {}
    for bit, gate in circuit.gates.items():
        if bit not in values:
            for i in {*gate.inputs}:
                readers[i].append(bit)
            left[bit] = len({*gate.inputs})
    constants = {ZERO: 0, ONE: ones}
    waiting = [*constants, *values]
    while waiting:
        for bit in readers[waiting.pop()]:
            left[bit] -= 1
            if not left[bit]:
                gate = circuit.gates[bit]
                inputs = [constants.get(i, values.get(i, 0)) for i in gate.inputs]
                values[bit] = _applied(gate.table, inputs, ones)
                waiting.append(bit)
    return values


def _applied(table: int, inputs: list[int], ones: int) -> int:
    result = 0
    for case in range(1 << len(inputs)):
        if table >> case & 1:
            both = ones
            for place, value in enumerate(inputs):
                both &= value if case >> place & 1 else ~value
            result |= both
    return result


def agreed(known: Sequence[tuple[Bit, int]]) -> dict[Bit, int]:
    """What is known of bits, or `Gap` where one net is to be two things."""
    values: dict[Bit, int] = {}
    for bit, value in known:
        if values.setdefault(bit, value) != value:
            raise Gap("two nets are one that should differ")
    return values
