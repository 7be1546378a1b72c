import re
from pathlib import Path

import numpy as np
import pytest

from connective import InputError
from hwgen.form import Form
from hwgen.logic import LogicLevel
from hwgen.request import Request
from tests.designs import make_design
from tests.hwgen.amaranth_bench import outputs
from tests.hwgen.test_emit import check, lint
from tests.networks import random_network

NETWORK = random_network(np.random.default_rng(4), layers=(30, 40), classes=4)
GATED = Form(clock_gating=True)


def test_registers_keep_what_they_have_while_no_sample_moves() -> None:
    gate, table = np.array([[0, 1]]), np.array([8], dtype=np.uint64)
    level = LogicLevel(
        np.array([2]),
        np.array([0]),
        gate,
        table,
        reads=[(0, 0), (1, 0)],
        gives=[(2, 1)],
        gated=True,
    )
    inputs = {"i": [3, 0, 0, 3, 3], "load": [1, 0, 1, 0, 1]}
    assert outputs(level, inputs, "o", latency=1) == [1, 1, 0, 0, 1]


@pytest.mark.parametrize("options", [{}, {"scores": True, "margin": True, "best": 2}])
def test_a_gated_core_answers_as_its_network(tmp_path: Path, options: dict[str, object]) -> None:
    design = make_design(tmp_path / "design", NETWORK, form=GATED, **options)
    lint(tmp_path / "design", design)
    if not options:
        check(NETWORK, tmp_path / "design", design, 3)
    plain = make_design(tmp_path / "plain", NETWORK, **options)
    assert design.options.clock_gating
    assert (design.ports, design.latency, design.register_bits) == (
        plain.ports,
        plain.latency,
        plain.register_bits,
    )


def test_every_data_register_has_an_enable_of_its_stage(tmp_path: Path) -> None:
    design = make_design(tmp_path / "design", NETWORK, form=GATED)
    for source in design.sources:
        if "flow" in source:
            continue
        text = (tmp_path / "design" / source).read_text()
        body = re.search(r"always @\(posedge clk\) begin\n(.*?)  end\n", text, re.DOTALL)
        lines = body[1].splitlines() if body else []
        assigned = [line for line in lines if "<=" in line]
        assert all(re.match(r"    if \(load(\[\d+\])?\) \w+ <= ", line) for line in assigned)
        assert bool(assigned) == ("input wire clk" in text and not source.endswith("rator.v"))


def test_clock_gating_goes_with_stages_only() -> None:
    with pytest.raises(InputError, match=r"^clock gating and the serial form, whose gates settle"):
        Form(serial=True, clock_gating=True)
    with pytest.raises(InputError, match=r"^clock gating and the combinational interface, which"):
        Request(form=GATED, combinational=True)
