"""Resets of either level, with the clock or without it, do what the design says of them."""

import re
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from connective import InputError
from connective.axi_stream import AxiStream
from connective.design import Reset, read_design
from hwgen.form import Form
from sim import Core, simulate, simulate_compiled
from tests.cores import make_core
from tests.designs import make_design
from tests.hwgen.test_axi_stream import lint_icarus
from tests.hwgen.test_emit import lint
from tests.networks import random_network, random_samples
from tests.sim.designs import write_design

NETWORK = random_network(np.random.default_rng(4), layers=[20, 20], n_inputs=12, classes=3)
SAMPLES = random_samples(np.random.default_rng(5), NETWORK, 40)
RESETS = get_args(Reset)
PORTS = {"sync-high": "rst", "sync-low": "rst_n", "async-high": "rst", "async-low": "rst_n"}
STALE = "nothing_stale_after_reset_in_flight"
CASES: list[tuple[Reset, dict[str, Any]]] = [
    *((reset, {}) for reset in RESETS),
    *((reset, {"form": Form(serial=True, input_width=3)}) for reset in RESETS[1:]),
    *((reset, {"tag_width": 2}) for reset in ("sync-low", "async-high")),
    *((reset, {"stream": AxiStream(8, 2)}) for reset in ("sync-low", "async-low")),
    *((reset, {"axi_lite": True}) for reset in ("sync-low", "async-low")),
]


@pytest.mark.parametrize(("reset", "options"), CASES)
def test_icarus_sees_the_reset_that_is_asked_for(
    tmp_path: Path, reset: Reset, options: dict[str, Any]
) -> None:
    design = make_design(tmp_path / "d", NETWORK, reset=reset, **options)
    assert read_design(tmp_path / "d").options.reset == reset
    names = [port.name for port in design.ports]
    axi = "stream" in options or "axi_lite" in options
    assert names[:2] == (["aclk", "aresetn"] if axi else ["clk", PORTS[reset]])
    lint(tmp_path / "d", design)
    lint_icarus(tmp_path / "d", design)
    edges = {
        edge
        for source in design.sources
        for edge in re.findall(r"@\((.*)\)", (tmp_path / "d" / source).read_text())
    }
    both = {"posedge clk", "posedge clk or posedge rst"}
    assert edges == both if reset.startswith("async") else edges == {"posedge clk"}
    result = simulate(tmp_path / "d", SAMPLES, simulator="icarus", data="random", seed=1)
    assert set(result.tests.values()) == {"passed"}, result.tests


@pytest.mark.parametrize("claim", RESETS)
def test_a_reset_that_is_not_what_the_design_says_is_seen(tmp_path: Path, claim: Reset) -> None:
    built = "async-low" if claim.startswith("sync") else "sync-low"
    design = make_design(tmp_path / "d", NETWORK, reset=built)
    options = design.options.model_copy(update={"reset": claim})
    write_design(tmp_path / "d", design.model_copy(update={"options": options}))
    result = simulate(tmp_path / "d", SAMPLES, simulator="icarus", data="random", seed=1)
    verb = "does not wait" if built == "async-low" else "waits"
    wrong = {name: text for name, text in result.tests.items() if text != "passed"}
    assert wrong == {STALE: f"a reset {verb} for the clock"}


def test_verilator_and_its_program_take_an_asynchronous_reset_that_is_low(tmp_path: Path) -> None:
    make_design(tmp_path / "d", NETWORK, reset="async-low")
    result = simulate(tmp_path / "d", SAMPLES, simulator="verilator", data="random", seed=1)
    assert set(result.tests.values()) == {"passed"}, result.tests
    result = simulate_compiled(tmp_path / "d", SAMPLES, data="random", seed=1)
    assert set(result.tests.values()) == {"passed"}, result.tests
    assert (Core(tmp_path / "d").predict(SAMPLES) == NETWORK.predict(SAMPLES)).all()


def test_the_default_is_the_reset_that_was_there_before(tmp_path: Path) -> None:
    texts = []
    for name, options in (("said", {"reset": "sync-high"}), ("not_said", {})):
        design = make_design(tmp_path / name, NETWORK, **options)
        texts.append([(tmp_path / name / source).read_text() for source in design.sources])
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"reset": "sync-high", "stream": AxiStream(8)}, "^reset sync-high is not of AXI, whose"),
        ({"reset": "async-high", "axi_lite": True}, "^reset async-high is not of AXI, whose are"),
        ({"reset": "sync-low", "combinational": True}, "^reset sync-low and the combinational in"),
    ],
)
def test_a_reset_that_the_interface_does_not_have_is_refused(
    tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        make_design(tmp_path / "d", NETWORK, **options)
    assert list((tmp_path / "d").iterdir()) == []


def test_the_folder_names_the_reset(tmp_path: Path) -> None:
    make_core(tmp_path / "core", NETWORK, reset="async-low", top="gates")
    readme = (tmp_path / "core/README.md").read_text()
    assert "| reset | `rst_n`, asynchronous, active low; needed once. It may begin at any" in readme
    assert "| `rst_n` | in | 1 | asynchronous reset, active low, for one rising edge" in readme
    sdc = (tmp_path / "core/constraints/gates.sdc").read_text()
    assert "recovery" in sdc and "{rst_n}" in sdc and "set_false_path" not in sdc
    assert "i_rst_n=~migen.ResetSignal" in (tmp_path / "core/litex/gates.py").read_text()
    assert "ACTIVE_LOW" in (tmp_path / "core/scripts/vivado_package.tcl").read_text()
