"""The bench holds cores that take their time to the cycles that they declare."""

from pathlib import Path

import numpy as np
import pytest

from hwgen.form import Form
from sim import simulate
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import write_design

NETWORK = random_network(np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 60)


@pytest.mark.parametrize(
    "form",
    [
        Form(serial=True),
        Form(serial=True, bits_per_cycle=3),
        Form(serial=True, input_width=8),
        Form(input_width=8),
    ],
    ids=lambda form: f"{form.name}-{form.bits_per_cycle}-{form.input_width}",
)
def test_cores_of_every_form_pass(tmp_path: Path, form: Form) -> None:
    design = make_design(tmp_path / "d", NETWORK, form=form, scores=True)
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
