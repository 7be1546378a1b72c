"""Energy of a netlist from toggles that the test makes up, held against sums by hand."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from connective import InputError
from connective.activity import Activity
from connective.implementation import SynthesisResult
from connective.page.cost import cost_tables
from connective.page.words import heading
from connective.power import NETLISTS
from connective.results import read_results, write_result
from hwgen.flows.power import PowerModel, read_power_model
from hwgen.flows.synth import synthesize
from tests.designs import make_design
from tests.libraries import SIX
from tests.networks import random_network

NETWORK = random_network(np.random.default_rng(1), layers=[12, 12], classes=4)
CAPACITANCE, VOLTAGE = 0.002, 2.0  # pF and V in six.lib


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("power") / "d"
    design = make_design(folder, NETWORK)
    for target in NETLISTS:
        library = SIX if target == "asic" else None
        write_result(folder, design, synthesize(folder, target, liberty=library))
    return folder


def activity(model: PowerModel, times: int = 30) -> Activity:
    """Ten samples in twenty cycles, in which every pin toggled so often."""
    toggles = {cell.name: dict.fromkeys(cell.nets, times) for cell in model.instances}
    return Activity(toggles, samples=10, cycles=20, netlist_sha256="", tool="")


@pytest.mark.parametrize("target", NETLISTS)
def test_toggles_of_outputs_add_up_by_block(folder: Path, target: str) -> None:
    library = SIX if target == "asic" else None
    model = read_power_model(folder, target, liberty=library)
    result = model.estimate(activity(model), mhz=10, data="", seconds=0)
    outputs = sum(len(cell.outputs) for cell in model.instances)
    assert result.toggles == pytest.approx(3 * outputs)
    assert result.toggles == pytest.approx(sum(b.toggles for b in result.blocks.values()))
    assert {"level_0", "level_1", "argmax", "interface"} <= result.blocks.keys()
    assert (result.energy_pj is None) == (result.power_uw is None) == (target != "asic")


@pytest.mark.parametrize("target", NETLISTS)
def test_each_cell_names_the_block_that_it_counts_for(folder: Path, target: str) -> None:
    model = read_power_model(folder, target, liberty=SIX if target == "asic" else None)
    synthesis = read_results(folder)[f"synth-{target}"].result
    assert isinstance(synthesis, SynthesisResult)
    expected = {
        name: block.luts + block.registers + sum(block.others.values())
        if block.cells is None
        else block.cells
        for name, block in synthesis.blocks.items()
    }
    found = Counter(cell.block for cell in model.instances)
    assert found == Counter({name: count for name, count in expected.items() if count})


def test_energies_are_the_sums_over_pins(folder: Path) -> None:
    model = read_power_model(folder, "asic", liberty=SIX)
    result = model.estimate(activity(model), mhz=10, data="", seconds=0)
    energy = result.energy_pj
    assert energy is not None and model.energies is not None
    registers = sum(cell.kind == "DFF" for cell in model.instances)
    pins = sum(len(cell.nets) - len(cell.outputs) for cell in model.instances) - registers
    charge = CAPACITANCE * VOLTAGE**2 / 2
    # two cycles a sample, two edges a cycle, 0.02 pJ inside
    assert energy.clock == pytest.approx(registers * 4 * (charge + 0.02))
    assert energy.switching == pytest.approx(pins * 3 * charge)
    readers = [net for cell in model.instances for net in cell.nets.values()]
    inside = 0.0
    for cell in model.instances:
        if cell.kind.startswith("NAND2") and cell.kind != "NAND2_WIDE":
            load = CAPACITANCE * (readers.count(cell.nets["Y"]) - 1)
            inside += 3 * (0.02 + 0.2 * load + 0.06 - 0.2 * load + 0.08) / 3
    assert energy.internal == pytest.approx(inside) and inside
    leaks = sum(1.5 if cell.kind == "NAND2" else 3.0 for cell in model.instances)  # nW
    assert energy.leakage == pytest.approx(leaks * 1e-9 * 2 / 10e6 * 1e12)
    assert result.power_uw == pytest.approx(energy.total * 10 / 2)
    for name in ("clock", "switching", "internal", "leakage"):
        parts = [getattr(block.energy_pj, name) for block in result.blocks.values()]
        assert sum(parts) == pytest.approx(getattr(energy, name))


def test_only_leakage_depends_on_the_clock_and_only_it_is_left_at_rest(folder: Path) -> None:
    model = read_power_model(folder, "asic", liberty=SIX)
    slow, fast = (
        model.estimate(activity(model), mhz=mhz, data="", seconds=0).energy_pj for mhz in (10, 20)
    )
    assert slow and fast
    assert slow.leakage == pytest.approx(2 * fast.leakage)
    assert (slow.clock, slow.switching, slow.internal) == (
        fast.clock,
        fast.switching,
        fast.internal,
    )
    rest = model.estimate(activity(model, times=0), mhz=10, data="", seconds=0).energy_pj
    assert rest and (rest.switching, rest.internal) == (0, 0)
    assert (rest.clock, rest.leakage) == (slow.clock, slow.leakage)


def test_a_page_shows_energies_by_block(folder: Path) -> None:
    model = read_power_model(folder, "asic", liberty=SIX)
    result = model.estimate(activity(model), mhz=10, data="", seconds=0)
    (table,) = cost_tables({"power": [result.model_dump(mode="json")]})
    assert (table.name, table.stage) == ("asic", "power")
    shown = ["toggles", "clock, pJ", "switching, pJ", "internal, pJ", "leakage, pJ"]
    assert [heading(column) for column in table.columns] == shown
    assert {name for name, _ in table.blocks} == result.blocks.keys()
    assert sum(table.share) == pytest.approx(1)


def test_what_does_not_fit_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="^energies are those of the cell library: name six.lib"):
        read_power_model(folder, "asic", liberty=None)
    with pytest.raises(InputError, match="leave out --liberty$"):
        read_power_model(folder, "ice40", liberty=SIX)
    with pytest.raises(InputError, match="^lut6 has cells of no maker: take one of asic, xilinx7"):
        read_power_model(folder, "lut6", liberty=None)
    other = tmp_path / "other.lib"
    other.write_text(SIX.read_text().replace("8.0", "9.0"))
    with pytest.raises(InputError, match=f"^{re.escape(str(other))}: is not the six.lib of which"):
        read_power_model(folder, "asic", liberty=other)
    make_design(tmp_path / "d", NETWORK)
    with pytest.raises(InputError, match="run connective synth .* --target gowin$"):
        read_power_model(tmp_path / "d", "gowin", liberty=None)
