from pathlib import Path

import numpy as np
import pytest

from connective import InputError
from connective.axi_stream import AxiStream
from hwgen.schedule import Schedule
from tests.designs import make_design
from tests.networks import random_network

NETWORK = random_network(np.random.default_rng(4), layers=(30, 40), classes=4)


@pytest.mark.parametrize("latency", [1, 2, 3, 5, 40])
def test_a_latency_is_met_with_as_few_levels_a_stage_as_it_allows(
    tmp_path: Path, latency: int
) -> None:
    design = make_design(tmp_path / "design", NETWORK, latency=latency)
    assert design.latency <= latency
    levels = design.options.levels_per_stage
    assert levels == 1 or Schedule(NETWORK, levels - 1).latency > latency


def test_a_latency_counts_the_cycle_that_a_packet_is_stored(tmp_path: Path) -> None:
    design = make_design(tmp_path / "design", NETWORK, latency=4, stream=AxiStream(32))
    assert design.latency <= 4
    with pytest.raises(InputError, match=r"^latency is 1: with AXI4-Streams it is at least 2$"):
        make_design(tmp_path / "other", NETWORK, latency=1, stream=AxiStream(32))


def test_two_budgets_exclude_one_another(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^latency 3 and 2 levels per stage exclude one another"):
        make_design(tmp_path / "design", NETWORK, latency=3, levels_per_stage=2)
    assert list((tmp_path / "design").iterdir()) == []


def test_an_unknown_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"^target must be one of lut6, lut4, asic, xilinx7, .*, not 'lut5'$"
    ):
        make_design(tmp_path / "design", NETWORK, target="lut5")


def test_the_nodes_that_are_read_most_are_listed(tmp_path: Path) -> None:
    fanouts = make_design(tmp_path / "design", NETWORK).fanouts
    readers = [fanout.readers for fanout in fanouts]
    assert len(fanouts) == 10
    assert readers == sorted(readers, reverse=True)
    assert all(f.loads and f.loads <= f.readers + 1 and f.limited is None for f in fanouts)
    hottest = fanouts[0]
    assert hottest.block == "encoder"
    reads = (NETWORK.fanin == hottest.node).sum() + (NETWORK.outputs == hottest.node).sum()
    assert 0 < hottest.readers <= reads
