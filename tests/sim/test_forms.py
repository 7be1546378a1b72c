"""The bench holds cores that take their time to the cycles that they declare."""

from pathlib import Path

import numpy as np
import pytest

from hwgen.form import Form
from sim import simulate
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import damage, write_design

NETWORK = random_network(np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 60)


@pytest.mark.parametrize(
    "form",
    [
        Form(serial=True),
        Form(serial=True, bits_per_cycle=3),
        Form(serial=True, input_width=8),
        Form(input_width=8),
        Form(),
    ],
    ids=lambda form: f"{form.name}-{form.bits_per_cycle}-{form.input_width}",
)
@pytest.mark.parametrize("tag_width", [0, 5])
def test_cores_of_every_form_pass(tmp_path: Path, form: Form, tag_width: int) -> None:
    design = make_design(tmp_path / "d", NETWORK, form=form, scores=True, tag_width=tag_width)
    assert ("o_tag" in {port.name for port in design.ports}) == (tag_width > 0)
    result = simulate(tmp_path / "d", SAMPLES, simulator="icarus", data="random", seed=1)
    assert set(result.tests.values()) == {"passed"}
    assert len(result.tests) == 5
    assert result.mismatches == 0
    assert result.latency_measured == design.latency
    rest = (len(SAMPLES) - 1) * design.initiation_interval
    assert result.cycles == rest + design.protocol.beats + design.latency


def test_another_interval_than_promised_fails(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    design = make_design(folder, NETWORK, form=Form(serial=True))
    write_design(folder, design.model_copy(update={"initiation_interval": 2}))
    result = simulate(folder, SAMPLES, simulator="icarus", data="random", seed=1)
    assert result.mismatches == 0
    assert result.tests["every_sample_is_right_at_full_rate"] == (
        "60 samples took 181 cycles, expected 122"
    )


TAGS = {
    "a tag of the sample before": (
        "reg [4:0] last; always @(posedge clk) if (i_valid & i_ready) last <= i_tag;"
        "assign core_i_tag = last;",
        "every_sample_is_right_at_full_rate",
    ),
    "a tag that does not wait": (
        "assign o_tag = o_valid & ~o_ready ? 5'd0 : core_o_tag;",
        "nothing_is_lost_when_stalled/stalls=behind",
    ),
}


@pytest.mark.parametrize("fault", TAGS)
def test_a_wrong_tag_is_seen(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "d"
    text, test = TAGS[fault]
    damage(folder, make_design(folder, NETWORK, tag_width=5), text)
    result = simulate(folder, SAMPLES, simulator="icarus", data="random", seed=1)
    assert result.tests[test] != "passed"


def test_the_tag_of_a_narrow_sample_is_that_of_its_last_beat(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    design = make_design(folder, NETWORK, form=Form(input_width=8), tag_width=5)
    fault = "reg [4:0] last; always @(posedge clk) if (i_valid & i_ready) last <= i_tag;"
    damage(folder, design, fault + "assign core_i_tag = last;")
    result = simulate(folder, SAMPLES, simulator="icarus", data="random", seed=1)
    assert result.mismatches > len(SAMPLES) // 2
    assert "o_tag is" in str(result.first_mismatch)
