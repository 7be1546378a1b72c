"""Small circuits of operations as cores have them, for measuring what these take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from amaranth.hdl import Cat, Module, Value
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from connective import Encoder, Feature, Network, canonicalize, raw, thermometer
from hwgen.adders import add_columns, count
from hwgen.argmax import Argmax
from hwgen.block import Block
from hwgen.combinational import Combinational
from hwgen.delays import Kind
from hwgen.flow import Flow
from hwgen.formula import support
from hwgen.graph import Graph
from hwgen.ranking import ranking_of
from hwgen.schedule import Schedule
from hwgen.tournament import Entrant, margin_of, tournament

WIDE = 24  # gates side by side
FLOW_WIDTH = 4
GATES = {2: (1, 2, 3, 4, 6), 3: (1, 2), 4: (1, 2, 3), 5: (1,), 6: (1,)}
"""Levels of gates, by their inputs."""


@dataclass(frozen=True)
class Case:
    """A circuit, and the operations in a row on its longest path, by kind and size.

    reads: how many bits its copies read in all, about
    """

    operations: Mapping[tuple[Kind, int], int]
    block: Callable[[], Block]
    reads: int = 400


class Registers(Block):
    """Nothing between registers."""

    summary = "A wire."

    def __init__(self) -> None:
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.comb += self.o.eq(self.i)
        return m


class Duel(Block):
    """Which of two words is the greater."""

    summary = "A comparison of two words."

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__({"i": In(2 * width), "o": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.comb += self.o.eq(self.i[: self.width] > self.i[self.width :])
        return m


class Counters(Block):
    """A counter, or several whose lowest bits another one counts."""

    summary = "Counters of bits."

    def __init__(self, inputs: int, rounds: int) -> None:
        self.inputs, self.rounds = inputs, rounds
        super().__init__({"i": In(inputs**rounds), "o": Out(inputs.bit_length())})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        left = list(self.i)
        for number in range(self.rounds - 1):
            starts = range(0, len(left), self.inputs)
            left = [count(m, left[s : s + self.inputs], f"round{number}_{s}")[-1] for s in starts]
        m.d.comb += self.o.eq(Cat(count(m, left, "last")))
        return m


class Additions(Block):
    """Additions in a row, each of so many bits in each of two columns."""

    summary = "Additions of columns."

    def __init__(self, bits: int, additions: int) -> None:
        self.bits, self.additions = bits, additions
        super().__init__({"i": In(2 * bits * additions), "o": Out(3 * additions + bits)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        left, results = list(self.i), list[Value]()
        carries: list[Value] = []
        for number in range(self.additions):
            own, left = left[: 2 * self.bits], left[2 * self.bits :]
            low, high = own[: self.bits], own[self.bits :]
            low = [*carries, *low][: self.bits]
            sums, carries = add_columns(m, [low, high], f"add{number}")
            results += sums
        m.d.comb += self.o.eq(Cat(*results, *carries))
        return m


def gates(inputs: int, levels: int) -> Block:
    """Random gates that depend on all of their inputs."""
    rng = np.random.default_rng(inputs)
    width = 2 * WIDE
    fanin, table = [], []
    for level in range(levels):
        first, n = (0, width) if level == 0 else (width + WIDE * (level - 1), WIDE)
        for _ in range(WIDE):
            fanin.append(first + rng.permutation(n)[:inputs])
            table.append(random_table(rng, inputs))
    every, tables = canonicalize(np.array(fanin), np.array(table, dtype=np.uint64))
    return _of_bits(raw(width), every, tables, width + WIDE * (levels - 1) + np.arange(WIDE))


def random_table(rng: np.random.Generator, inputs: int) -> int:
    """Of a gate that depends on all of its inputs."""
    while True:
        table: int = int.from_bytes(rng.bytes(8), "little") & ((1 << 2**inputs) - 1)
        if len(support(table, inputs)) == inputs:
            return table


def comparisons(width: int) -> Block:
    """Of words with random thresholds."""
    rng, n = np.random.default_rng(width), 8
    features = [Feature(f"word{word}", width) for word in range(n)]
    encoder = thermometer(features, rng.integers(1, 1 << width, (n, 1)).tolist())
    no_gates, no_tables = canonicalize(np.zeros((0, 1), dtype=np.int64), [])
    return _of_bits(encoder, no_gates, no_tables, np.arange(n))


def _of_bits(
    encoder: Encoder,
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    outputs: NDArray[np.integer],
) -> Block:
    return Combinational(Schedule(bits_of(encoder, fanin, table, outputs), 0))


def bits_of(
    encoder: Encoder,
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    outputs: NDArray[np.integer],
) -> Network:
    """A network that gives the values of some nodes."""
    return Network(
        encoder,
        fanin,
        table,
        outputs.astype(np.uint32),
        np.ones(len(outputs), dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        head="bits",
    )


def matches(width: int, rounds: int, *, seconds: bool = False) -> Block:
    """A tournament of scores, without what comes before."""
    graph, entrants = _scores(width, 1 << rounds)
    played = tournament(graph, entrants, seconds=seconds)
    return Argmax(entrants, played, [0] * len(played), end=0, keep_scores=False)


def margin(width: int) -> Block:
    """The margin behind a match of two."""
    graph, entrants = _scores(width, 2)
    played = tournament(graph, entrants, seconds=True)
    lead = margin_of(graph, played[-1], True, 3)
    return Argmax(entrants, played, [0], end=0, keep_scores=False, margin=lead)


def ranking(width: int, classes: int) -> Block:
    """The best two of some classes, beside the best one."""
    graph, entrants = _scores(width, classes)
    played = tournament(graph, entrants, seconds=False)
    ranked = ranking_of(graph, entrants, 2)
    at_once = [0] * (len(ranked.duels) + 1)
    return Argmax(
        entrants,
        played,
        [0] * len(played),
        end=0,
        keep_scores=False,
        ranking=ranked,
        ranking_stage=at_once,
    )


def _scores(width: int, classes: int) -> tuple[Graph, list[Entrant]]:
    graph = Graph()
    high = (1 << width) - 1
    nets = [graph.drive(0, width) for _ in range(classes)]
    return graph, [Entrant((net,), c, c + 1, 0, high) for c, net in enumerate(nets)]


def flow(latency: int) -> Block:
    return Flow(FLOW_WIDTH, latency=latency)


OPERATIONS: dict[str, Case] = {
    "registers": Case({}, Registers),
    **{
        f"{levels} of gates of {k}": Case({("gate", k): levels}, partial(gates, k, levels))
        for k, several in GATES.items()
        for levels in several
    },
    **{
        f"comparison of {width}": Case({("comparison", width): 1}, partial(comparisons, width))
        for width in (2, 4, 8, 12, 16, 24)
    },
    **{
        f"{rounds} of counters of {n}": Case({("counter", n): rounds}, partial(Counters, n, rounds))
        for n, rounds in [(3, 1), (3, 2), (3, 3), (6, 1), (6, 2), (7, 1), (7, 2)]
    },
    **{
        f"{n} of additions of {2 * bits}": Case(
            {("addition", 2 * bits): n}, partial(Additions, bits, n)
        )
        for bits, n in [(2, 1), (2, 2), (3, 2), (4, 1), (4, 2), (6, 1), (6, 2), (8, 1)]
    },
    **{
        f"{rounds} of matches of {width}": Case(
            {("match", width): rounds}, partial(matches, width, rounds)
        )
        for width, rounds in [(4, 1), (4, 2), (7, 1), (7, 2), (10, 1), (10, 2)]
    },
    **{
        f"2 of matches of {width} with seconds": Case(
            {("match with second", width): 2}, partial(matches, width, 2, seconds=True)
        )
        for width in (5, 10)
    },
    **{
        f"match and margin of {width}": Case(
            {("match with second", width): 1, ("margin", width): 1}, partial(margin, width)
        )
        for width in (5, 10)
    },
    **{
        f"duel of {width}": Case({("duel", width): 1}, partial(Duel, width)) for width in (5, 7, 10)
    },
    **{
        f"duel of {width} and labels of {classes}": Case(
            {("duel", width): 1, ("labels", classes): 1},
            partial(ranking, width, classes),
            reads=100,
        )
        for width, classes in ((5, 3), (10, 3), (7, 10))
    },
    **{
        f"flow with latency {latency}": Case(
            {("flow", latency.bit_length()): 1}, partial(flow, latency), reads=24
        )
        for latency in (3, 6, 12, 24, 48)
    },
}
