import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Feature, InputError, Network, canonicalize, thermometer
from connective.axi_stream import AxiStream
from connective.design import Clock
from hwgen.delays import LEVELS, Delays, Kind, measured
from hwgen.form import Form
from hwgen.request import Request
from hwgen.schedule import Schedule
from hwgen.surroundings import Surroundings
from tests.designs import make_design
from tests.hwgen.paths import fits
from tests.networks import networks, random_network

NETWORK = random_network(np.random.default_rng(4), layers=(30, 40), classes=4)
REFUSED = re.compile(
    r"the least period is (\d+) ps, that of (the [\w ]+), so ask for ([\d.]+) MHz or less$"
)
AXI = ({"stream": AxiStream(32)}, {"axi_lite": True})


def fastest(network: Network, **request: Any) -> tuple[int, float]:
    """The least period in ps and the clock in MHz that the refusal of a clock names."""
    period, _, clock = refusal(network, **request)
    return period, clock


def refusal(network: Network, **request: Any) -> tuple[int, str, float]:
    """The least period, what it is that of, and the clock."""
    with pytest.raises(InputError) as refused:
        Request(clock=100_000, **request).component(network, digest=network.sha256)
    found = REFUSED.search(str(refused.value))
    assert found
    return int(found[1]), found[2], float(found[3])


def scheduled(network: Network, **asked: Any) -> tuple[Schedule, int]:
    """The stages with AXI, and the bits that are kept of a packet, or its bytes if more."""
    request = Request(**asked)
    packing, lanes, behind = request.received(network)
    around = Surroundings.of(lanes, packing, axi_lite=request.axi_lite)
    return request.schedule(behind, around), max(lanes.register_bits, 4 * packing.n_beats)


def image(pixels: int, width: int = 8) -> Network:
    """A threshold a pixel, and a gate for each of them; nothing is slow but what receives it."""
    rng = np.random.default_rng(pixels)
    features = [Feature(f"pixel{number}", width) for number in range(pixels)]
    fanin = np.arange(pixels)[:, None] + np.array([0, 1])
    fanin, table = canonicalize(fanin % pixels, np.full(pixels, 6, dtype=np.uint64))
    return Network(
        thermometer(features, rng.integers(1, 1 << width, (pixels, 1)).tolist()),
        fanin,
        table,
        pixels + np.arange(pixels, dtype=np.uint32),
        np.ones(pixels, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        head="bits",
    )


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


@settings(max_examples=20, deadline=None)
@given(networks(), st.sampled_from(sorted(measured())), st.sampled_from(AXI))
def test_what_is_around_a_core_fits_into_its_period(
    network: Network, target: str, axi: dict[str, Any]
) -> None:
    period, _, clock = refusal(network, target=target, **axi)
    schedule, received = scheduled(network, clock=clock, target=target, **axi)
    delays, kinds = measured()[target], ("stream flow", "receiver")
    if "axi_lite" in axi:
        kinds = ("bus flow", "registers")
    for kind, number in zip(kinds, (schedule.latency, received), strict=True):
        assert delays.overhead + delays.of(kind, number.bit_length()) <= period
    with pytest.raises(InputError, match=f"the least period is {period} ps"):
        scheduled(network, clock=1e6 / (period - 1) - 1e-9, target=target, **axi)


@pytest.mark.parametrize(
    ("axi", "pixels", "width", "what", "kind"),
    [
        (AXI[0], 784, 8, "the receiver of packets", "receiver"),
        (AXI[1], 784, 8, "the registers of a sample", "registers"),
        (AXI[0], 2, 32, "the comparisons before the core", "comparison"),
    ],
)
def test_a_refused_clock_names_what_is_too_slow(
    axi: dict[str, Any], pixels: int, width: int, what: str, kind: Kind
) -> None:
    network = image(pixels, width)
    period, named, clock = refusal(network, target="ice40", **axi)
    assert named == what
    assert scheduled(network, clock=clock, target="ice40", **axi)[0].latency
    if width == 8:
        native, named, _ = refusal(network, target="ice40")
        assert native < period and named in ("the longest operation", "the flow control")
        delays = measured()["ice40"]
        assert period == delays.overhead + delays.of(kind, pixels.bit_length())


@pytest.mark.parametrize(("axi", "kind"), [(AXI[0], "stream flow"), (AXI[1], "bus flow")])
def test_the_flow_control_of_many_stages_is_that_of_axi(axi: dict[str, Any], kind: Kind) -> None:
    deep = random_network(np.random.default_rng(0), layers=[8] * 60, head="bits")
    period, named, clock = refusal(deep, target="ice40", **axi)
    assert named == "the flow control"
    schedule, _ = scheduled(deep, clock=clock, target="ice40", **axi)
    flow, delays = schedule.operations.dataflow, measured()["ice40"]
    budget = period - delays.overhead
    assert delays.of(kind, flow.n_stages(budget).bit_length()) <= budget
    assert delays.of(kind, flow.n_stages(budget - 1).bit_length()) > budget - 1


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
