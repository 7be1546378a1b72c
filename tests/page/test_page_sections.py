"""What a page says: of what is there, what is missing, and what is stale."""

import html
import io
import json
import re
import tomllib
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from connective import Feature, InputError, Network, fixed_point, raw, thermometer
from connective.cli.export import export as export_verb
from connective.design import read_design
from connective.implementation import (
    Block,
    PlacementResult,
    PlacementRun,
    SynthesisResult,
    netlist_file,
)
from connective.network_file import write_network
from connective.page import report_page
from connective.page.accuracy import SHOWN_MISTAKES, accuracy
from connective.page.anatomy import gates_by_type, reads
from connective.page.chart import axes
from connective.page.circuit import MOST_GATES, circuit
from connective.page.commands import export_options
from connective.page.cost import cost_tables
from connective.page.held_out import HeldOut
from connective.page.missing import Missing
from connective.page.regions import SIDE, Plane, colour, plane_of, regions
from connective.page.training import toml_lines
from connective.report import gather
from connective.results import write_result
from tests.networks import random_network
from tests.pages import answered, make_page, network_of

BITS = fixed_point([Feature("a", 4), Feature("b", 4), Feature("c", 4)])
PLANE = fixed_point([Feature(name, 6) for name in "xy"])


def text_of(page: Path) -> str:
    """What a person reads, on one line."""
    body = page.read_text().partition("<body>")[2]
    without = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", body, flags=re.DOTALL)
    return " ".join(html.unescape(without).split())


def pixels_of(uri: str) -> NDArray[Any]:
    return matplotlib.image.imread(io.BytesIO(b64decode(uri.partition(",")[2])))


def synthesis(**changes: Any) -> SynthesisResult:
    blocks = {
        "level_0": Block(luts=7, registers=1, depth=2),
        "argmax": Block(luts=3, registers=0, depth=1),
    }
    values = {"target": "lut6", "tool": "Yosys", "method": "", "seconds": 1.0, "blocks": blocks}
    return SynthesisResult(**values | {"luts": 10, "registers": 1, "depth": 2} | changes)


def test_a_bare_design_names_all_that_is_missing(tmp_path: Path) -> None:
    text = text_of(make_page(tmp_path / "design", network_of(BITS, seed=1)))
    for missing in (
        "Missing: prove, simulate-icarus, simulate-verilator, synth-lut4, synth-lut6.",
        "Missing: name the folder that connective train wrote with --run RUN",
        "Missing: there is none",  # no test set
        "Missing: run connective synth design",
        "Missing: run connective prove design",
        "Missing: run connective simulate design",
        "provenance holds no configuration",
    ):
        assert missing in text
    assert "Stale" not in text


def test_results_of_other_verilog_are_said_to_be_stale(tmp_path: Path) -> None:
    folder = tmp_path / "design"
    page = make_page(folder, network_of(BITS, seed=1))
    design = read_design(folder)
    write_result(folder, design, synthesis())
    page.write_bytes(report_page(folder, gather(folder), Missing("none"), None))
    assert "Stale" not in text_of(page) and "level_0 7" in text_of(page)
    other = design.model_copy(update={"sources": {}})
    write_result(folder, other, synthesis())
    page.write_bytes(report_page(folder, gather(folder), Missing("none"), None))
    assert "Stale: synth-lut6." in text_of(page) and "level_0 7" not in text_of(page)


def test_what_was_placed_says_how_fast_it_is_and_how_it_was_made(tmp_path: Path) -> None:
    folder = tmp_path / "design"
    page = make_page(folder, network_of(BITS, seed=1))
    design = read_design(folder)
    write_result(folder, design, synthesis(target="ice40"))
    netlist = netlist_file(folder, "ice40")
    netlist.write_text("module accelerator; endmodule")
    run = PlacementRun(seed=1, fmax_mhz=80.0, seconds=1.0, path=[])
    placed = PlacementResult(
        netlist="ice40",
        netlist_sha256=sha256(netlist.read_bytes()).hexdigest(),
        device="hx8k",
        title="iCE40 HX8K",
        tools={},
        asked_mhz=None,
        median_mhz=80.0,
        best_mhz=80.0,
        runs=[run],
        places={},
        method="",
        seconds=1.0,
    )
    write_result(folder, design, placed)
    page.write_bytes(report_page(folder, gather(folder), Missing("none"), None))
    text = text_of(page)
    assert "placed and routed on iCE40 HX8K 80.0 MHz, the median of 1 placement;" in text
    assert f"a result after {1000 * design.latency / 80:.1f} ns" in text
    assert "connective synth design --pnr --target ice40 --device hx8k --seeds 1" in text


def run_folder(folder: Path, network: Network) -> Path:
    folder.mkdir()
    write_network(folder / "network.npz", network, {})
    lines = [
        {"epoch": e, "loss": 1.0, "relaxed": 0.9, "discretized": 0.5 + e / 100} for e in (1, 2, 3)
    ]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_curves_are_those_of_the_run(tmp_path: Path) -> None:
    network = network_of(BITS, seed=1)
    page = make_page(tmp_path / "design", network, run=run_folder(tmp_path / "run", network))
    assert "3 epochs, in the end 90.00 % relaxed and 53.00 % discretised" in page.read_text()
    assert page.read_text().count('<polyline class="line') == 2


def test_curves_over_points_that_were_trained_on_say_so(tmp_path: Path) -> None:
    network = network_of(BITS, seed=1)
    run = run_folder(tmp_path / "run", network)
    for all_points in (False, True):
        config = {"training": {"all_points": all_points}}
        page = make_page(
            tmp_path / f"{all_points}", network, run=run, provenance={"config": config}
        )
        assert ("The validation part was trained on too" in text_of(page)) is all_points


def test_curves_of_another_network_are_stale(tmp_path: Path) -> None:
    run = run_folder(tmp_path / "run", network_of(BITS, seed=2))
    text = text_of(make_page(tmp_path / "design", network_of(BITS, seed=1), run=run))
    assert f"Stale: {run} holds another network than the design" in text


def test_a_damaged_run_is_refused(tmp_path: Path) -> None:
    network = network_of(BITS, seed=1)
    run = run_folder(tmp_path / "run", network)
    (run / "metrics.jsonl").write_text('{"epoch": 1, "relaxed": NaN, "discretized": 0.5}\n')
    with pytest.raises(InputError, match=r"metrics\.jsonl: relaxed: .*: train again"):
        make_page(tmp_path / "design", network, run=run)


def test_a_configuration_is_shown_as_toml() -> None:
    config = {
        "seed": 3,
        "data": {
            "name": 'tä"ble\\',
            "path": "a\nb",
            "kinds": {"odd key": "number", "": "category"},
        },
        "network": {"layers": [8, 8], "candidates": ["all", 2]},
        "refinement": {"temperature": 5e-05, "on": True},
    }
    assert tomllib.loads("\n".join(toml_lines(config))) == config


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--scores --margin --target ice40 --levels-per-stage 0 --top core",
        "--clock 60 --target ecp5 --max-fanout 3 --reset async-low",
        "--form serial --bits-per-cycle 2 --no-simplify",
        "--interface axi-stream --tdata-width 8 --tag-width 3 --best 2",
        "--interface axi-lite --clock-gating",
        "--interface combinational --reject-below 2",
        "--input-width 5 --tag-width 2 --latency 6",
    ],
)
def test_the_export_command_gives_the_same_design(tmp_path: Path, options: str) -> None:
    network = random_network(np.random.default_rng(3), layers=[12, 12], classes=3)
    write_network(tmp_path / "network.npz", network, {})

    def export(folder: str, given: list[str]) -> Path:
        arguments = [str(tmp_path / "network.npz"), "--out", str(tmp_path / folder), *given]
        CliRunner().invoke(export_verb, [*arguments, "--json"], catch_exceptions=False)
        return tmp_path / folder

    first = read_design(export("first", options.split()))
    again = read_design(export("again", export_options(first)))
    assert again == first


def test_costs_show_fields_that_nobody_knew() -> None:
    block = {"luts": 4, "registers": 0, "slices_used": 3, "others": {"RAM_X": 2}}
    other = {"luts": 2, "registers": 0, "others": {}}
    report = {
        "gates": 5,
        "simulations": [{"kind": "simulation"}],
        "synthesis": [
            {"kind": "synthesis", "target": "lut6", "luts": 6, "blocks": {"a": block, "b": other}}
        ],
        "placements": [
            {
                "kind": "placement",
                "device": "up5k",
                "median_mhz": 51.5,
                "runs": [
                    {
                        "seed": 1,
                        "mhz": 50,
                        "path": [{"block": "a", "delay_ns": 1.5}, {"block": "b"}],
                    }
                ],
                "places": {"LC": {"used": 5, "available": 9}, "RAM": {"used": 0, "available": 2}},
            }
        ],
    }
    table, placed = cost_tables(report)
    assert table.columns == ("luts", "slices_used", "RAM_X")
    assert table.blocks == (("a", (4, 3, 2)), ("b", (2, None, None)))
    assert table.whole == (6, None, None)
    assert table.share == (4 / 6, 2 / 6)
    assert (placed.name, placed.stage) == ("up5k", "placement")
    assert placed.facts == (
        ("median, MHz", 51.5),
        ("runs", (("seed", "mhz", "path"), (1, 50, "a, delay 1.5 ns; b"))),
        ("places", (("", "used", "available"), ("LC", 5, 9), ("RAM", 0, 2))),
    )


def test_mistakes_are_the_worst_ones_in_order() -> None:
    network = network_of(thermometer([Feature(f"p{i}", 4) for i in range(64)], [[8]] * 64), seed=4)
    samples = np.random.default_rng(4).integers(0, 16, (500, 64))
    test = answered(network, samples, wrong=100)
    answers = network(samples)
    found = accuracy(network, test, answers, noted=0.5)
    assert found.share == 0.8 and found.noted == 0.5
    assert sum(map(sum, found.confusion)) == 500
    assert len(found.mistakes) == SHOWN_MISTAKES
    margins = [mistake.margin for mistake in found.mistakes]
    best = answers.scores.max(axis=1)[:100] - answers.scores[np.arange(100), test.labels[:100]]
    assert margins == sorted(best.tolist(), reverse=True)[:SHOWN_MISTAKES]
    worst = found.mistakes[0]
    assert worst.true == test.class_names[test.labels[worst.sample]] != worst.label
    shown = pixels_of(worst.picture) * 15
    assert (shown.round().astype(int).ravel() == samples[worst.sample]).all()


def test_regions_are_the_networks_labels() -> None:
    network = network_of(PLANE, seed=5, classes=4)
    names = tuple("abcd")
    found = regions(network, Plane(), names, None, None)
    picture = (255 * pixels_of(found.picture)[:, :, :3]).round().astype(int)
    colours = [tuple(int(colour(c)[i : i + 2], 16) for i in (1, 3, 5)) for c in range(4)]
    for row, column in np.random.default_rng(5).integers(0, SIDE, (200, 2)):
        words = [round(63 * column / (SIDE - 1)), round(63 * (SIDE - 1 - row) / (SIDE - 1))]
        label = network.predict(np.array([words]))[0]
        assert tuple(picture[row, column]) == colours[label]


def test_a_plane_is_recognised_by_its_mirrors() -> None:
    four = network_of(fixed_point([Feature(f"f{i}", 8) for i in range(4)]), seed=6)
    points = np.random.default_rng(6).integers(1, 255, (100, 2))
    mirrored = np.column_stack([points, 256 - points])
    mirrored[0, 2] -= 1  # rounded the other way
    assert plane_of(four, mirrored) == Plane((256, 256))
    assert (Plane((256, 256)).words(points[1:], four) == mirrored[1:]).all()
    assert plane_of(four, mirrored[:, [0, 2, 1, 3]]) is None
    assert plane_of(four, None) is None
    assert plane_of(network_of(PLANE, seed=6), None) == Plane()


def test_gates_are_counted_by_type_and_level() -> None:
    network = network_of(BITS, seed=7)
    gates = gates_by_type("", network)
    assert sum(map(sum, gates.counts)) == sum(gates.totals) == network.n_gates
    assert len(gates.counts) == network.depth
    assert gates.totals[gates.types.index("xor")] == (network.table == 6).sum()
    wide = gates_by_type("", network_of(BITS, seed=7, k=4))
    assert set(wide.types) <= {f"{n} input{'s' * (n != 1)}" for n in range(5)}


def test_reads_of_pixels_are_a_picture() -> None:
    encoder = raw(64)
    network = Network(encoder, np.array([[0, 1], [0, 9]]), np.array([8, 6]), np.array([64, 65, 9]),
                      np.ones(3, int), np.array([0, 2, 3]), np.zeros(2, int))  # fmt: skip
    found = reads(network)
    assert found.picture
    assert (found.read, found.most, found.features) == (3, 2, 64)
    shade = pixels_of(found.picture).ravel()
    assert shade[0] == shade[9] == 0 and shade[2:9].min() == 1 and 0.4 < shade[1] < 0.6


def test_large_networks_are_not_computed_in_the_page() -> None:
    network = network_of(BITS, seed=8, gates=MOST_GATES + 1)
    found = circuit(network, ("a", "b", "c"), plane=None, table=None, test=None, background=None)
    assert isinstance(found, Missing) and f"up to {MOST_GATES:,}" in found.why


def test_a_test_set_of_other_features_is_not_taken(tmp_path: Path) -> None:
    samples = HeldOut(np.zeros((5, 7), int), np.zeros(5, int), ("a", "b", "c"), "odd data")
    text = text_of(make_page(tmp_path / "design", network_of(BITS, seed=9), test=samples))
    assert "odd data has 7 features and 3 classes, but the network 3 and 3" in text


def test_ticks_are_round_and_within_the_axis() -> None:
    for low, high in ((0.9712, 0.9899), (3, 17), (120, 16000), (5, 5)):
        x, y = axes(("x", low, high), ("y", low, high))
        for axis in (x, y):
            places = [place for place, _ in axis.ticks]
            assert 3 <= len(places) <= 12
            assert all(min(axis.start, axis.end) <= p <= max(axis.start, axis.end) for p in places)
