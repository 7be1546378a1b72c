"""What the adders of a circuit compute: sums that are written with `+`, at word level."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.proof.cone import Aged
from sim.proof.verilog import ONE, ZERO, Adder, Bit, Circuit


@dataclass(frozen=True)
class AdderSum:
    """constant + Σ coefficient · bit, which is never negative and does not wrap around."""

    constant: int
    terms: dict[Aged, int]

    @property
    def greatest(self) -> int:
        return self.constant + sum(self.terms.values())


def adder_sums(circuit: Circuit) -> dict[tuple[Bit, ...], AdderSum]:
    """The sum that each tree or chain of adders ends in, by its bits; those inside are left out.

    A sum may take registers on its way. Where a word can wrap around, it counts as a word of bits.
    """
    return _Sums(circuit).outermost()


class _Sums:
    def __init__(self, circuit: Circuit) -> None:
        self._registers = circuit.registers
        self._adders = circuit.adders
        self._by_lowest = {adder.y[0]: adder for adder in circuit.adders}
        self._known: dict[tuple[Bit, ...], AdderSum | None] = {}
        self._inside: set[tuple[Bit, ...]] = set()

    def outermost(self) -> dict[tuple[Bit, ...], AdderSum]:
        for adder in self._adders:
            self._find(adder)
        return {y: found for y, found in self._known.items() if found and y not in self._inside}

    def _find(self, last: Adder) -> None:
        """The sum of an adder, after those of the adders that it reads."""
        waiting = [last]
        open_ = set()
        while waiting:
            adder = waiting[-1]
            if adder.y in self._known:
                waiting.pop()
                continue
            read = [self._operand(word) for word in (adder.a, adder.b)]
            missing = [a for a, _, _ in read if a and a.y not in self._known]
            if missing and adder.y not in open_:
                open_.add(adder.y)
                waiting += missing
                continue
            self._known[adder.y] = None if missing else self._added(adder)  # None: of itself
            waiting.pop()

    def _added(self, adder: Adder) -> AdderSum | None:
        constant = 0
        terms: dict[Aged, int] = {}
        inside = []
        for word in (adder.a, adder.b):
            source, age, width = self._operand(word)
            known = self._known.get(source.y) if source else None
            if source and known and known.greatest < 1 << width:
                constant += known.constant
                for (bit, own), coefficient in known.terms.items():
                    terms[bit, own + age] = terms.get((bit, own + age), 0) + coefficient
                inside.append(source.y)
                continue
            for place, bit in enumerate(word):
                if bit == ONE:
                    constant += 1 << place
                elif bit != ZERO:
                    terms[bit, 0] = terms.get((bit, 0), 0) + (1 << place)
        result = AdderSum(constant, terms)
        if result.greatest >= 1 << len(adder.y):
            return None
        self._inside.update(inside)
        return result

    def _operand(self, word: Sequence[Bit]) -> tuple[Adder | None, int, int]:
        """The adder whose lowest bits a word is, how many cycles ago, and how many bits."""
        bits = list(word)
        while bits and bits[-1] == ZERO:
            bits.pop()
        age = 0
        while bits and bits[0] not in self._by_lowest and all(b in self._registers for b in bits):
            if age > len(self._registers):
                return None, 0, 0
            bits = [self._registers[bit] for bit in bits]
            age += 1
        adder = self._by_lowest.get(bits[0]) if bits else None
        if adder is None or tuple(bits) != adder.y[: len(bits)]:
            return None, 0, 0
        return adder, age, len(bits)
