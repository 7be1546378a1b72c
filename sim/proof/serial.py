"""Cores whose classes take turns in one popcount, as a parallel core that answers alike.

A sample is on offer, and stays as it is, for as many cycles as the classes take, and the flow
control goes through its numbers in these. So what a result is becomes gates over the sample, class
by class, with a sum for each.
"""

from collections.abc import Iterator
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
    """A serial core as gates.

    Members
    -------
    path: where samples and results are in these
    totals: what the popcount gives, (cycles, bits), if it is `cut` there
    """

    def __init__(self, path: DataPath, turns: Turns, *, cut: bool) -> None:
        self.turns = turns
        flat = path.verilog.flat
        self._nets = flat.nets
        fresh = count(1 + flat.greatest)
        sample = {bit: next(fresh) for bit in path.payload}
        inputs = {bit: [own] * turns.total for bit, own in sample.items()}
        counted = flat.net(f"{POPCOUNT}.o")
        self.totals = [[next(fresh) for _ in counted] for _ in range(turns.total)]
        if cut:
            inputs |= dict(zip(counted, map(list, zip(*self.totals, strict=True)), strict=True))
        (ends,) = flat.net("flow.ends")
        known = agreed(
            [
                *self._numbers("at_class", 0),
                *self._numbers("at_cycle", 1),
                (ends, self._mask(2, 0)),
            ]
        )
        self.history = History(flat, turns.total, known, inputs, fresh)
        results = {
            name: [self.history.bit(bit, turns.total) for bit in bits]
            for name, bits in path.results.items()
        }
        self._whole = replace(path, payload=list(sample.values()), age=0, results=results)

    @property
    def path(self) -> DataPath:
        gates = Circuit({}, self.history.gates, {}, [], None)
        return replace(self._whole, verilog=replace(self._whole.verilog, flat=gates))

    def _numbers(self, net: str, which: int) -> Iterator[tuple[Bit, int]]:
        for place, bit in enumerate(self._nets.get(f"flow.{net}", [])):
            yield bit, self._mask(which, place)

    def _mask(self, which: int, place: int) -> int:
        """A bit of a number of `Turns.of`, with a bit for each cycle."""
        return sum(
            (int(self.turns.of(cycle)[which]) >> place & 1) << cycle
            for cycle in range(self.turns.total)
        )

    def added(self, form: Linear, inputs: list[Bit], c: int) -> tuple[int, dict[Bit, int]]:
        """The sum of a class, as a constant and a coefficient for each bit.

        `form` is what the popcount makes of its inputs. Raises `Gap` where it takes a part of the
        sum of the cycle before.
        """
        last = self.turns.ends[c]
        constant, terms = 0, dict[Bit, int]()
        for cycle in range(last - self.turns.cycles + 1, last + 1):
            before = self.totals[cycle - 1]
            own = form.constant
            bits: dict[Bit, int] = {}
            for place, coefficient in form.terms.items():
                bit = self.history.bit(inputs[place], cycle, known=True)
                if bit == ONE:
                    own += coefficient
                elif bit != ZERO:
                    bits[bit] = (bits.get(bit, 0) + coefficient) % form.modulus
            carried = [bits.pop(bit, 0) for bit in before]
            if any(carried):
                if carried != [1 << place for place in range(len(before))]:
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
    unrolled = Unrolled(path, turns, cut=True)
    sums = ClassSums(path.network)
    sums.offset = min(low for low, _ in sums.ranges)
    sums.sums = {c: unrolled.totals[end] for c, end in enumerate(turns.ends)}
    yield (lemma := results_lemma(unrolled.path, sums, timeout))
    if not lemma.holds:
        return
    with timed(Lemma(f"the {POPCOUNT} adds its inputs", "adders, each by all cases")) as lemma:
        module = path.verilog.module(path.verilog.instances[POPCOUNT])
        form, leaves = counted(module, lemma)
        if form:
            inputs = path.verilog.flat.net(f"{POPCOUNT}.i")
            place = {bit: number for number, bit in enumerate(module.net("i"))}
            named = {number: place[bit] for number, (bit, _) in enumerate(leaves, 1)}
            form = replace(form, terms={named[number]: c for number, c in form.terms.items()})
            for c in sums.sums:
                constant, terms = unrolled.added(form, inputs, c)
                numbers = dict(enumerate(terms, 1))
                sums.reads[c] = {number: (bit, 0) for number, bit in numbers.items()}
                coefficients = {number: terms[bit] for number, bit in numbers.items()}
                sums.forms[c] = Linear(constant, coefficients, form.modulus)
    yield lemma
    if lemma.holds:
        yield inputs_lemma(unrolled.path, sums, timeout)


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
