import numpy as np
import pytest

from connective import Feature, InputError, Network, canonicalize, raw, thermometer
from connective.encoder import Encoder
from hwgen.schedule import Schedule
from hwgen.wiring import Wiring
from tests.networks import random_network


def layered(encoder: Encoder | None = None, *, classes: int = 4) -> Network:
    """Layers of 80 and 40 AND gates behind 160 bits, each of which reads two of its own."""
    first, second = np.arange(160).reshape(80, 2), 160 + np.arange(80).reshape(40, 2)
    gates, table = canonicalize(np.concatenate([first, second]), np.full(120, 8))
    groups = np.arange(classes + 1) * (40 // classes)
    ones, bias = np.ones(40, dtype=int), np.zeros(classes, dtype=int)
    return Network(encoder or raw(160), gates, table, 240 + np.arange(40), ones, groups, bias)


# 2 levels of gates; 10 bits a class are a counter of 6, which leaves 7, and two additions: after
# the first there are two bits of the sum, a carry and a bit of the count, after the second 4 bits;
# 2 matches in a row, of which the first leaves 4 bits of score and 1 of label. With one level a
# stage, 9 of the 10 bits are gates that 3 counters take in, which leaves 7 too.
@pytest.mark.parametrize(
    ("levels_per_stage", "latency", "register_bits"),
    [
        (0, 1, 0),
        (1, 6, 80 + 4 * 7 + 4 * 4 + 4 * 4 + 2 * (4 + 1) + 5),
        (2, 4, 40 + 4 * 4 + 2 * (4 + 1) + 3),
        (3, 3, 4 * 7 + 2 * (4 + 1) + 2),
        (4, 2, 4 * 4 + 1),
        (5, 2, 4 * 4 + 1),
        (6, 2, 2 * (4 + 1) + 1),
        (7, 1, 0),
    ],
)
def test_latency_and_registers(levels_per_stage: int, latency: int, register_bits: int) -> None:
    schedule = Schedule(layered(), levels_per_stage)
    assert schedule.latency == latency
    assert schedule.register_bits == schedule.least_register_bits == register_bits


def test_scores_are_carried_beside_the_argmax() -> None:
    with_scores = Schedule(layered(), 1, scores=True).register_bits
    assert with_scores == Schedule(layered(), 1).register_bits + 4 * 4


def test_comparators_are_a_level_and_plain_bits_are_none() -> None:
    features = [Feature("x", 8)] * 160
    compared = Schedule(layered(thermometer(features, [[7]] * 160)), 1)
    assert compared.encodes
    assert compared.latency == Schedule(layered(), 1).latency + 1


def test_what_no_output_depends_on_is_not_built() -> None:
    # gate 8 reads gate 4, gate 9 gate 5; the outputs are gate 8 and the input bit 3
    fanin = [[0, 1], [0, 1], [1, 2], [2, 3], [4, 6], [5, 5]]
    gates, table = canonicalize(fanin, [8, 6, 8, 14, 6, 5])
    network = Network(raw(4), gates, table, [8, 3], [1, 1], [0, 1, 2], [0, 0])
    schedule = Schedule(network, 1)
    assert [level.tolist() for level in schedule.levels] == [[4, 6], [8]]
    assert [row for row, _ in Wiring(schedule).encoder_gives] == [0, 1, 2, 3]


def test_a_gate_with_slack_waits_where_that_saves_registers() -> None:
    # gate 3 of two inputs is read only by gate 6, behind 4 and 5: it is better late than early
    gates, table = canonicalize([[0, 1], [2, 2], [4, 2], [3, 5]], [8, 5, 8, 8])
    network = Network(raw(3), gates, table, [6], [1], [0], [], head="bits")
    stage = Schedule(network, 1).node_stage
    assert stage[3:].tolist() == [0, 0, 1, 2]
    wide = Network(raw(3), gates, table, [6, 0, 1], [1, 1, 1], [0], [], head="bits")
    assert Schedule(wide, 1).node_stage[3] == 1  # its inputs wait anyway


def test_rows_that_ask_the_same_are_compared_once() -> None:
    encoder = thermometer([Feature("x", 4)], [[3, 3]])
    network = Network(encoder, np.zeros((0, 1)), [], [0, 1], [1, 1], [0], [], head="bits")
    schedule = Schedule(network, 1)
    assert Wiring(schedule).encoder_gives == [(0, 0)]
    assert len(schedule.stage) == 3


def test_a_constant_reads_nothing_and_needs_no_register() -> None:
    gates, table = canonicalize([[0, 0], [1, 1]], [15, 5])
    network = Network(raw(2), gates, table, [2, 3], [1, 1], [0], [], head="bits")
    schedule = Schedule(network, 1)
    assert [row for row, _ in Wiring(schedule).encoder_gives] == [1]
    assert (schedule.latency, schedule.register_bits) == (1, 0)


def test_what_one_popcount_reads_stands_together() -> None:
    schedule = Schedule(layered(), 0)
    (gives,) = Wiring(schedule).level_gives[1:]
    assert gives == [(node, 0) for node in schedule.output_nodes.tolist()]


def test_one_class_needs_no_logic_unless_its_score_is_asked_for() -> None:
    network = layered(classes=1)
    assert Schedule(network, 1).latency == 1
    assert Schedule(network, 1).levels == ()
    assert len(Schedule(network, 1, scores=True).levels) == 2


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(InputError, match=r"^the budget of a stage must be 0 or more, not -1$"):
        Schedule(layered(), -1)


def test_scores_of_bits_are_refused() -> None:
    network = random_network(np.random.default_rng(0), layers=(4,), head="bits")
    with pytest.raises(InputError, match="head 'bits', which has none"):
        Schedule(network, 1, scores=True)
