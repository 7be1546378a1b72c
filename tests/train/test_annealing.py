import pytest

from train.annealing import Schedule, learning_rate
from train.config import Annealing, TrainingSection


def test_paper_schedule_falls_linearly_and_hardens_gates_after_connections() -> None:
    annealing = Annealing(shape="linear", end=0.5, connections=((0, 0.5),), gates=((0.5, 1),))
    schedule = Schedule(annealing, 2)
    assert schedule.temperatures(0.0) == [(1.0, 1.0)] * 2
    assert schedule.temperatures(0.25) == [(0.75, 1.0)] * 2
    assert schedule.temperatures(0.5) == [(0.5, 1.0)] * 2
    assert schedule.temperatures(0.75) == [(0.5, 0.75)] * 2
    assert schedule.temperatures(1.0) == [(0.5, 0.5)] * 2


def test_geometric_fall_is_by_equal_factors() -> None:
    annealing = Annealing(end=0.01, connections=((0.2, 0.6),), gates=((0.2, 0.6),))
    schedule = Schedule(annealing, 1)
    assert schedule.temperatures(0.4)[0][0] == pytest.approx(0.1)
    assert schedule.temperatures(0.5)[0][0] == pytest.approx(0.1**1.5)


@pytest.mark.parametrize("n_layers", range(1, 9))
def test_staggered_windows_harden_from_input_to_output_and_end_within_training(
    n_layers: int,
) -> None:
    schedule = Schedule(Annealing(), n_layers)
    assert schedule.temperatures(schedule.start) == [(1.0, 1.0)] * n_layers
    assert schedule.temperatures(1.0) == [(0.01, 0.01)] * n_layers
    for step in range(101):
        temperatures = schedule.temperatures(step / 100)
        assert all(connections <= gates for connections, gates in temperatures)
        assert temperatures == sorted(temperatures)


def test_each_layer_may_have_its_own_window() -> None:
    annealing = Annealing(connections=((0.1, 0.2), (0.3, 0.4)), gates=((0.5, 0.6),))
    schedule = Schedule(annealing, 2)
    assert schedule.temperatures(0.25) == [(0.01, 1.0), (1.0, 1.0)]
    assert schedule.start == 0.1


def test_the_learning_rate_stays_or_falls_along_a_cosine() -> None:
    values = {"epochs": 1, "tau": 1.0, "learning_rate": 0.1}
    constant, cosine = (TrainingSection(**values, schedule=s) for s in ("constant", "cosine"))
    progress = (0.0, 0.5, 1.0)
    assert [learning_rate(constant, p) for p in progress] == [0.1] * 3
    assert [learning_rate(cosine, p) for p in progress] == pytest.approx([0.1, 0.051, 0.002])
