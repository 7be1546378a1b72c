import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.simplify import simplify
from connective.tools.yosys import quote, run_yosys
from hwgen.form import Form
from hwgen.request import Request
from hwgen.schedule import Schedule
from hwgen.wiring import Wiring
from tests.designs import declared_register_bits, make_design
from tests.networks import networks, random_network

COPIED = r'dont_touch = "true", dont_merge \*\) reg (?:\[(\d+):0\] )?s\d+_copied\d+;'
NETWORK = simplify(random_network(np.random.default_rng(5), layers=(60, 80), classes=3)).network


def loads(schedule: Schedule) -> Counter[tuple[int, int]]:
    """How many read each register, by its node or copy and its stage."""
    network, copies, wiring = schedule.network, schedule.copies, Wiring(schedule)
    found: Counter[tuple[int, int]] = Counter()
    for gate in np.concatenate([np.zeros(0, dtype=int), *schedule.levels]).tolist():
        row = gate - network.n_inputs
        stage = int(schedule.node_stage[gate])
        read = schedule.fanin[row][schedule.operations.reads[row]].tolist()
        found.update((node, stage) for node in set(read))
    for reads in (*wiring.popcount_reads, wiring.result):
        found.update(reads)
    last: dict[int, int] = {}
    for node, stage in found:
        own = copies.node.get(node, node)
        last[own] = max(last.get(own, 0), stage)
    for node, end in last.items():
        found.update((node, stage) for stage in range(int(schedule.node_stage[node]), end))
    found.update((source, stage - 1) for source, stage in copies.source.values())
    return Counter(
        {
            (node, stage): n
            for (node, stage), n in found.items()
            if stage > schedule.node_stage[copies.node.get(node, node)]
            and schedule.operations.varies[copies.node.get(node, node)]
        }
    )


@settings(max_examples=60, deadline=None)
@given(networks(heads=("class", "bits")), st.integers(1, 3), st.integers(2, 5))
def test_no_register_of_a_node_has_more_readers(
    network: Network, levels_per_stage: int, limit: int
) -> None:
    schedule = Schedule(network, levels_per_stage, max_fanout=limit)
    most = max(loads(schedule).values(), default=0)
    assert most <= limit
    unlimited = Schedule(network, levels_per_stage)
    needed = max(loads(unlimited).values(), default=0) > limit
    assert bool(schedule.copies.source) == needed
    assert schedule.register_bits == unlimited.register_bits + len(schedule.copies.source)
    assert schedule.least_register_bits == unlimited.least_register_bits


@pytest.mark.parametrize("gated", [False, True])
def test_the_verilog_has_the_copies_and_synthesis_keeps_them(tmp_path: Path, gated: bool) -> None:
    form = Form(clock_gating=gated)
    limited = make_design(tmp_path / "limited", NETWORK, max_fanout=2, form=form)
    plain = make_design(tmp_path / "plain", NETWORK, form=form)
    n_copies = limited.register_bits - plain.register_bits
    assert n_copies > 10
    assert declared_register_bits(tmp_path / "limited", limited) == limited.register_bits
    texts = [(tmp_path / "limited" / source).read_text() for source in limited.sources]
    declared = [match for text in texts for match in re.findall(COPIED, text)]
    apart = sum(int(high or 0) + 1 for high in declared)
    assert apart > n_copies  # the first of each is there too
    commands = [
        *(f"read_verilog {quote(tmp_path / 'limited' / source)}" for source in limited.sources),
        "synth -top accelerator -flatten",
        f"select -assert-count {apart} a:keep t:*DFF* %i",
    ]
    run_yosys(commands, log=tmp_path / "yosys.log", timeout=300)


def test_hot_nodes_are_listed_with_what_the_limit_makes_of_them(tmp_path: Path) -> None:
    fanouts = make_design(tmp_path / "design", NETWORK, max_fanout=3).fanouts
    assert fanouts[0].readers >= fanouts[0].loads > 3
    assert all(fanout.limited and fanout.limited <= 3 for fanout in fanouts)


def test_a_limit_that_nothing_meets_and_forms_without_stages_are_refused() -> None:
    with pytest.raises(InputError, match=r"^the greatest fan-out must be 2 or more, not 1$"):
        Schedule(NETWORK, 1, max_fanout=1)
    with pytest.raises(InputError, match=r"^a fan-out of 4 and the serial form, which has no"):
        Request(max_fanout=4, form=Form(serial=True))
    with pytest.raises(InputError, match=r"^a fan-out of 4 and the combinational interface"):
        Request(max_fanout=4, combinational=True)
