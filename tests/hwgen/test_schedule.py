import numpy as np
import pytest

from connective import Feature, InputError, Network, canonicalize, raw, thermometer
from hwgen.schedule import Schedule
from tests.networks import random_network


def layered(
    encoder: object = None, *, layers: tuple[int, ...] = (30, 40), classes: int = 4
) -> Network:
    """AND gates, gate g of a layer over nodes g and g + 1 of the layer before, cyclically."""
    encoder, layers = encoder or raw(20), (30, 40)
    fanin, start, size = [], 0, encoder.n_rows
    for layer in layers:
        g = np.arange(layer)
        fanin.append(start + np.stack([g % size, (g + 1) % size], axis=1))
        start, size = start + size, layer
    gates, table = canonicalize(np.concatenate(fanin), np.full(sum(layers), 8))
    outputs = start + np.arange(size)
    groups = np.arange(classes + 1) * (size // classes)
    ones, bias = np.ones(size, dtype=int), np.zeros(classes, dtype=int)
    return Network(encoder, gates, table, outputs, ones, groups, bias)


# 2 logic levels; 10 bits a class are 2 leaves, so 2 adder levels; 4 classes are 2 rounds
@pytest.mark.parametrize(
    ("levels_per_stage", "latency", "register_bits"),
    [
        (0, 1, 0),
        (1, 6, 30 + 40 + 4 * 6 + 4 * 4 + 2 * (4 + 1) + 5),
        (2, 3, 40 + 4 * 4 + 2),
        (3, 2, 4 * 6 + 1),
        (5, 2, 2 * (4 + 1) + 1),
        (6, 1, 0),
    ],
)
def test_latency_and_registers(levels_per_stage: int, latency: int, register_bits: int) -> None:
    schedule = Schedule(layered(), levels_per_stage)
    assert schedule.latency == latency
    assert schedule.register_bits == register_bits


def test_scores_are_carried_beside_the_argmax() -> None:
    with_scores = Schedule(layered(), 1, scores=True).register_bits
    assert with_scores == Schedule(layered(), 1).register_bits + 4 * 4


def test_comparators_are_a_level_and_plain_bits_are_none() -> None:
    features = [Feature("x", 8)] * 20
    compared = Schedule(layered(thermometer(features, [[7]] * 20)), 1)
    assert compared.encodes
    assert compared.latency == Schedule(layered(), 1).latency + 1


def test_what_no_output_depends_on_is_not_built() -> None:
    # gate 8 reads gate 4, gate 9 gate 5; the outputs are gates 8 and the input bit 3
    fanin = [[0, 1], [0, 1], [1, 2], [2, 3], [4, 6], [5, 5]]
    gates, table = canonicalize(fanin, [8, 6, 8, 14, 6, 5])
    network = Network(raw(4), gates, table, [8, 3], [1, 1], [0, 1, 2], [0, 0])
    buses = Schedule(network, 1).buses
    assert [bus.tolist() for bus in buses] == [[0, 1, 2, 3], [3, 4, 6], [8, 3]]


def test_nodes_are_carried_until_they_are_read() -> None:
    gates, table = canonicalize([[0, 1], [3, 1], [4, 2]], [8, 8, 8])
    network = Network(raw(3), gates, table, [5], [1], [0, 1], [0])
    schedule = Schedule(network, 1, scores=True)
    assert [bus.tolist() for bus in schedule.buses] == [[0, 1, 2], [1, 2, 3], [2, 4], [5]]


def test_a_constant_reads_nothing_and_needs_no_register() -> None:
    gates, table = canonicalize([[0, 0], [1, 1]], [15, 5])
    network = Network(raw(2), gates, table, [2, 3], [1, 1], [0], [], head="bits")
    schedule = Schedule(network, 1)
    assert [bus.tolist() for bus in schedule.buses] == [[1], [2, 3]]
    assert (schedule.latency, schedule.register_bits) == (1, 0)


def test_outputs_of_a_class_lie_together() -> None:
    network = random_network(np.random.default_rng(5), layers=(30, 40), classes=4)
    schedule = Schedule(network, 1)
    assert [s.tolist() for s in schedule.summands] == [
        list(range(c, c + 10)) for c in (0, 10, 20, 30)
    ]


def test_one_class_needs_no_logic_unless_its_score_is_asked_for() -> None:
    network = layered(classes=1)
    assert Schedule(network, 1).latency == 1
    assert [len(bus) for bus in Schedule(network, 1).buses] == [0]
    assert Schedule(network, 1, scores=True).depth == 2


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(InputError, match=r"^levels_per_stage must be 0 or more, not -1$"):
        Schedule(layered(), -1)


def test_scores_of_bits_are_refused() -> None:
    network = random_network(np.random.default_rng(0), layers=(4,), head="bits")
    with pytest.raises(InputError, match="head 'bits', which has none"):
        Schedule(network, 1, scores=True)
