"""Runs and designs side by side, and which of them are on the front."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connective import InputError
from connective.comparison import Comparison, Entry, compare, marked
from connective.design import read_design
from connective.implementation import PlacementResult, netlist_file
from connective.network_file import write_network
from connective.page import comparison_page
from connective.power import Energy, PowerResult
from connective.results import write_result
from hwgen.emit import export
from hwgen.request import Request
from tests.networks import random_network


def entry(accuracy: float | None, data: str = "d", **costs: float) -> Entry:
    return Entry(
        folder=f"{accuracy} {costs}",
        kind="run",
        data=data,
        data_sha256=data,
        accuracy=accuracy,
        levels=2,
        costs=costs,
        proof=None,
        stale=[],
    )


def fronts(*entries: Entry) -> list[tuple[str, ...]]:
    return [each.front for each in marked(Comparison(entries=list(entries))).entries]


def test_the_front_is_what_nothing_beats() -> None:
    found = fronts(
        entry(0.9, gates=10, luts=50),
        entry(0.8, gates=20, luts=20),  # dearer in gates and worse, but cheaper in LUTs
        entry(0.95, gates=30),
        entry(0.9, gates=10, luts=60),  # as good as the first in gates
        entry(None, gates=1),
    )
    assert found == [("gates", "luts"), ("luts",), ("gates",), ("gates",), ()]


def test_other_data_and_single_entries_have_no_front() -> None:
    assert fronts(entry(0.9, gates=1), entry(0.5, "other", gates=9)) == [(), ()]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12))
def test_each_entry_is_on_the_front_or_beaten_by_one_that_is(points: list[tuple[int, int]]) -> None:
    entries = [entry(share / 5, gates=cost) for share, cost in points]
    leads = [bool(front) for front in fronts(*entries)]
    assert any(leads)
    for own, lead in zip(points, leads, strict=True):
        beaten = any(
            other[0] >= own[0] and other[1] <= own[1] and other != own
            for other, leader in zip(points, leads, strict=True)
            if leader
        )
        assert lead is not beaten


def provenance(accuracy: float) -> dict[str, Any]:
    return {"accuracy": {"discretized": accuracy}, "data": {"description": "<b>", "sha256": "0"}}


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """A run and a design of other networks."""
    run, design = tmp_path / "run", tmp_path / "design"
    run.mkdir()
    design.mkdir()
    small, large = (
        random_network(np.random.default_rng(1), layers=[width, width], classes=2)
        for width in (4, 8)
    )
    write_network(run / "network.npz", small, provenance(0.75))
    export(large, design, Request(), provenance=provenance(0.875))
    return [run, design]


def test_runs_and_designs_are_read(folders: list[Path]) -> None:
    run, design = compare(folders).entries
    assert (run.kind, run.accuracy, run.costs) == ("run", 0.75, {"gates trained": 8})
    assert (design.kind, design.accuracy) == ("design", 0.875)
    assert design.costs["gates trained"] == design.costs["gates built"] == 16
    assert run.front == design.front == ("gates trained",)


def test_clocks_and_energy_are_costs(folders: list[Path]) -> None:
    folder = folders[1]
    design = read_design(folder)
    for target in ("ice40", "asic"):
        netlist_file(folder, target).parent.mkdir(exist_ok=True)
        netlist_file(folder, target).write_text("module accelerator; endmodule")
    digest = sha256(netlist_file(folder, "asic").read_bytes()).hexdigest()
    placed = PlacementResult(
        netlist="ice40",
        netlist_sha256=digest,
        device="hx8k",
        title="iCE40 HX8K",
        tools={},
        asked_mhz=None,
        median_mhz=80.0,
        best_mhz=100.0,
        runs=[],
        places={},
        method="",
        seconds=1.0,
    )
    energy = PowerResult(
        netlist="asic",
        netlist_sha256=digest,
        tool="",
        data="",
        samples=1,
        cycles=1,
        mhz=100.0,
        voltage=1.8,
        power_uw=1.0,
        library=None,
        toggles=1.0,
        energy_pj=Energy(clock=1.0, switching=2.0, internal=3.0, leakage=0.5),
        blocks={},
        method="",
        seconds=1.0,
    )
    write_result(folder, design, placed)
    write_result(folder, design, energy)
    _, entry = compare(folders).entries
    assert entry.costs["iCE40 HX8K, ns to the result"] == design.latency * 12.5
    assert entry.costs["iCE40 HX8K, ns a sample"] == 12.5
    assert entry.costs["asic, pJ a sample, estimated"] == 6.5


def test_a_page_shows_the_table_and_a_chart_for_what_differs(folders: list[Path]) -> None:
    page = comparison_page(compare(folders)).decode()
    assert page.count("<svg") == 1
    assert "Accuracy over gates trained of 2 networks, 2 of them on the Pareto front" in page
    assert "&lt;b&gt;" in page and "<b>" not in page


def test_a_folder_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither a run nor a design"):
        compare([tmp_path])


def test_damaged_accuracies_are_refused(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=[4], classes=2)
    write_network(tmp_path / "network.npz", network, {"accuracy": {"discretized": "high"}})
    with pytest.raises(InputError, match=r"network\.npz: accuracy\.discretized: .* train it again"):
        compare([tmp_path])
