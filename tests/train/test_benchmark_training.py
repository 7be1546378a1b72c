"""What the benchmark of training compares: its parameters, and how it measures."""

import torch

from benchmarks.cost import Job, costs
from benchmarks.steps import Case, Step, naive, ours
from benchmarks.torchlogix import NUMBERS
from train.layer import FUNCTIONS

CASE = Case((24, 40, 40), 8)
MEBIBYTES = 64


def holds_memory(case: Case) -> Step:
    """Nothing for a small case."""
    return lambda: torch.ones((case != case.small) * MEBIBYTES << 18)


def test_peak_is_what_the_step_needs_beyond_its_start() -> None:
    job = Job(holds_memory, Case((25, 40), 8), threads=1, keeps_memory=False)
    cost = costs([job])[job]
    assert abs(cost.mebibytes - MEBIBYTES) < 4
    assert 0 < cost.milliseconds < 1000


def test_models_of_a_case_have_the_same_parameters() -> None:
    soft, hard = CASE.model(), CASE.model("straight-through")
    for one, other in zip(soft.parameters(), hard.parameters(), strict=True):
        assert torch.equal(one, other)
    for one, other in zip(soft.layers, hard.layers, strict=True):
        assert torch.equal(one.candidates, other.candidates)


def test_steps_of_a_case_run() -> None:
    for prepare in (ours, naive):
        prepare(CASE)()


def test_torchlogix_numbers_are_those_of_its_documentation() -> None:
    a, b = torch.tensor([0, 1, 0, 1]), torch.tensor([0, 0, 1, 1])  # in LUT-INIT order
    known = {1: a & b, 2: a & ~b, 3: a, 4: b & ~a, 5: b, 6: a ^ b, 7: a | b, 10: 1 - b, 12: 1 - a}
    numbers = NUMBERS.tolist()
    assert sorted(numbers) == list(range(16))
    for number, table in known.items():
        assert torch.equal(FUNCTIONS[numbers.index(number)].long(), table)
