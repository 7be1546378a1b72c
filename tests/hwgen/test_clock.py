import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.axi_stream import AxiStream
from connective.design import Clock
from hwgen.delays import LEVELS, Delays, measured
from hwgen.form import Form
from hwgen.request import Request
from tests.designs import make_design
from tests.hwgen.paths import fits
from tests.networks import networks, random_network

NETWORK = random_network(np.random.default_rng(4), layers=(30, 40), classes=4)
REFUSED = re.compile(r"the least period is (\d+) ps, so ask for ([\d.]+) MHz or less$")


def fastest(network: Network, **request: Any) -> tuple[int, float]:
    """The least period in ps and the clock in MHz that the refusal of a clock names."""
    with pytest.raises(InputError) as refusal:
        Request(clock=100_000, **request).schedule(network)
    found = REFUSED.search(str(refusal.value))
    assert found
    return int(found[1]), float(found[2])


@settings(max_examples=40, deadline=None)
@given(
    networks(heads=("class", "scores", "bits")),
    st.sampled_from(sorted(measured())),
    st.floats(0.05, 1),
    st.booleans(),
)
def test_no_path_in_a_stage_takes_longer_than_the_period_leaves(
    network: Network, target: str, share: float, margin: bool
) -> None:
    margin = margin and network.head != "bits" and network.n_classes > 1
    clock = share * fastest(network, target=target, margin=margin)[1]
    schedule = Request(clock=clock, target=target, margin=margin).schedule(network)
    delays, period = measured()[target], 1e6 / clock
    flow = schedule.operations.dataflow
    assert fits(flow, schedule.stage, int(period) - delays.overhead)
    assert flow.delay.max() + delays.overhead <= period
    assert delays.overhead + delays.of("flow", schedule.latency.bit_length()) <= period
    assert schedule.register_bits == schedule.least_register_bits


@settings(max_examples=20, deadline=None)
@given(networks(), st.sampled_from(sorted(measured())))
def test_the_least_period_is_met_and_no_shorter_one(network: Network, target: str) -> None:
    period, clock = fastest(network, target=target)
    Request(clock=clock, target=target).schedule(network)
    Request(clock=1e6 / (period + 0.5), target=target).schedule(network)
    with pytest.raises(InputError, match=f"the least period is {period} ps"):
        Request(clock=1e6 / (period - 1) - 1e-9, target=target).schedule(network)


def test_a_slower_clock_needs_fewer_stages() -> None:
    clock = fastest(NETWORK, target="ice40")[1]
    latencies = [
        Request(clock=share * clock, target="ice40").schedule(NETWORK).latency
        for share in (1, 0.5, 0.25, 0.001)
    ]
    assert latencies == sorted(latencies, reverse=True)
    assert latencies[0] > latencies[-1] == 1


def test_a_design_says_what_clock_it_was_made_for(tmp_path: Path) -> None:
    design = make_design(tmp_path / "design", NETWORK, clock=50.0, target="ice40")
    overhead = measured()["ice40"].overhead
    assert design.options.clock == Clock(mhz=50.0, overhead=overhead, budget=20_000 - overhead)
    assert design.options.levels_per_stage is None
    header = (tmp_path / "design" / next(iter(design.sources))).read_text().splitlines()[1]
    assert header.endswith("clock: 50 MHz, ice40")


@pytest.mark.parametrize(
    ("also", "sentence"),
    [
        ({"target": "lut6"}, "target lut6, whose delays were not measured: choose one of ice40, "),
        ({"target": "xilinx7"}, "or give levels per stage or a latency$"),
        ({"levels_per_stage": 2}, "^2 levels per stage and a clock of 50 MHz, which decides what"),
        (
            {"latency": 3},
            "^latency 3 and a clock of 50 MHz, which decides what a stage holds, excl",
        ),
        ({"form": Form(serial=True)}, "^the serial form and a clock of 50 MHz, which "),
        ({"combinational": True}, "^the combinational interface and a clock of 50 MHz, which "),
    ],
)
def test_what_a_clock_does_not_go_with_is_refused(also: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Request(**{"clock": 50, "target": "ice40", **also})


@pytest.mark.parametrize("clock", [0, -1.0, float("nan"), float("inf"), 2e6])
def test_a_clock_that_is_none_is_refused(clock: float) -> None:
    with pytest.raises(InputError, match="^clock must be more than 0 and less than 1000000 MHz"):
        Request(clock=clock, target="ice40")


def test_streams_of_axi_are_staged_for_a_clock_too(tmp_path: Path) -> None:
    design = make_design(
        tmp_path / "design", NETWORK, clock=50.0, target="ice40", stream=AxiStream(32)
    )
    core = Request(clock=50.0, target="ice40").schedule(NETWORK)
    assert design.latency <= 1 + core.latency  # its words are compared before the core


def test_delays_between_measured_sizes_lie_on_straight_lines() -> None:
    delays = Delays(0, {"match": ((4, 100), (8, 200), (9, 300))})
    sizes = (1, 4, 5, 8, 9, 10)
    assert [delays.of("match", size) for size in sizes] == [100, 100, 125, 200, 300, 400]
    assert LEVELS.of("match", 17) == 1


@pytest.mark.parametrize("target", sorted(measured()))
def test_a_larger_operation_takes_no_less(target: str) -> None:
    for kind in measured()[target].points:
        delays = [measured()[target].of(kind, size) for size in range(1, 40)]
        assert delays == sorted(delays)
