"""Every form answers as the network, in exactly the cycles that it declares."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from amaranth.sim import Simulator
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from hwgen.core import Core
from hwgen.form import Form
from hwgen.running_best import RunningBest
from hwgen.schedule import Schedule
from tests.designs import CONTROL, declared_register_bits, make_design
from tests.hwgen.amaranth_bench import split, stream
from tests.hwgen.icarus_bench import cut
from tests.hwgen.test_emit import check, lint
from tests.networks import networks, random_network, random_samples

N = 6
FORMS = st.builds(Form, st.just(True), st.none() | st.integers(1, 4), st.none() | st.integers(1, 9))
NARROW = st.builds(Form, st.just(False), st.none(), st.integers(1, 9))


def has(network: Network, form: Form) -> bool:
    """Whether a network can be built in a form."""
    width = network.encoder.payload_width
    serves = network.n_classes > 1 and bool(network.weights.any())
    return (serves or not form.serial) and (form.input_width or 0) < width


def answers(core: Core, samples: np.ndarray, rng: np.random.Generator | None) -> None:
    """The core answers all samples as its network; without `rng` in the cycles that it declares."""
    network = core.schedule.network
    words = cut(network.encoder.payloads(samples), len(core.i_payload), core.beats)
    results, sent, taken = stream(
        core, "i_payload", words, list(core.results), rng=rng, beats=core.beats
    )
    assert [result[0] for result in results] == network.predict(samples).tolist()
    if core.schedule.scores:
        width, signed = core.schedule.score_width, core.schedule.score_range[0] < 0
        rows = [list(split(r[1], width, network.n_classes, signed=signed)) for r in results]
        assert rows == network.scores(samples).tolist()
    if rng is None:
        starts = [core.initiation_interval * i for i in range(len(samples))]
        last = core.beats - 1
        beats = (*range(last), core.initiation_interval - 1)
        assert sent == [start + beat for start in starts for beat in beats]
        assert taken == [start + last + core.latency for start in starts]


@settings(max_examples=25, deadline=None)
@given(networks(max_gates=24), FORMS | NARROW, st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_every_form_computes_the_network(
    network: Network, form: Form, levels_per_stage: int, seed: int
) -> None:
    assume(has(network, form))
    rng = np.random.default_rng(seed)
    schedule = Schedule(network, levels_per_stage, scores=bool(seed % 2))
    samples = random_samples(rng, network, N)
    for stalls in (None, rng):
        answers(form.core(schedule), samples, stalls)


@settings(max_examples=8, deadline=None)
@given(networks(max_gates=24), FORMS | NARROW, st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_the_verilog_of_every_form_computes_the_network(
    tmp_path_factory: pytest.TempPathFactory,
    network: Network,
    form: Form,
    levels_per_stage: int,
    seed: int,
) -> None:
    assume(has(network, form))
    folder = tmp_path_factory.mktemp("verilog") / "design"
    design = make_design(
        folder, network, levels_per_stage=levels_per_stage, scores=bool(seed % 2), form=form
    )
    check(network, folder, design, seed)
    lint(folder, design)


def test_a_serial_core_is_as_quick_as_it_says(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=(30, 30), classes=3)
    for form, levels_per_stage, interval in (
        (Form(serial=True), None, 3),
        (Form(serial=True, bits_per_cycle=4), None, 9),
        (Form(serial=True, bits_per_cycle=1), 0, 30),
        (Form(serial=True), 1, 5),
    ):
        folder = tmp_path / str(interval)
        design = make_design(folder, network, levels_per_stage=levels_per_stage, form=form)
        assert (design.initiation_interval, design.latency) == (interval, interval)
        assert (design.options.form, design.options.bits_per_cycle) == (
            "serial",
            form.bits_per_cycle,
        )
        assert design.protocol.beats == 1


def test_a_narrow_input_adds_no_cycle_but_those_of_the_beats(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=(30, 30), classes=3)
    width = network.encoder.payload_width
    whole = make_design(tmp_path / "whole", network)
    for beats in (2, 3, width):
        narrow = make_design(
            tmp_path / str(beats), network, form=Form(input_width=-(-width // beats))
        )
        assert narrow.protocol.beats == narrow.initiation_interval == beats
        assert narrow.latency == whole.latency


@pytest.mark.parametrize("form", [Form(True), Form(True, 3), Form(True, 3, 5), Form(input_width=5)])
@pytest.mark.parametrize("levels_per_stage", [0, 1])
def test_the_verilog_has_the_registers_that_the_design_counts(
    tmp_path: Path, form: Form, levels_per_stage: int
) -> None:
    network = random_network(np.random.default_rng(2), layers=(20, 30), classes=4)
    folder = tmp_path / "design"
    design = make_design(folder, network, levels_per_stage=levels_per_stage, scores=True, form=form)
    streams = CONTROL | {"at_class", "at_cycle", "settled", "o_valid", "beat"}
    assert declared_register_bits(folder, design, without=streams) == design.register_bits


def test_ties_go_to_the_lowest_class() -> None:
    rows = list(itertools.product(range(3), repeat=3))
    block = RunningBest(2, 3, base=0)

    async def bench(ctx: Any) -> None:
        for row in rows:
            for c, total in enumerate(row):
                ctx.set(block.total, total)
                ctx.set(block.at_class, c)
                ctx.set(block.ends, 1)
                await ctx.tick()
            assert ctx.get(block.label) == int(np.argmax(row))

    simulator = Simulator(block)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize("form", [Form(True), Form(True, 2), Form(True, 2, 5), Form(input_width=5)])
def test_ready_and_valid_do_not_depend_on_the_other_side_within_a_cycle(form: Form) -> None:
    network = random_network(np.random.default_rng(2), layers=(20, 30), classes=3)
    core, rng = form.core(Schedule(network, 1)), np.random.default_rng(1)
    seen = set()

    async def bench(ctx: Any) -> None:
        for _ in range(200):
            states = []
            for _ in range(3):
                ctx.set(core.i_payload, int(rng.integers(1 << len(core.i_payload))))
                ctx.set(core.i_valid, int(rng.integers(4) > 0))
                ctx.set(core.o_ready, int(rng.integers(6) == 0))
                await ctx.delay(1e-8)
                states.append((ctx.get(core.i_ready), ctx.get(core.o_valid)))
            assert states[0] == states[1] == states[2]
            seen.add(states[0])
            await ctx.tick()

    simulator = Simulator(core)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    assert {ready for ready, _ in seen} == {valid for _, valid in seen} == {0, 1}


@pytest.mark.parametrize("form", [Form(), Form(True), Form(True, 3, 5), Form(input_width=5)])
def test_a_core_with_tags_lints_clean(tmp_path: Path, form: Form) -> None:
    network = random_network(np.random.default_rng(2), layers=(20, 30), classes=3)
    lint(tmp_path / "d", make_design(tmp_path / "d", network, form=form, tag_width=6))


def test_tags_need_no_register_along_the_pipeline(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(2), layers=(20, 30), classes=3)
    plain, tagged = (
        make_design(tmp_path / str(width), network, tag_width=width) for width in (0, 7)
    )
    assert tagged.register_bits == plain.register_bits
    changed = {name for name in plain.sources if plain.sources[name] != tagged.sources[name]}
    assert changed == {"rtl/accelerator.v"}
    text = (tmp_path / "7/rtl/accelerator_sideband.v").read_text()
    assert f"reg [6:0] fifo_storage [{plain.latency}:0];" in text


def test_what_excludes_one_another_is_refused(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=(8,), classes=2)
    width = network.encoder.payload_width
    with pytest.raises(InputError, match="^4 bits per cycle are of the serial form: use that"):
        Form(bits_per_cycle=4)
    with pytest.raises(InputError, match="^latency 4 and the serial form exclude one another"):
        make_design(tmp_path / "latency", network, latency=4, form=Form(serial=True))
    for wide in (0, width, width + 1):
        with pytest.raises(
            InputError, match=rf"less than the {width} bits of a sample, not {wide}$"
        ):
            make_design(tmp_path / str(wide), network, form=Form(input_width=wide))
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
