"""Toggles of a netlist's pins, counted in a real simulation."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from connective import InputError, ToolError
from connective.activity import Activity
from connective.implementation import netlist_file
from connective.results import write_result
from hwgen.flows.power import read_power_model
from hwgen.flows.synth import synthesize
from sim import record_activity
from sim.activity import read_saif
from tests.designs import make_design
from tests.libraries import SIX
from tests.networks import random_network, random_samples

NETWORK = random_network(np.random.default_rng(1), layers=[12, 12], classes=4)
SAMPLES = random_samples(np.random.default_rng(2), NETWORK, 200)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A design with a netlist, whose program is built by whoever first needs it."""
    folder = tmp_path_factory.mktemp("activity") / "d"
    design = make_design(folder, NETWORK)
    write_result(folder, design, synthesize(folder, "asic", liberty=SIX))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNECTIVE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield folder


def dynamic(folder: Path, activity: Activity) -> float:
    """What the data path takes for a sample, in pJ, but for its registers' clock pins."""
    model = read_power_model(folder, "asic", liberty=SIX)
    blocks = model.estimate(activity, mhz=10, data="", seconds=0).blocks
    return sum(
        block.energy_pj.switching + block.energy_pj.internal
        for name, block in blocks.items()
        if block.energy_pj and name != "interface"  # whose counters run with every sample
    )


def test_every_pin_of_every_cell_is_counted(folder: Path) -> None:
    activity = record_activity(folder, SAMPLES, "asic")
    model = read_power_model(folder, "asic", liberty=SIX)
    assert activity.samples == len(SAMPLES) <= activity.cycles < len(SAMPLES) + 20
    assert {instance.name for instance in model.instances} == activity.toggles.keys()
    nets: dict[int | str, list[int]] = {}
    for instance in model.instances:
        counted = activity.toggles[instance.name]
        assert instance.nets.keys() <= counted.keys()
        for pin, net in instance.nets.items():
            nets.setdefault(net, []).append(counted[pin])
        if instance.kind == "DFF":
            assert counted["CK"] >= 2 * activity.cycles
    for counts in nets.values():  # what begins with 1 may be counted once more
        assert max(counts) - min(counts) <= 1
    assert max(max(counts) for net, counts in nets.items() if net != model.clock) > 50


def test_equal_samples_in_a_row_switch_less_than_different_ones(folder: Path) -> None:
    different = dynamic(folder, record_activity(folder, SAMPLES, "asic"))
    in_pairs = dynamic(folder, record_activity(folder, SAMPLES[:100].repeat(2, axis=0), "asic"))
    once = dynamic(folder, record_activity(folder, SAMPLES[:1].repeat(200, axis=0), "asic"))
    assert once < 0.1 * different
    assert 0.4 * different < in_pairs < 0.6 * different


def test_a_netlist_that_answers_otherwise_is_refused(folder: Path, tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", NETWORK)
    result = synthesize(tmp_path / "d", "asic", liberty=SIX)
    write_result(tmp_path / "d", design, result)
    file = netlist_file(tmp_path / "d", "asic")
    text = file.read_text()
    file.write_text(text.replace("XOR2 ", "NAND2 "))
    assert file.read_text() != text
    with pytest.raises(ToolError, match="^the netlist for asic does not answer as the network"):
        record_activity(tmp_path / "d", SAMPLES, "asic")


def test_no_samples_no_netlist_and_no_streams_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs at least one sample$"):
        record_activity(folder, SAMPLES[:0], "asic")
    with pytest.raises(InputError, match="run connective synth"):
        record_activity(folder, SAMPLES, "ice40")
    make_design(tmp_path / "d", NETWORK, combinational=True)
    synthesize(tmp_path / "d", "asic", liberty=SIX)
    with pytest.raises(InputError, match="^a combinational core has no stream"):
        record_activity(tmp_path / "d", SAMPLES, "asic")


def test_saif_is_read_by_cell_and_pin() -> None:
    text = r"""
(SAIFILE
 (INSTANCE TOP
  (NET
   (clk (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 9))
  )
  (INSTANCE core
   (NET
    (n (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 8))
   )
   (INSTANCE _1_
    (NET
     (A\[0\] (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 7))
     (Y (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 6))
    )
    (INSTANCE inner
     (NET
      (A (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 5))
     )
    )
   )
   (INSTANCE _2_
    (NET
     (Y (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 4))
    )
   )
  )
 )
)
"""
    assert read_saif(text) == {"_1_": {"A[0]": 7, "Y": 6}, "_2_": {"Y": 4}}
