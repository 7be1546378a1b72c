"""Cores whose classes take turns in one popcount, as a parallel core that answers alike.

A sample is on offer, and stays as it is, for as many cycles as the classes take, and the flow
control goes through its numbers in these. So what a result is becomes gates over the sample, class
by class, with a sum for each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from connective.network import Network
from sim.proof.cone import cone
from sim.proof.data_path import DataPath, inputs_lemma, results_lemma
from sim.proof.history import History, agreed
from sim.proof.interfaces.boundary import HANDSHAKE, Boundary
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.popcounts import ClassSums, counted
from sim.proof.sums import Linear
from sim.proof.verilog import ONE, ZERO, Bit, Circuit, Hierarchy

RULED = "a sample is worked on without a break, taken in its last cycle, and its result waits"
WAITS = "a result stays as it is until the next one"
POPCOUNT = "popcount"


@dataclass(frozen=True)
class Turns:
    """How long a sample is worked on.

    Members
    -------
    classes: that take turns
    cycles: of each class
    settling: cycles before the first
    """

    classes: int
    cycles: int
    settling: int

    @property
    def total(self) -> int:
        return self.settling + self.classes * self.cycles

    def of(self, cycle: int) -> tuple[int, int, bool]:
        """The class and its cycle, and whether it is its last, in a cycle of a sample."""
        if cycle < self.settling:
            return 0, 0, False
        own, place = divmod(cycle - self.settling, self.cycles)
        return own, place, place == self.cycles - 1

    @property
    def ends(self) -> list[int]:
        """The last cycle of each class."""
        return [self.settling + self.cycles * (c + 1) - 1 for c in range(self.classes)]


def turns(core: Hierarchy, network: Network, latency: int) -> Turns:
    """A guess by the registers between a sample and what is chosen of its gates."""
    read = cone(core.flat, [(bit, 0) for bit in core.flat.net("selector.i")])
    settling = max((age for _, age in read.leaves), default=0)
    cycles, left = divmod(latency - settling, network.n_classes)
    if left or cycles < 1:
        raise Gap(f"{latency - settling} cycles are not of {network.n_classes} classes alike")
    return Turns(network.n_classes, cycles, settling)


class Unrolled:
    """A serial core as gates over a sample, cycle by cycle.

    Members
    -------
    history: the bits of the core in the cycles of the sample
    """

    def __init__(
        self,
        path: DataPath,
        turns: Turns,
        fresh: Iterator[Bit] | None = None,
        cuts: Mapping[Bit, Sequence[Bit]] | None = None,
    ) -> None:
        """For bits of `cuts` others are taken: one for each cycle from the first on."""
        flat = path.verilog.flat
        self._path, self._turns, self._nets = path, turns, flat.nets
        fresh = fresh or count(1 + flat.greatest)
        self._sample = [next(fresh) for _ in path.payload]
        inputs: dict[Bit, Sequence[Bit]] = {
            bit: [own] * turns.total for bit, own in zip(path.payload, self._sample, strict=True)
        }
        (ends,) = flat.net("flow.ends")
        known = agreed(
            [
                *self._numbers("at_class", 0),
                *self._numbers("at_cycle", 1),
                (ends, self._mask(2, 0)),
            ]
        )
        self.history = History(flat, turns.total, known, {**inputs, **(cuts or {})}, fresh)

    def path(self, *, results: bool = True) -> DataPath:
        """Where the sample, and what follows from it, are in the gates of `history`."""
        found = {
            name: [self.history.bit(bit, self._turns.total) for bit in bits]
            for name, bits in self._path.results.items()
            if results
        }
        flat = Circuit({}, self.history.gates, {}, [], None)
        verilog = replace(self._path.verilog, flat=flat)
        return replace(self._path, verilog=verilog, payload=self._sample, age=0, results=found)

    def _numbers(self, net: str, which: int) -> Iterator[tuple[Bit, int]]:
        for place, bit in enumerate(self._nets.get(f"flow.{net}", [])):
            yield bit, self._mask(which, place)

    def _mask(self, which: int, place: int) -> int:
        """A bit of a number of `Turns.of`, with a bit for each cycle."""
        return sum(
            (int(self._turns.of(cycle)[which]) >> place & 1) << cycle
            for cycle in range(self._turns.total)
        )


class Sums:
    """What the popcount gives, cut out: results are made of it, and it of samples.

    Members
    -------
    totals: the bits that stand for it, (cycles, bits)
    """

    def __init__(self, path: DataPath, turns: Turns) -> None:
        flat = path.verilog.flat
        self._path, self._turns = path, turns
        self._fresh = count(1 + flat.greatest)
        self._counted = flat.net(f"{POPCOUNT}.o")
        self.totals = [[next(self._fresh) for _ in self._counted] for _ in range(turns.total)]

    def to_results(self) -> Unrolled:
        cuts = dict(zip(self._counted, zip(*self.totals, strict=True), strict=True))
        return Unrolled(self._path, self._turns, self._fresh, cuts)

    def from_samples(self) -> Unrolled:
        """With the sums of cycles before, cut where they are kept.

        Where they leave the popcount they may be its inputs, as one is that has nothing to add.
        """
        if self._turns.cycles == 1:
            return Unrolled(self._path, self._turns, self._fresh)
        flat = self._path.verilog.flat
        kept = flat.net("accumulator.kept")
        if [flat.registers.get(bit) for bit in kept] != self._counted:
            raise Gap("what is kept from cycle to cycle is not the sum")
        cuts = {bit: [bit, *earlier] for bit, *earlier in zip(kept, *self.totals[:-1], strict=True)}
        return Unrolled(self._path, self._turns, self._fresh, cuts)

    def added(self, form: Linear, inputs: list[list[Bit]], c: int) -> tuple[int, dict[Bit, int]]:
        """The sum of a class, as a constant and a coefficient for each bit.

        `form` is what the popcount makes of its inputs, (cycles, bits). Raises `Gap` where it takes
        a part of the sum of the cycle before.
        """
        last = self._turns.ends[c]
        constant, terms = 0, dict[Bit, int]()
        for cycle in range(last - self._turns.cycles + 1, last + 1):
            own = form.constant
            bits: dict[Bit, int] = {}
            for place, coefficient in form.terms.items():
                bit = inputs[cycle][place]
                if bit == ONE:
                    own += coefficient
                elif bit != ZERO:
                    bits[bit] = (bits.get(bit, 0) + coefficient) % form.modulus
            carried = [bits.pop(bit, 0) for bit in self.totals[cycle - 1]]
            if any(carried):
                if carried != [1 << place for place in range(len(carried))]:
                    raise Gap("a sum takes a part of that of the cycle before")
                own += constant
                for bit, coefficient in terms.items():
                    bits[bit] = (bits.get(bit, 0) + coefficient) % form.modulus
            constant, terms = own % form.modulus, bits
        return constant, terms


def rules(boundary: Boundary, turns: Turns) -> Lemma:
    """That the flow control goes through its numbers as `Turns` says, and samples with it."""
    core = boundary.core.flat
    seen = {name: core.net(name) for name in HANDSHAKE}
    seen["ends"] = core.net("flow.ends")
    seen |= {net: core.nets.get(f"flow.{net}", []) for net in ("at_class", "at_cycle", "settled")}
    parameters = {
        "C": turns.classes,
        "Y": turns.cycles,
        "S": turns.settling,
        "K": (2 * turns.total).bit_length(),
    }
    return boundary.rules(RULED, "serial_rules", seen, parameters)


def prove(path: DataPath, turns: Turns, *, timeout: float) -> Iterator[Lemma]:
    """The lemmas in turn; together they say that a result is that of the sample before it."""
    yield _waits(path)
    cut = Sums(path, turns)
    sums = ClassSums(path.network)
    sums.offset = min(low for low, _ in sums.ranges)
    sums.sums = {c: cut.totals[end] for c, end in enumerate(turns.ends)}
    yield (lemma := results_lemma(cut.to_results().path(), sums, timeout))
    if not lemma.holds:
        return
    with timed(Lemma(f"the {POPCOUNT} adds its inputs", "adders, each by all cases")) as lemma:
        module = path.verilog.module(path.verilog.instances[POPCOUNT])
        form, leaves = counted(module, lemma)
        if form:
            place = {bit: number for number, bit in enumerate(module.net("i"))}
            named = {number: place[bit] for number, (bit, _) in enumerate(leaves, 1)}
            form = replace(form, terms={named[number]: c for number, c in form.terms.items()})
    yield lemma
    if form is None:
        return
    unrolled = cut.from_samples()
    inputs = [
        [
            unrolled.history.bit(bit, cycle, known=True)
            for bit in path.verilog.flat.net(f"{POPCOUNT}.i")
        ]
        for cycle in range(turns.total)
    ]
    for c in sums.sums:
        constant, terms = cut.added(form, inputs, c)
        numbers = dict(enumerate(terms, 1))
        sums.reads[c] = {number: (bit, 0) for number, bit in numbers.items()}
        coefficients = {number: terms[bit] for number, bit in numbers.items()}
        sums.forms[c] = Linear(constant, coefficients, form.modulus)
    yield inputs_lemma(unrolled.path(results=False), sums, timeout)


def _waits(path: DataPath) -> Lemma:
    """That results hold where no class ends."""
    flat = path.verilog.flat
    with timed(Lemma(WAITS, "registers, each by its next value")) as lemma:
        shown = [(bit, 0) for bits in path.results.values() for bit in bits]
        read = [bit for bit, _ in cone(flat, shown, memory=0).leaves]
        idle = History(flat, 1, dict.fromkeys(flat.net("flow.ends"), 0), {}, count(0))
        lemma.holds = all(bit in flat.registers and idle.bit(bit, 1) == bit for bit in read)
        if not lemma.holds:
            lemma.why = "they change in other cycles"
    return lemma
