"""The Verilog as a function of samples: it answers as the network does, and is compiled once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connective import InputError, Network, ToolError
from connective.axi_stream import AxiStream
from hwgen.form import Form
from sim import Core
from sim.compiled import KEY, PROGRAM, keep
from tests.designs import make_design
from tests.networks import random_network, random_samples
from tests.sim.designs import damage

NETWORK = random_network(np.random.default_rng(4), layers=[30, 30], n_inputs=12, classes=3)


def weighted(head: str) -> Network:
    return random_network(
        np.random.default_rng(8), layers=[30, 30], head=head, weighted=head != "bits", skips=True
    )


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for all tests here, in a folder with all that a path may have."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("a cache für alle") / "missing"
        patch.setenv("CONNECTIVE_CACHE", str(folder))
        yield folder / "verilator"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A design of `NETWORK`."""
    folder = tmp_path_factory.mktemp("designs") / "a dësign"
    make_design(folder, NETWORK)
    return folder


def built(cache: Path) -> dict[Path, int]:
    """The programs in the cache and when they were made."""
    return {path: path.stat().st_mtime_ns for path in cache.glob(f"*/{PROGRAM}")}


def check(core: Core, network: Network, seed: int) -> None:
    samples = random_samples(np.random.default_rng(seed), network, 1500)  # more than a block
    answers = core.run(samples)
    if network.head == "bits":
        assert answers.labels is answers.scores is None
        assert answers.bits is not None
        assert answers.bits.tolist() == network.output_bits(samples).tolist()
        with pytest.raises(InputError, match="has no classes: run gives its output bits$"):
            core.predict(samples)
        return
    assert answers.bits is None
    assert core.predict(samples).tolist() == network.predict(samples).tolist()
    if core.design.options.scores or network.head == "scores":
        assert answers.scores is not None
        assert answers.scores.tolist() == network.scores(samples).tolist()
    else:
        assert answers.scores is None
    options = core.design.options
    assert (answers.margins is None) == (not options.margin)
    assert (answers.rejected is None) == (options.reject_below is None)
    best = np.sort(network.scores(samples), axis=1)
    if answers.margins is not None:
        assert answers.margins.tolist() == (best[:, -1] - best[:, -2]).tolist()
    if answers.rejected is not None:
        assert options.reject_below is not None
        lead = best[:, -1] - best[:, -2]
        assert answers.rejected.tolist() == (lead < options.reject_below).tolist()


def test_labels_are_the_networks(folder: Path) -> None:
    check(Core(folder), NETWORK, 1)


@pytest.mark.parametrize(
    ("head", "options"),
    [
        ("scores", {"levels_per_stage": 0}),
        ("bits", {"form": Form(input_width=3)}),
        ("scores", {"form": Form(serial=True, bits_per_cycle=3, input_width=8)}),
        ("class", {"stream": AxiStream(8, 5), "scores": True}),
        ("class", {"margin": True, "reject_below": 2, "tag_width": 70}),
        ("class", {"tag_width": 4, "form": Form(input_width=3)}),
        ("class", {"stream": AxiStream(8, 5), "scores": True, "margin": True, "reject_below": 3}),
        ("bits", {"stream": AxiStream(32)}),
    ],
    ids=[
        "scores",
        "bits in narrow beats",
        "serial in beats",
        "packets with tags",
        "margins with wide tags",
        "tags in narrow beats",
        "packets with margins",
        "packets",
    ],
)
def test_cores_of_every_kind_answer_as_the_network(
    tmp_path: Path, head: str, options: dict[str, Any]
) -> None:
    network = weighted(head)
    make_design(tmp_path / "d", network, **options)
    check(Core(tmp_path / "d"), network, 2)


def test_no_samples_have_no_labels(folder: Path) -> None:
    none = np.empty((0, len(NETWORK.encoder.features)), dtype=np.int64)
    assert Core(folder).predict(none).shape == (0,)


def test_a_core_that_was_compiled_is_not_compiled_again(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Core(folder)
    before = built(cache)
    monkeypatch.setenv("PATH", "")  # there is neither make nor a compiler
    check(Core(folder), NETWORK, 3)
    assert built(cache) == before
    assert {path.name for path in next(iter(before)).parent.iterdir()} >= {PROGRAM, KEY}


def test_two_builds_at_once_are_one_entry(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTIVE_CACHE", str(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        for core in pool.map(Core, [folder, folder]):
            check(core, NETWORK, 4)
    assert len(list((tmp_path / "verilator").glob(f"*/{PROGRAM}"))) == 1
    assert not list((tmp_path / "verilator").glob(".*"))


def test_the_first_of_two_programs_stays(tmp_path: Path) -> None:
    for text in ("first", "second"):
        (tmp_path / "made").write_text(text)
        keep(tmp_path / "made", "key", tmp_path / "entry")
    assert (tmp_path / "entry" / PROGRAM).read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entry", "made"]


def test_an_entry_that_lost_its_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "made").write_text("program")
    (tmp_path / "entry").mkdir()
    (tmp_path / "entry" / KEY).write_text("key")
    with pytest.raises(ToolError, match="entry cannot be made: Directory not empty: remove it$"):
        keep(tmp_path / "made", "key", tmp_path / "entry")


def test_a_build_that_was_stopped_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("CONNECTIVE_CACHE", str(tmp_path))
    with pytest.raises(ToolError, match=r"^Verilator did not end within 1 seconds and was stopped"):
        Core(folder, timeout=1)
    assert not list((tmp_path / "temporary").iterdir())
    assert [path.suffix for path in (tmp_path / "verilator").iterdir()] == [".log"]


def test_a_missing_compiler_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTIVE_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="apt-get install perl make g\\+\\+ binutils$"):
        Core(folder)


def test_a_temporary_folder_that_make_cannot_use_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a blank").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "a blank"))
    monkeypatch.setenv("CONNECTIVE_CACHE", str(tmp_path))
    with pytest.raises(InputError, match="set TMPDIR to a folder without blanks$"):
        Core(folder)


def test_edited_verilog_is_refused(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", NETWORK)
    source = tmp_path / "d" / next(iter(design.sources))
    source.write_text(source.read_text() + "\n")
    with pytest.raises(InputError, match="it was edited; export the design again$"):
        Core(tmp_path / "d")


def test_a_word_out_of_range_is_named(folder: Path) -> None:
    samples = random_samples(np.random.default_rng(5), NETWORK, 2000)
    feature = NETWORK.encoder.features[0]
    samples[1234, 0] = feature.high + 1
    sentence = f"^sample 1234 holds {feature.high + 1}, outside its feature's range: 'f0' takes "
    with pytest.raises(InputError, match=sentence):
        Core(folder).predict(samples)


def test_a_result_too_few_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    fault = """
    reg [3:0] n;
    always @(posedge clk) if (rst) n <= 0; else if (core_o_valid & o_ready & n < 9) n <= n + 1;
    assign o_valid = core_o_valid & (n != 7);
    """
    damage(folder, make_design(folder, NETWORK), fault)
    with pytest.raises(ToolError, match="^the core gave 9 results for 10 samples$"):
        Core(folder).predict(random_samples(np.random.default_rng(0), NETWORK, 10))


def test_ports_that_nobody_drives_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    design = make_design(folder, NETWORK)
    extra = design.ports[0].model_copy(update={"name": "i_extra"})
    without = [port for port in design.ports if port.name != "rst"]
    for ports, sentence in (
        ([*design.ports, extra], "the core has a port 'i_extra', which has no driver here"),
        (without, "the core has no port 'rst', without which it cannot be driven"),
    ):
        changed = design.model_copy(update={"ports": ports})
        (folder / "design.json").write_text(changed.model_dump_json())
        with pytest.raises(InputError, match=f"^{sentence}$"):
            Core(folder)
