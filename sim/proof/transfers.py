"""Samples that come in several transfers, as functions of these.

A core is shown a sample by registers that take their bits as the transfers come. Whatever they held
before, after the transfers of a sample the core sees functions of these alone, and between two
transfers they hold. So a core can be proved as if whole samples came to it.

Transfers come in their order, or are numbered and come in any: then each register must take what it
does from one of them, and hold at all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from sim.proof.cone import cone
from sim.proof.history import SAME, History, agreed
from sim.proof.lemma import Gap
from sim.proof.verilog import ONE, ZERO, Bit, Circuit, Gate, Hierarchy

MORE = "what the core sees of a sample depends on more than its transfers"


@dataclass(frozen=True)
class Storage:
    """What stores the transfers of a sample.

    Members
    -------
    circuit: with all nets
    data: the bits of a transfer
    takes: 1 where the transfer is taken
    known: other bits that it reads, with an integer of a bit for each transfer
    transfers: of a sample
    is_shown: whether the sample is seen while its last transfer is on offer, and not from then on
    in_order: whether transfers come in their order
    """

    circuit: Circuit
    data: Sequence[Bit]
    takes: Bit
    known: Sequence[tuple[Bit, int]]
    transfers: int
    is_shown: bool = False
    in_order: bool = True


def gathered(storage: Storage, core: Hierarchy) -> tuple[Hierarchy, list[list[Bit]]]:
    """A core whose port `i_payload` is a function of transfers, and the bits of these, in turn.

    Raises `Gap` where it is not.
    """
    fresh = count(1 + storage.circuit.greatest)
    transfers = [[next(fresh) for _ in storage.data] for _ in range(storage.transfers)]
    given = dict(zip(storage.data, zip(*transfers, strict=True), strict=True))
    known = agreed([(storage.takes, (1 << storage.transfers) - 1), *storage.known])
    history = History(
        storage.circuit, storage.transfers, known, given, fresh, follows=storage.in_order
    )
    payload = [bit for bit in core.flat.net("i_payload") if bit not in (ZERO, ONE)]
    find = _in_order if storage.in_order else _in_any_order
    inputs = {bit for transfer in transfers for bit in transfer}
    bits = find(storage, history, list(dict.fromkeys(payload)), inputs)
    idle = History(storage.circuit, 1, {storage.takes: 0}, {}, fresh)
    if any(idle.bit(bit, 1) != bit for bit in sorted(history.registers)):
        raise Gap("what is stored of a sample does not hold between transfers")
    return replace(core, flat=driven(core.flat, bits, history.gates)), transfers


def _in_order(
    storage: Storage, history: History, payload: list[Bit], inputs: set[Bit]
) -> dict[Bit, Bit]:
    """What the core sees, after or with the last transfer."""
    cycle = storage.transfers - storage.is_shown
    bits = {bit: history.bit(bit, cycle) for bit in payload}
    if history.reads(bits.values()) - inputs:
        raise Gap(MORE)
    return bits


def _in_any_order(
    storage: Storage, history: History, payload: list[Bit], inputs: set[Bit]
) -> dict[Bit, Bit]:
    """What registers that the core sees hold after all transfers."""
    taken: dict[Bit, Bit] = {}
    for bit, _ in cone(storage.circuit, [(bit, 0) for bit in payload], memory=0).leaves:
        if bit not in storage.circuit.registers:
            raise Gap(MORE)
        takes = storage.circuit.registers[bit]
        values = [history.bit(takes, n, known=True) for n in range(storage.transfers)]
        others = [value for value in values if value != bit]
        if len(others) != 1:
            raise Gap(f"what the core sees of a sample is of {len(others)} transfers at once")
        (taken[bit],) = others
    if history.reads(taken.values()) - inputs:
        raise Gap(MORE)
    history.registers |= set(taken)
    return taken


def driven(circuit: Circuit, bits: Mapping[Bit, Bit], gates: Mapping[Bit, Gate]) -> Circuit:
    """A circuit where bits take their values from others, and gates that these need."""
    return replace(
        circuit,
        gates={**circuit.gates, **gates, **{b: Gate(SAME, (of,)) for b, of in bits.items()}},
        registers={b: d for b, d in circuit.registers.items() if b not in bits},
    )
