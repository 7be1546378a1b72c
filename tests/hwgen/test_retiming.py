from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError
from hwgen.retiming import Dataflow, retime
from tests.hwgen.paths import fits


@st.composite
def dataflows(draw: st.DrawFn) -> Dataflow:
    """Up to five operations between the arrival and the result, which reads what no other does."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 5)) + 2
    nets = [(op, int(rng.integers(0, 4))) for op in range(n - 1) for _ in range(rng.integers(1, 3))]
    reads = set()
    for op in range(1, n - 1):
        earlier = [net for net, (driver, _) in enumerate(nets) if driver < op]
        for net in rng.choice(earlier, min(len(earlier), int(rng.integers(0, 4))), replace=False):
            reads.add((op, int(net)))
    unread = {net for net, (driver, _) in enumerate(nets)} - {net for _, net in reads}
    reads |= {(n - 1, net) for net in unread}
    delay = np.array([0, *rng.integers(0, 4, n - 2), 0])
    driver, bits = np.array(nets).T
    reader, net = np.array(sorted(reads)).T
    return Dataflow(delay, driver, bits, net, reader)


@settings(max_examples=150, deadline=None)
@given(dataflows(), st.integers(3, 6), st.integers(0, 1))
def test_no_other_stages_need_fewer_registers(flow: Dataflow, budget: int, spare: int) -> None:
    n_stages = flow.n_stages(budget) + spare
    found = retime(flow, budget, n_stages)
    assert fits(flow, found.stage, budget)
    assert (found.stage[0], found.stage[-1]) == (0, n_stages - 1)
    assert found.register_bits == flow.register_bits(found.stage) == found.lower_bound
    if n_stages ** len(flow.delay) <= 4**7:
        all_stages = (
            np.array([0, *middle, n_stages - 1])
            for middle in product(range(n_stages), repeat=len(flow.delay) - 2)
        )
        least = min(flow.register_bits(s) for s in all_stages if fits(flow, s, budget))
        assert found.register_bits == least


@settings(max_examples=150, deadline=None)
@given(dataflows(), st.integers(3, 6))
def test_there_are_as_few_stages_as_the_budget_allows(flow: Dataflow, budget: int) -> None:
    n_stages = flow.n_stages(budget)
    if n_stages > 1:
        fewer = product(range(n_stages - 1), repeat=len(flow.delay))
        assert not any(fits(flow, np.array(stage), budget) for stage in fewer)


def test_all_is_one_stage_without_a_budget() -> None:
    flow = chain(5)
    assert flow.n_stages(0) == 1
    assert retime(flow, 0, 1).stage.tolist() == [0] * 7


def test_registers_stand_where_the_flow_is_narrow() -> None:
    flow = chain(4, bits=[8, 8, 1, 8, 8])
    assert flow.n_stages(2) == 2
    assert retime(flow, 2, 2).register_bits == 1
    assert flow.n_stages(3) == 2
    assert retime(flow, 3, 2).stage.tolist() == [0, 0, 0, 1, 1, 1]


def test_an_operation_that_exceeds_the_budget_is_refused() -> None:
    flow = Dataflow(*(np.array(a) for a in ([0, 5, 0], [0, 1], [1, 1], [0, 1], [1, 2])))
    with pytest.raises(InputError, match=r"^an operation takes 5, more than the 4 of a stage: "):
        flow.n_stages(4)


def chain(length: int, bits: list[int] | None = None) -> Dataflow:
    """Operations in a row, of delay 1 each."""
    operations = np.arange(length + 1)
    delay = np.array([0, *[1] * length, 0])
    wide = np.array(bits or [1] * (length + 1))
    return Dataflow(delay, operations, wide, operations, operations + 1)
